"""Faults planted in a conversation, each with the mark that becomes its truth, and the innocent lines that look like faults.

A forbidden sentence answers a customer's question; a voice fault changes one line of the agent's; silence and noise lie between the
agent's line and the customer's next one, so that nobody is late with an answer.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.simulation.line import Line, Mark, Where
from pipeline.simulation.noises import NOISES
from pipeline.simulation.scene import Scene

# Categories that answer nobody's question.
_UNASKED = frozenset({"overpromise", "privacy", "competitor", "coercion"})
_PACED_HANZI, _RAISED_HANZI = 22, 16
# The higher pitch alone makes espeak-ng 3 dB louder.
_MONOLOGUE_HANZI = 420
# Pace, level in dB and pauses before answering against the same person's usual ones.
_MOODS = {
    "phrase.coldness": (0.92, -2.0, 2.2),
    "phrase.bluntness": (1.04, 2.0, 0.8),
    "phrase.impatience": (1.1, 1.0, 0.35),
}
_RAISED_PITCH, _RAISED_DB = 92, (7.5, 9)


def planted(scene: Scene, head: list[Line], tail: list[Line]) -> list[Line]:
    """The conversation with its faults: what comes before the agent's request and what comes from there on."""
    for fault in scene.faults:
        kind, _, name = fault.partition(".")
        if fault == "phrase.after_refusal":
            # One more request is a salesman's right; what comes after the second no is not.
            again = [*scene.agent("request"), scene.customer("insist_no")]
            tail = [*tail[:2], *again, _forbidden(scene, name), scene.customer("insist_no"), *tail[2:]]
        elif kind == "phrase":
            asked = scene.customer("acknowledge" if name in _UNASKED else "provocation")
            head = [*head, asked, _forbidden(scene, name)]
        elif fault == "script.jargon":
            head = [*head, scene.customer("acknowledge"), _marked(scene, scene.words.script_faults.jargon, fault)]
        elif fault == "script.answer":
            head = [*head, *_asked(scene, fault)]
        elif fault == "script.key_figure":
            head = [_also(line, fault) if line.element == "content" else line for line in head]
        elif name in ("too_fast", "too_slow", "raised"):
            head = _changed(scene, head, name)
        elif name == "monologue":
            head = [*head, _monologue(scene)]
        elif name == "slow_response":
            head += _kept_waiting(scene, Mark(fault, Where.PAUSE))
        elif name == "dead_air":
            head += _waiting(scene, Mark(fault, Where.PAUSE), scene.chance.randint(12_500, 16_500), "still_there")
        elif name == "noise":
            silence = _waiting(scene, Mark(fault, Where.NOISE), scene.chance.randint(5_400, 6_600), "noise_remark")
            head += [replace(silence[0], noise=scene.chance.choice(NOISES)), *silence[1:]]
        elif name == "interruption":
            head += _talked_over(scene, -scene.chance.randint(2_400, 3_200), (Mark(fault, Where.OVERLAP),))
    return [_in_mood(line, scene) for line in (*head, *_innocent(scene), *tail)]


def _in_mood(line: Line, scene: Scene) -> Line:
    """The line as said by somebody who is cold, blunt or impatient throughout: who has one such sentence in them has the voice for it too."""
    mood = next((mood for fault, mood in _MOODS.items() if fault in scene.faults), None)
    if mood is None or line.speaker != "agent" or any(mark.rule.startswith("voice.") for mark in line.marks):
        return line
    pace, gain_db, haste = mood
    pause_ms = round(line.pause_ms * haste) if line.pause_ms > 0 else line.pause_ms
    return replace(line, pace=pace, gain_db=line.gain_db + gain_db, pause_ms=pause_ms)


def _forbidden(scene: Scene, category: str) -> Line:
    return _marked(scene, scene.words.forbidden.phrases[category], f"phrase.{category}")


def _marked(scene: Scene, sentences: Sequence[str], fault: str) -> Line:
    return Line("agent", scene.pick(sentences), scene.chance.randint(350, 900), marks=(Mark(fault, Where.TURN),))


def _also(line: Line, fault: str) -> Line:
    """The line with one more fault in it."""
    return replace(line, marks=(*line.marks, Mark(fault, Where.TURN)))


def _asked(scene: Scene, fault: str = "") -> list[Line]:
    """A question that has an approved answer, answered so or, as a fault, otherwise."""
    question = scene.chance.choice(scene.words.script_faults.asked_in(scene.words.project))
    asked = Line("customer", scene.pick(question.customer), scene.chance.randint(250, 850))
    if fault:
        return [asked, _marked(scene, question.other, fault)]
    return [asked, Line("agent", scene.pick(question.approved), scene.chance.randint(350, 900))]


def _changed(scene: Scene, lines: list[Line], manner: str) -> list[Line]:
    """One line of the agent, long enough to be judged by, said in another manner."""
    enough = _RAISED_HANZI if manner == "raised" else _PACED_HANZI
    mine = [
        i for i, line in enumerate(lines) if line.speaker == "agent" and not line.marks and line.element != "identity"
    ]
    long = [i for i in mine if len(lines[i].words) >= enough] or [max(mine, key=lambda i: len(lines[i].words))]
    at = scene.chance.choice(long)
    line = replace(lines[at], marks=(Mark(f"voice.{manner}", Where.TURN),))
    if manner == "raised":
        line = replace(line, gain_db=scene.chance.uniform(*_RAISED_DB), pitch=_RAISED_PITCH)
    else:
        pace = scene.chance.randint(310, 330) if manner == "too_fast" else scene.chance.randint(85, 95)
        line = replace(line, rate=pace)
    return [*lines[:at], line, *lines[at + 1 :]]


def _waiting(scene: Scene, mark: Mark, pause_ms: int, remark: str) -> list[Line]:
    """A wait that the customer ends, and the agent's excuse."""
    return [replace(scene.customer(remark), pause_ms=pause_ms, marks=(mark,)), _said(scene, "resume")]


def _kept_waiting(scene: Scene, mark: Mark) -> list[Line]:
    """A question that is answered late."""
    exchange = scene.chance.choice([one for one in scene.words.common_exchanges if one.starts == "customer"])
    asked = Line("customer", scene.pick(exchange.customer), scene.chance.randint(250, 850))
    pause_ms = scene.chance.randint(5_300, 7_000)
    return [asked, Line("agent", scene.pick(exchange.agent), pause_ms, marks=(mark,))]


def _monologue(scene: Scene) -> Line:
    """Everything an agent can say about the matter and more, in one breath."""
    exchanges = [one for one in (*scene.words.exchanges, *scene.words.common_exchanges) if one.starts == "customer"]
    scene.chance.shuffle(exchanges)
    said: list[str] = []
    answers = (answer.format(**scene.slots) for one in exchanges for answer in one.agent)
    while sum(map(len, said)) < _MONOLOGUE_HANZI and (answer := next(answers, "")):
        said.append(answer)
    pause_ms = scene.chance.randint(350, 900)
    return Line("agent", "，".join(said), pause_ms, marks=(Mark("voice.monologue", Where.TURN),))


def _talked_over(scene: Scene, pause_ms: int, marks: tuple[Mark, ...] = ()) -> list[Line]:
    """A customer's long story and the agent's answer to it."""
    return [scene.customer("long_talk"), replace(_said(scene, "cut_in"), pause_ms=pause_ms, marks=marks)]


def _said(scene: Scene, element: str) -> Line:
    return Line("agent", scene.pick(scene.words.agent[element]), scene.chance.randint(350, 900))


def _innocent(scene: Scene) -> list[Line]:
    lines: list[Line] = []
    if scene.near_miss:
        sentence = scene.pick(scene.words.forbidden.near_misses)
        lines += [scene.customer("provocation"), Line("agent", sentence, scene.chance.randint(350, 900))]
    if scene.rude_customer:
        lines += [scene.customer("rude"), _said(scene, "resume")]
    if scene.asked:
        lines += _asked(scene)
    if not scene.faults and scene.often(0.2):
        lines += _talked_over(scene, scene.chance.randint(-500, 600))
    return lines
