"""Whether a condition holds, and which words decide it.

    minimum = 2, any = ["优惠", "免费"]        agent  0.0-3.0  有优惠，是免费的      decided by 免费
    after = { role = "customer", any = ["不要"], within_s = 5 }
                                               customer  0.0-1.0  不要
                                               agent     6.0-9.0  免费有优惠        decided by 优惠, exactly 5 s later
                                               agent     6.1-9.1  免费有优惠        not decided

A saying counts where it begins in the window, behind `after` and ahead of `before`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.checks.phrases.sayings import Heard, Saying
from pipeline.text.condensed import condense
from pipeline.text.conditions import WHOLE_BP, Anchor, Condition, Wanted, Window
from pipeline.text.utterances import Utterance


@dataclass(frozen=True, slots=True)
class Held:
    """Why a condition holds: the saying that decides it, all that were needed for it, and those of the anchors."""

    deciding: Saying
    said: tuple[Saying, ...]
    after: Saying | None
    before: Saying | None


@dataclass(frozen=True, slots=True)
class _Moments:
    """`said` is what had to be said first; `times` the saying that completed it and all later ones."""

    said: tuple[Saying, ...]
    times: tuple[Saying, ...]


_NEVER = _Moments((), ())
_Stands = Callable[[Saying], bool]


def held(condition: Condition, own: Sequence[Saying], anchors: Sequence[Sequence[Saying]], heard: Heard) -> Held | None:
    """Why the condition holds, None where it does not. `own` are the sayings of its words, `anchors` those of after and before."""
    given = iter(anchors)
    first = _times(condition.after, given, heard)
    then = _times(condition.before, given, heard)

    def stands(saying: Saying) -> bool:
        is_after = condition.after is None or _last_before(saying, first, condition.after) is not None
        return is_after and (condition.before is None or _next_behind(saying, then, condition.before) is not None)

    moments = _moments(condition.wanted, own, heard, stands)
    if not moments.times:
        return None
    deciding = moments.times[0]
    after = _last_before(deciding, first, condition.after) if condition.after else None
    before = _next_behind(deciding, then, condition.before) if condition.before else None
    return Held(deciding, moments.said, after, before)


def _times(anchor: Anchor | None, given: Iterator[Sequence[Saying]], heard: Heard) -> tuple[Saying, ...]:
    return _moments(anchor.wanted, next(given), heard, lambda saying: True).times if anchor else ()


def _moments(wanted: Wanted, sayings: Sequence[Saying], heard: Heard, stands: _Stands) -> _Moments:
    """When everything wanted has been said, by sayings in the window that stand where the anchors want them."""
    if not heard.is_complete and (wanted.none or wanted.window.needs_end):
        return _NEVER
    fit = [saying for saying in sayings if _is_within(wanted, saying, heard) and stands(saying)]
    if any(saying.owner.key == "none" for saying in fit):
        return _NEVER
    chosen = _apart([saying for saying in fit if _is_chosen(wanted, heard.spoken[saying.turn])])
    needed = wanted.minimum if wanted.any or wanted.is_regex_only else 0
    counted, missing = 0, set(range(len(wanted.all)))
    for at, saying in enumerate(chosen):
        if saying.owner.key == "all":
            missing.discard(saying.owner.term)
        else:
            counted += 1
        if counted >= needed and not missing:
            return _Moments(tuple(chosen[: at + 1]), tuple(chosen[at:]))
    return _NEVER


def _apart(sayings: Sequence[Saying]) -> list[Saying]:
    """In time order; of those that count towards the minimum, words within other words (验证码 in 短信验证码) only once."""
    kept: list[Saying] = []
    last: Saying | None = None
    for saying in sorted(sayings, key=lambda one: (one.span.start_ms, -one.span.end_ms)):
        if saying.owner.key != "all":
            if last is not None and last.turn == saying.turn and last.span.overlap_ms(saying.span):
                continue
            last = saying
        kept.append(saying)
    return kept


def _is_chosen(wanted: Wanted, utterance: Utterance) -> bool:
    """Whether the expressions let an utterance count."""
    if wanted.not_regex is None and (wanted.regex is None or wanted.is_regex_only):
        return True
    plain = condense(utterance.text)[0].text
    is_excluded = wanted.not_regex is not None and any(wanted.not_regex.find(plain))
    return not is_excluded and (wanted.regex is None or any(wanted.regex.find(plain)))


def _is_within(wanted: Wanted, saying: Saying, heard: Heard) -> bool:
    """Whether a saying begins in the window."""
    window, at_ms = wanted.window, saying.span.start_ms
    if window == Window():
        return True
    turns = heard.turns[wanted.role]
    place = turns.index(saying.turn)
    return (
        (window.first_turns is None or place < window.first_turns)
        and (window.last_turns is None or place >= len(turns) - window.last_turns)
        and (window.first_ms is None or at_ms < window.first_ms)
        and (window.last_ms is None or at_ms >= heard.end_ms - window.last_ms)
        and at_ms * WHOLE_BP >= window.from_bp * heard.end_ms
        and (window.to_bp == WHOLE_BP or at_ms * WHOLE_BP < window.to_bp * heard.end_ms)
    )


def _last_before(saying: Saying, times: Sequence[Saying], anchor: Anchor) -> Saying | None:
    """The last time an anchor holds before a saying, None where that is too long ago."""
    earlier = [time for time in times if time.span < saying.span and _is_near(time, saying, anchor)]
    return max(earlier, key=lambda time: time.span.end_ms, default=None)


def _next_behind(saying: Saying, times: Sequence[Saying], anchor: Anchor) -> Saying | None:
    """The first time an anchor holds behind a saying, None where that is too long after."""
    later = [time for time in times if saying.span < time.span and _is_near(saying, time, anchor)]
    return min(later, key=lambda time: time.span.start_ms, default=None)


def _is_near(earlier: Saying, later: Saying, anchor: Anchor) -> bool:
    return anchor.within_ms is None or later.span.start_ms - earlier.span.end_ms <= anchor.within_ms
