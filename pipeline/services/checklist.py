"""What stands in the way of a month's close, and what a close would leave unsaid: what the close itself asks, piece by piece.

in the way   the month is not over · an earlier one is open · drawn calls without an outcome · fatal findings that nobody has decided
             no approved policy · a project without registration, or of whose calls none was drawn
to be seen   counts beyond the tolerance (nothing is paid for them) · calls of the formal sample that nobody has heard · gaps in the frame
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from pipeline.ledger.vendors import project_in
from pipeline.policy.policy import Policy
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.scoring.settlement import Agreement, Counts, agree
from pipeline.store.closes import months_with_drawn_calls
from pipeline.store.counts import success_counts
from pipeline.store.facts import all_facts
from pipeline.store.findings import StoredFinding, Wanted, to_review
from pipeline.store.frame import frame_gaps
from pipeline.store.hearings import count_to_hear
from pipeline.store.ledger import is_closed
from pipeline.store.month_calls import has_draws, projects_of, unaccounted, waits_to_be_drawn
from pipeline.store.policies import find_policy

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts that no side's word settles: nothing is accepted of them before an audit."""

    vendor: str
    project: str
    counts: Counts
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Checklist:
    """`over_from`: the first day on which the month is over, None where it is; `policy` None: none is approved.

    `fatal` may be carried over by name; everything else of the first six stands in the way until it is done.
    """

    policy: Policy | None
    over_from: date | None
    open_before: tuple[Month, ...]
    unaccounted: Mapping[str, int]
    fatal: tuple[StoredFinding, ...]
    unregistered: tuple[Place, ...]
    never_drawn: tuple[Place, ...]
    differences: tuple[Difference, ...]
    unheard: int
    open_gaps: int

    @property
    def can_close(self) -> bool:
        """Whether nothing is in the way that cannot be carried over."""
        in_the_way = (self.open_before, self.unaccounted, self.unregistered, self.never_drawn)
        return self.policy is not None and self.over_from is None and not any(in_the_way)


def checklist(session: Session, month: Month, today: date) -> Checklist:
    """What is to be done before a month is closed, and what had better be."""
    policy = find_policy(session, month)
    places = tuple(projects_of(session, month))
    return Checklist(
        policy=policy,
        over_from=month.plus(1).first_day if today <= month.last_day else None,
        open_before=tuple(one for one in months_with_drawn_calls(session, month) if not is_closed(session, one)),
        unaccounted=unaccounted(session, month),
        fatal=undecided_fatal(session, month),
        unregistered=_unregistered(session, month, places, policy) if policy is not None else (),
        never_drawn=tuple(place for place in places if _never_drawn(session, month, *place)),
        differences=unsettled(session, month, policy) if policy is not None else (),
        unheard=count_to_hear(session, month),
        open_gaps=sum(gap.is_open for gap in frame_gaps(session, month)),
    )


def undecided_fatal(session: Session, month: Month) -> tuple[StoredFinding, ...]:
    """The fatal findings of a month that nobody has decided."""
    return tuple(to_review(session, Wanted(month=month, severities=(Severity.FATAL,))))


def _never_drawn(session: Session, month: Month, vendor: str, project: str) -> bool:
    if has_draws(session, month, vendor, project):
        return False
    return waits_to_be_drawn(session, month, vendor, project) is not None


def _unregistered(session: Session, month: Month, places: tuple[Place, ...], policy: Policy) -> tuple[Place, ...]:
    facts = all_facts(session)
    counted = {*places, *success_counts(session, month)}
    return tuple(
        (vendor, name)
        for vendor, name in sorted(counted)
        if project_in(vendor, name, facts.get(vendor, ()), month, policy.registry) is None
    )


def unsettled(session: Session, month: Month, policy: Policy) -> tuple[Difference, ...]:
    """The projects of a month for whose successes nothing is paid yet: counts that differ too much, or were not handed in."""
    handed_in = {place: Counts(None, None) for place in projects_of(session, month)} | success_counts(session, month)
    held = {place: (counts, agree(counts, policy.settlement)) for place, counts in sorted(handed_in.items())}
    return tuple(
        Difference(vendor, project, counts, agreement)
        for (vendor, project), (counts, agreement) in held.items()
        if agreement.needs_audit
    )
