"""Vendors of a business type in the order that a closed month proves, and who should get more of the work (P-43).

    telemarketing 2026-03
      华声外呼   94.0 (93.0-95.0)   rank 1   40 % of the calls   advised 45 %
      远达呼叫   88.0 (86.5-89.5)   rank 2   60 %                advised 55 %

A vendor with several projects of a type stands with their mean, each weighing as many calls as it has. Exempt months, and those with too few
calls, have no place; their share of the work stays as it is. Who is suspended or out of the type today keeps his place and gets no new work: those
in the places share his, as they share the rest.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy.orm import Session

from pipeline.ledger.history import CaseState, History
from pipeline.ledger.incentives import Advice, advise
from pipeline.ledger.vendors import project_in, vendor_on
from pipeline.policy.policy import Policy
from pipeline.policy.settlement import WHOLE_BP
from pipeline.records.closed import Closing, ScoreLine
from pipeline.records.estimate import Interval, MonthStatus, Ranked
from pipeline.records.project import BusinessType
from pipeline.sampling.strata import largest_remainder
from pipeline.scoring.comparison import rank
from pipeline.scoring.estimates import scaled, summed
from pipeline.store.cases import vendor_histories
from pipeline.store.facts import all_facts
from pipeline.store.month_lines import score_lines


@dataclass(frozen=True, slots=True)
class TypeRanking:
    """The places of a business type, with the advice on each; both in the order of the places. `of_all`: whose scores are of all their calls."""

    business_type: BusinessType
    ranked: tuple[Ranked, ...]
    advice: tuple[Advice, ...]
    of_all: frozenset[str] = frozenset()


def rank_types(
    session: Session, closing: Closing, policy: Policy, today: date, zone: tzinfo
) -> tuple[TypeRanking, ...]:
    """Every business type in which calls were made in a closed month; who gets new work is as it is today."""
    facts, histories = all_facts(session), vendor_histories(session, zone)
    by_type: dict[BusinessType, dict[str, list[ScoreLine]]] = defaultdict(lambda: defaultdict(list))
    for line in score_lines(session, closing):
        project = project_in(line.vendor, line.project, facts.get(line.vendor, ()), closing.month, policy.registry)
        if project is not None and line.calls:
            by_type[project.business_type][line.vendor].append(line)
    rankings = []
    for business_type in sorted(by_type):
        vendors = by_type[business_type]
        calls = {name: sum(one.calls for one in vendors[name]) for name in vendors}
        shares_bp = largest_remainder(WHOLE_BP, calls)
        kept_out = [
            name
            for name in vendors
            if name in histories
            and gets_no_work(histories[name], business_type, vendor_on(name, facts.get(name, ()), today).types)
        ]
        measured = {name: mean for name in vendors if (mean := mean_score(vendors[name])) is not None}
        ranked = rank(measured)
        allotted_bp = _allotted(shares_bp, calls, kept_out, measured)
        advice = advise(ranked, shares_bp, policy.incentive, allotted_bp)
        of_all = frozenset(name for name in measured if is_of_all(vendors[name]))
        rankings.append(TypeRanking(business_type, ranked, advice, of_all))
    return tuple(rankings)


def gets_no_work(history: History, business_type: BusinessType, types: Collection[BusinessType]) -> bool:
    """Whether a vendor that is admitted to `types` is suspended in a business type, or out of it by an exit."""
    about = [case for case in history.cases if case.business_type in (None, business_type)]
    if any(case.is_open and case.suspended for case in about):
        return True
    return business_type not in types and any(case.state is CaseState.EXITED for case in about)


def mean_score(lines: Sequence[ScoreLine]) -> Interval | None:
    """The mean of what has a score that counts, each line weighing as many calls as it has; None where nothing has."""
    scored = [(line.calls, score) for line in lines if (score := _score(line)) is not None]
    calls = sum(weight for weight, _ in scored)
    return summed([scaled(score, weight / calls) for weight, score in scored], []) if scored else None


def is_of_all(lines: Sequence[ScoreLine]) -> bool:
    """Whether the mean of their scores is of all the calls, and no estimate."""
    scored = [line for line in lines if _score(line) is not None]
    return bool(scored) and all(line.is_of_all for line in scored)


def _allotted(
    shares_bp: Mapping[str, int], calls: Mapping[str, int], kept_out: Collection[str], ranked: Collection[str]
) -> dict[str, int]:
    """The shares without those that get no work: theirs goes to who has a place, by calls, or to all others where nobody has."""
    left = {name: share for name, share in shares_bp.items() if name not in kept_out}
    if takers := [name for name in left if name in ranked] or [*left]:
        free = largest_remainder(WHOLE_BP - sum(left.values()), {name: calls[name] for name in takers})
        left |= {name: left[name] + more for name, more in free.items()}
    return left


def _score(line: ScoreLine) -> Interval | None:
    if (
        line.status != MonthStatus.SCORED
        or line.score_c is None
        or line.score_low_c is None
        or line.score_high_c is None
    ):
        return None
    return Interval(line.score_c / 100, line.score_low_c / 100, line.score_high_c / 100)
