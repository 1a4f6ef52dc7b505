"""A call as the month sees it: what the machine found in it, what people decided, and what stands after both.

    machine   12 phrase.taunt counts   13 phrase.abuse counts   14 script.missing.thanks counts   15 phrase.coldness near
    people    13 overturned            verdict 9: 15 confirmed
    machine's side     12, 14              13 is a fatal one, which is reviewed in every call; 15 was only nearly heard
    people's side      15                  of a call heard whole: what nobody confirmed is no fault

The machine's side must come about in the same way in every call, heard by somebody or not, or the formal sample could not tell how often it errs.

A fatal finding that nobody has decided weighs on neither side: a month is closed only where each of them is decided or carried over by name, and
one that is carried over is an open question, not a call of 0 points (P-60). The call's other faults weigh as ever. Once it is confirmed, its
violation counts in the month that is open then, and a restatement of its own month has the call's 0 points.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.policy.policy import Policy
from pipeline.records.finding import Severity
from pipeline.scoring.call_score import CallScore, Fault, score_call
from pipeline.scoring.month_score import SampledCall

_SERIOUS = (Severity.MAJOR, Severity.FATAL)


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the newest judgement; `counts`: it may stand by itself."""

    finding_id: int
    rule: str
    severity: Severity
    counts: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A standing verdict. `finding_id` None: a fault that somebody added. `is_fault`: there is one after the decision."""

    verdict_id: int
    finding_id: int | None
    rule: str
    severity: Severity
    is_fault: bool


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """How a call came to be heard: its random draw, stratum and chance; `formal`: in the sample that people hear whole."""

    draw_id: str
    stratum: str
    probability_num: int
    probability_den: int
    formal: bool


def machine_faults(found: Iterable[Found], decided: Sequence[Decided], by_machine: Sequence[str]) -> Iterator[Fault]:
    """What stands without a reviewer of this call; of fatal findings what people confirmed in any call, or what posts by itself."""
    verdicts = {one.finding_id: one for one in decided if one.finding_id is not None}
    for one in found:
        said = verdicts.get(one.finding_id) if one.severity is Severity.FATAL else None
        is_open = said is None and one.severity is Severity.FATAL and one.rule not in by_machine
        if not one.counts or is_open:
            continue
        if said is None:
            yield Fault(f"finding {one.finding_id}", one.rule, one.severity)
        elif said.is_fault:
            yield Fault(f"verdict {said.verdict_id}", said.rule, said.severity)


def standing_faults(found: Iterable[Found], decided: Sequence[Decided], by_machine: Sequence[str]) -> Iterator[Fault]:
    """What stands after review: what people say is a fault, and what posts by itself and nobody has decided."""
    known = {one.finding_id for one in decided}
    for verdict in decided:
        if verdict.is_fault:
            yield Fault(f"verdict {verdict.verdict_id}", verdict.rule, verdict.severity)
    for one in found:
        if one.rule in by_machine and one.counts and one.finding_id not in known:
            yield Fault(f"finding {one.finding_id}", one.rule, one.severity)


def final_score(found: Iterable[Found], decided: Sequence[Decided], policy: Policy) -> CallScore:
    """The score of a call after review."""
    return score_call(standing_faults(found, decided, policy.posting.by_machine), policy.score)


def sampled(
    place: DrawnPlace, reviewed: bool, found: Sequence[Found], decided: Sequence[Decided], policy: Policy
) -> SampledCall:
    """The call as the month's estimate takes it."""
    before = [*machine_faults(found, decided, policy.posting.by_machine)]
    after = [*standing_faults(found, decided, policy.posting.by_machine)]
    return SampledCall(
        place.draw_id,
        place.stratum,
        place.probability_num,
        place.probability_den,
        place.formal,
        reviewed,
        score_call(before, policy.score).points,
        any(fault.severity in _SERIOUS for fault in before),
        score_call(after, policy.score).points,
        any(fault.severity in _SERIOUS for fault in after),
    )
