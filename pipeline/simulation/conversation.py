"""A call as lines: opening, body and closing by the script, with the outcome's ending, and faults planted among them.

customer  喂                                     agent  您好，我是中国移动的客服代表李丽，请问您是王先生吗
customer  是我                                   agent  请问您现在说话方便吗                        …
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.records.call import Outcome
from pipeline.simulation.dialogues import Exchange
from pipeline.simulation.faults import CONTRADICTED, UNSUPPORTED
from pipeline.simulation.figures import with_figures
from pipeline.simulation.line import Line, Mark, Where
from pipeline.simulation.planting import planted
from pipeline.simulation.scene import Scene

# A hanzi of these voices and a change of speaker take about so long.
_HANZI_MS, _CHANGE_MS = 225, 550
# Less than this is not worth another question and answer.
_SHORTEST_GAP_MS = 3000
# Before the content, on top of the usual opening: no script allows more than a minute for both.
_LONG_OPENING_MS = 75_000


def conversation(scene: Scene, seconds: float) -> tuple[Line, ...]:
    """The whole call, lengthened by questions and answers to about `seconds` (never shorter than its script)."""
    scene = with_figures(scene)
    head = [*_opening(scene), *_offer(scene)]
    tail = [*_decision(scene), *_closing(scene)]
    lines = planted(scene, head, tail)
    # The customer of a survey answers once they have agreed to; others ask before they decide.
    agreed = scene.outcome is Outcome.SUCCESS and not {UNSUPPORTED, CONTRADICTED} & {*scene.faults}
    answers_after = scene.words.project == "survey" and agreed
    at = next(i for i, line in enumerate(lines) if line.element == "request") + (2 if answers_after else 0)
    return (*lines[:at], *_exchanges(scene, seconds * 1000 - _length_ms(lines), answers_after), *lines[at:])


def _opening(scene: Scene) -> Iterator[Line]:
    if scene.often(0.6):
        yield replace(scene.customer("hello"), pause_ms=0)
    if "script.order" in scene.faults:
        (line,) = scene.agent("self_introduction", "greeting")
        yield replace(line, marks=(Mark("script.order", Where.TURN),))
        yield from scene.agent("identity")
    elif scene.often(0.5):
        yield from scene.agent("greeting", "self_introduction", "identity")
    else:
        yield from scene.agent("greeting", "self_introduction")
        yield from scene.agent("identity")
    yield scene.customer("acknowledge" if scene.lacks("identity") else "identity_yes")
    if not scene.lacks("convenience"):
        yield from scene.agent("convenience")
        yield scene.customer("convenience_yes")
    if scene.often(0.5):
        yield from scene.agent("recording_notice", "purpose")
    else:
        yield from scene.agent("recording_notice")
        yield from scene.agent("purpose")
    yield scene.customer("acknowledge")
    if "script.overtime" in scene.faults:
        yield from _exchanges(scene, _LONG_OPENING_MS, own=False)


def _offer(scene: Scene) -> Iterator[Line]:
    yield from scene.agent("content")
    if not scene.lacks("content") and scene.often(0.35):
        back = scene.chance.choice(scene.words.customer["backchannel"])
        yield Line("customer", back, -scene.chance.randint(1500, 2600))
    if not scene.lacks("opinion"):
        yield from scene.agent("opinion")
        yield scene.customer("view")
    yield from scene.agent("value")
    if scene.often(0.4):
        yield scene.customer("acknowledge")


def _decision(scene: Scene) -> Iterator[Line]:
    yield from scene.agent("request")
    if UNSUPPORTED in scene.faults:
        mark = Mark(UNSUPPORTED, Where.CALL)
        yield replace(scene.customer("vague"), marks=(mark,))
        return
    if CONTRADICTED in scene.faults:
        yield replace(scene.customer("refuse"), marks=(Mark(CONTRADICTED, Where.TURN),))
        return
    if scene.opts_out:
        yield scene.customer("opt_out")
        return
    yield scene.customer(
        {Outcome.SUCCESS: "consent", Outcome.REFUSED: "refuse", Outcome.CALLBACK: "busy"}.get(
            scene.outcome, "undecided"
        )
    )


def _closing(scene: Scene) -> Iterator[Line]:
    if scene.outcome is Outcome.SUCCESS and not scene.lacks("confirmation"):
        yield from scene.agent("confirmation")
        if not {UNSUPPORTED, CONTRADICTED} & {*scene.faults}:
            yield scene.customer("confirm_ok")
    if scene.outcome is Outcome.CALLBACK:
        if not scene.lacks("callback_time"):
            yield from scene.agent("callback_time")
            yield scene.customer("time_ok")
    elif scene.often(0.5):
        yield from scene.agent("enquiry_channel")
    else:
        yield from scene.agent("acknowledge", "enquiry_channel")
    yield from scene.agent("farewell" if scene.lacks("thanks") else "thanks")
    yield scene.customer("bye")


def _exchanges(scene: Scene, missing_ms: float, own: bool) -> Iterator[Line]:
    """Questions and answers for the missing time; the project's own ones never tell what the script was to leave out."""
    tells = scene.lacks("content") or scene.lacks("value")
    use_own = not tells and (own or scene.words.project != "survey")
    pool: list[Exchange] = []
    # A survey that was agreed to asks at least one question.
    missing_ms = max(missing_ms, _SHORTEST_GAP_MS + 1) if own and use_own else missing_ms
    while missing_ms > _SHORTEST_GAP_MS:
        if not pool:
            pool = [*scene.words.exchanges] if use_own else [*scene.words.common_exchanges]
            pool += [*scene.words.common_exchanges] if use_own and not own else []
            scene.chance.shuffle(pool)
        pair = _spoken(scene, pool.pop())
        missing_ms -= _length_ms(pair)
        yield from pair


def _spoken(scene: Scene, exchange: Exchange) -> tuple[Line, Line]:
    agent = Line("agent", scene.pick(exchange.agent), scene.chance.randint(350, 900), element="body")
    customer = Line("customer", scene.pick(exchange.customer), scene.chance.randint(250, 900))
    return (agent, customer) if exchange.starts == "agent" else (customer, agent)


def _length_ms(lines: Sequence[Line]) -> float:
    return sum(len(line.words) * _HANZI_MS + max(line.pause_ms, 0) + _CHANGE_MS / 3 for line in lines)
