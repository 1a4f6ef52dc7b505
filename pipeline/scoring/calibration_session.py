"""What several people think of the same calls, side by side, what they disagree about first (校准).

                                      刘洋          王敏          赵静        pairs that differ
    phrase.abuse 61.0 s               confirmed    overturned   confirmed    2 of 3
    phrase.taunt 12.0 s               confirmed    confirmed    confirmed    0 of 3
    voice.noise, which 王敏 added      –            added        –            2 of 3

Two say the same where both see a fault of the same rule and severity, or both see none. Who has judged something of a call and says nothing of a
fault that another added, sees none there; a finding that somebody has not judged says nothing of him.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pipeline.records.calibration_session import Compared, Comparison, SessionFault, SessionOpinion
from pipeline.records.quality import Judged, NamedFault
from pipeline.records.verdict import Decision
from pipeline.scoring.second_hearings import by_pair, is_same_fault


def compare(faults: Iterable[SessionFault], opinions: Sequence[SessionOpinion]) -> Comparison:
    """The comparison. Of several opinions of one person about a finding the last counts."""
    judges: dict[int, set[str]] = defaultdict(set)
    about: dict[int, dict[str, SessionOpinion]] = defaultdict(dict)
    for one in opinions:
        judges[one.call_pk].add(one.person)
        if one.finding_id is not None:
            about[one.finding_id][one.person] = one
    compared = [_of_finding(fault, about[fault.finding_id]) for fault in faults]
    compared += _added([one for one in opinions if one.finding_id is None], judges)
    judged = (pair for one in compared for pair in _judged(one))
    return Comparison(
        tuple(sorted({one.person for one in opinions})),
        tuple(sorted(compared, key=lambda one: (-one.differing, one.call_pk, one.span.start_ms if one.span else 0))),
        by_pair(judged),
    )


def _of_finding(fault: SessionFault, said: Mapping[str, SessionOpinion]) -> Compared:
    views = [_view(one) for one in said.values()]
    return Compared(
        fault.call_pk,
        fault.finding_id,
        fault.rule,
        fault.severity,
        fault.span,
        fault.words,
        said,
        (),
        _differing(views),
    )


def _added(opinions: Iterable[SessionOpinion], judges: Mapping[int, set[str]]) -> Iterator[Compared]:
    """What people added, each fault once, however many named it."""
    groups: list[dict[str, SessionOpinion]] = []
    for one in opinions:
        own = next((group for group in groups if one.person not in group and _is_of(one, group)), None)
        if own is None:
            groups.append({one.person: one})
        else:
            own[one.person] = one
    for group in groups:
        first = next(iter(group.values()))
        silent = tuple(sorted(judges[first.call_pk] - set(group)))
        views = [*(_view(one) for one in group.values()), *(None for _ in silent)]
        yield Compared(
            first.call_pk, None, first.rule, first.severity, first.span, first.words, group, silent, _differing(views)
        )


def _is_of(one: SessionOpinion, group: Mapping[str, SessionOpinion]) -> bool:
    return any(
        one.call_pk == other.call_pk and is_same_fault(NamedFault(one.rule, one.span), NamedFault(other.rule, other.span))
        for other in group.values()
    )  # fmt: skip


def _view(opinion: SessionOpinion) -> tuple[str, str] | None:
    """What is compared: the fault as it is to somebody, None where there is none."""
    if opinion.decision is Decision.OVERTURNED:
        return None
    return opinion.rule, opinion.severity.value


def _differing(views: Sequence[tuple[str, str] | None]) -> int:
    return sum(one != other for one, other in combinations(views, 2))


def _judged(compared: Compared) -> Iterator[Judged]:
    """Each two who can be compared, by whether there is a fault."""
    is_fault = {name: one.decision.is_fault for name, one in compared.said.items()}
    is_fault |= dict.fromkeys(compared.silent, False)
    for first, second in combinations(sorted(is_fault), 2):
        if is_fault[first] or is_fault[second] or compared.finding_id is not None:
            yield Judged(
                compared.call_pk, compared.finding_id, compared.rule, first, second, is_fault[first], is_fault[second]
            )
