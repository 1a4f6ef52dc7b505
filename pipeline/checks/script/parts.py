"""Where opening, body and closing of a call lie: the best path over the ordered parts (P-20 to P-22).

    agent  0.5-9.0    您好我是移动公司的小李 … 想给您介绍一个套餐      opening
    agent  9.8-31.0   每月三十八元 … 您觉得怎么样                     body
    agent  33.0-41.0  那我跟您确认一下 … 谢谢您再见                   closing

Every sentence of the agent's is as likely in a part as it is like that part's elements. A part, once left, does not come back, so of all
ways to cut the call into three the likeliest is taken (Viterbi). A sentence like none of them fits each as well as the others.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.checks.check import HeardCall
from pipeline.checks.script.script import Script
from pipeline.records.finding import Part, PartSpan
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.pieces import pieces
from pipeline.text.utterances import utterances

ORDER = (Part.OPENING, Part.BODY, Part.CLOSING)
# What a sentence is like at least, whatever the model says: no one sentence may forbid a path.
_LEAST = 0.02


def find_parts(call: HeardCall, script: Script, model: Likeness) -> tuple[PartSpan, ...]:
    """The parts that are there, in order, each from its first words to its last."""
    spoken = utterances(call.turns, Speaker.AGENT, Speaker.UNKNOWN)
    said = [(one.text[start:end], one.span_of(start, end)) for one in spoken for start, end in pieces(one)]
    if not said:
        return ()
    part_of = {required.cues.element: required.cues.part for required in script.elements}
    fits = np.stack([_fit(model, text, part_of) for text, _ in said])
    path = best_path(np.log(fits))
    found = []
    for number, part in enumerate(ORDER):
        spans = [span for at, (_, span) in zip(path, said, strict=True) if at == number]
        if spans:
            found.append(PartSpan(part, Span(spans[0].start_ms, max(span.end_ms for span in spans))))
    return tuple(found)


def best_path(scores: NDArray[np.float64]) -> list[int]:
    """Of the ways through (steps, parts) log scores that never go back to an earlier part, the one with the greatest sum."""
    steps, parts = scores.shape
    best, came_from = scores[0].copy(), np.zeros((steps, parts), np.int64)
    for step in range(1, steps):
        for part in reversed(range(parts)):
            came_from[step, part] = int(np.argmax(best[: part + 1]))
            best[part] = best[came_from[step, part]] + scores[step, part]
    path = [int(np.argmax(best))]
    for step in range(steps - 1, 0, -1):
        path.append(int(came_from[step, path[-1]]))
    return path[::-1]


def _fit(model: Likeness, text: str, part_of: dict[str, Part]) -> NDArray[np.float64]:
    likely = dict(zip(model.kinds, model(text), strict=True))

    def fit(part: Part) -> float:
        return max((likely.get(element, 0.0) for element, its in part_of.items() if its is part), default=0.0)

    return np.array([max(fit(part), _LEAST) for part in ORDER])
