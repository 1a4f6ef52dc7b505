"""The figures of a month before they are written: what was heard, what is paid, line by line (P-12, P-13, P-42, P-50)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.ledger.closing import with_project_points
from pipeline.ledger.grades import Grading, grade_in_force
from pipeline.ledger.incentives import points_entry
from pipeline.ledger.vendors import project_in
from pipeline.policy.policy import Policy
from pipeline.policy.settlement import WHOLE_BP
from pipeline.records.call import JUDGED, CallState
from pipeline.records.closed import ScoreLine, SettlementLine
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.estimate import MonthEstimate
from pipeline.records.month import Month
from pipeline.records.project import Project
from pipeline.records.registry import Fact, FactKind, project_of
from pipeline.sampling.plan import inspected_months
from pipeline.scoring.frame import not_payable
from pipeline.scoring.judged_call import sampled
from pipeline.scoring.month_score import SampledCall, estimate_month
from pipeline.scoring.settlement import Counts, quality_factor_bp, settle
from pipeline.services.cases import warnings_total
from pipeline.store.closes import Counted, calendar_seed_of
from pipeline.store.counts import success_counts
from pipeline.store.facts import all_facts
from pipeline.store.frame import frame_gaps
from pipeline.store.ledger import entries
from pipeline.store.month_calls import MonthCall, month_calls, projects_of
from pipeline.store.verdicts import denied_successes

# Findings that a success has no support; once confirmed it leaves the count (P-13).
UNSUPPORTED = ("outcome.unsupported_success", "outcome.contradicted")
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """A vendor's project in the month: connected calls, drawn ones by state, the estimate."""

    calls: int
    states: Mapping[CallState, int]
    estimate: MonthEstimate


def is_inspected(session: Session, policy: Policy, vendor: str, month: Month) -> bool:
    """Whether the vendor is scored in the month: the secret calendar of its grade says so (P-42)."""
    if (seed := calendar_seed_of(session, vendor, month.year)) is None:
        return False
    grade = grade_in_force(entries(session, vendor=vendor, kinds=(EntryKind.GRADE,)), month, policy)
    return month.number in inspected_months(policy, vendor, month.year, grade, seed)


def heard_in(session: Session, month: Month, standing: Mapping[Place, Counted], policy: Policy) -> dict[Place, Heard]:
    """Every vendor's projects that have calls in the month, in the order of their names."""
    found = {}
    for (vendor, project), connected in projects_of(session, month).items():
        calls = month_calls(session, month, vendor, project)
        states: dict[CallState, int] = dict.fromkeys(CallState, 0)
        for call in calls:
            states[call.state] += 1
        inspected = is_inspected(session, policy, vendor, month)
        estimate = estimate_month(_sampled(calls, policy), policy.score, inspected=inspected)
        lowered = with_project_points(estimate, standing.get((vendor, project), Counted()).points)
        found[vendor, project] = Heard(connected, states, lowered)
    return found


def _sampled(calls: Sequence[MonthCall], policy: Policy) -> Iterator[SampledCall]:
    for call in calls:
        if call.place is not None and call.state in JUDGED:
            yield sampled(call.place, call.reviewed, call.found, call.decided, policy)


def points_of(month: Month, heard: Mapping[Place, Heard], policy: Policy, now: datetime) -> Iterator[Entry]:
    """What scored months add to the points accounts (P-43)."""
    for (vendor, project), one in heard.items():
        if (entry := points_entry(vendor, project, month, one.estimate, policy, now)) is not None:
            yield entry


def points_changed(
    session: Session,
    month: Month,
    revision: int,
    into: Month,
    heard: Mapping[Place, Heard],
    policy: Policy,
    now: datetime,
) -> Iterator[Entry]:
    """What a restated month's points differ from what it has earned so far, for the next open month (P-43)."""
    for (vendor, project), one in heard.items():
        earned = points_entry(vendor, project, month, one.estimate, policy, now)
        known = entries(session, vendor=vendor, project=project, kinds=(EntryKind.POINTS,))
        stood = sum(posted.entry.points for posted in known if posted.entry.subject == f"score {month}")
        if difference := (earned.points if earned else 0) - stood:
            yield Entry(
                key=f"points {month} r{revision} {vendor!r} {project!r}",
                kind=EntryKind.POINTS,
                month=into,
                vendor=vendor,
                project=project,
                recorded_at=now,
                subject=f"score {month}",
                points=difference,
                policy=policy.version,
                note=f"{month}重算",
            )


def settlements_of(
    session: Session,
    month: Month,
    revision: int,
    heard: Mapping[Place, Heard],
    standing: Mapping[Place, Counted],
    policy: Policy,
    old: Mapping[Place, SettlementLine] | None = None,
) -> list[SettlementLine]:
    """The settlement lines, in the order of vendor and project. `old`: those of the close that is restated, whose prior months' money stays."""
    counts = success_counts(session, month)
    unexplained = not_payable(frame_gaps(session, month))
    denied = denied_successes(session, month, UNSUPPORTED)
    facts = all_facts(session)
    # What a restatement has moved here is paid or taken back even where nobody calls any more.
    owed = {place for place, one in standing.items() if one.prior_month_fen}
    positions = _positions(sorted({*heard, *counts, *owed}), old or {})
    lines = []
    for place, position in positions.items():
        vendor, name = place
        project = _project(vendor, name, month, facts.get(vendor, ()), policy, place in owed)
        estimate = heard[place].estimate if place in heard else None
        prior = old[place].prior_month_fen if old and place in old else standing.get(place, Counted()).prior_month_fen
        lines.append(
            settle(
                project,
                month,
                counts.get(place, Counts(None, None)),
                policy.settlement,
                policy.version,
                position=position,
                revision=revision,
                not_payable=unexplained.get(place, 0) + denied.get(place, 0),
                factor_bp=quality_factor_bp(estimate, policy.settlement) if estimate else WHOLE_BP,
                prior_month_fen=prior,
            )
        )
    return lines


def _positions(places: Sequence[Place], old: Mapping[Place, SettlementLine]) -> dict[Place, int]:
    """The places' positions, which statements are numbered by: a restatement keeps those of its close and puts new ones behind them (P-71)."""
    known = {place: int(line.statement_no.split("-")[2]) for place, line in old.items()}
    last = max(known.values(), default=0)
    new = [place for place in places if place not in known]
    numbered = known | {place: last + n for n, place in enumerate(new, start=1)}
    return {place: numbered[place] for place in places}


def _project(vendor: str, name: str, month: Month, facts: Sequence[Fact], policy: Policy, is_owed: bool) -> Project:
    found = project_in(vendor, name, facts, month, policy.registry)
    named = [fact for fact in facts if fact.kind is FactKind.PROJECT and fact.project == name]
    if found is None and is_owed and named:
        return project_of(named[-1])
    if found is None:
        raise DataError(
            f"{vendor}/{name} is not registered as a project: it has no price; `callqa vendor record {vendor} project …`"
        )
    return found


def scores_of(
    session: Session,
    month: Month,
    revision: int,
    heard: Mapping[Place, Heard],
    standing: Mapping[Place, Counted],
    gradings: Mapping[str, Grading],
    policy: Policy,
    zone: ZoneInfo,
) -> list[ScoreLine]:
    """The score lines, in the order of vendor and project."""
    warned = {vendor: warnings_total(session, vendor, month.last_day, policy.warning, zone=zone) for vendor, _ in heard}
    return [
        _score_line(place, month, revision, one, standing.get(place, Counted()), gradings, warned, policy)
        for place, one in heard.items()
    ]


def _score_line(
    place: Place,
    month: Month,
    revision: int,
    heard: Heard,
    standing: Counted,
    gradings: Mapping[str, Grading],
    warned: Mapping[str, int],
    policy: Policy,
) -> ScoreLine:
    vendor, project = place
    estimate, states = heard.estimate, heard.states
    none = (None, None, None)
    score = estimate.score.whole(100) if estimate.score else none
    rate = estimate.rate.whole(10_000) if estimate.rate else none
    return ScoreLine(
        vendor, project, month, revision,
        calls=heard.calls,
        drawn=sum(states.values()),
        inspected=states[CallState.INSPECTED],
        partial=states[CallState.PARTIAL],
        quarantined=states[CallState.QUARANTINED],
        not_produced=states[CallState.NOT_PRODUCED],
        withdrawn=states[CallState.WITHDRAWN],
        reviewed=estimate.reviewed,
        fatal=standing.fatal,
        major=standing.major,
        minor=standing.minor,
        rate_bp=rate[0], rate_low_bp=rate[1], rate_high_bp=rate[2],
        score_c=score[0], score_low_c=score[1], score_high_c=score[2],
        factor_bp=quality_factor_bp(estimate, policy.settlement),
        complaints=standing.complaints,
        number_checks_failed=standing.number_checks,
        project_points=standing.points,
        warnings_total=warned[vendor],
        grade=gradings[vendor].grade,
        status=estimate.status.value,
        policy=policy.version,
    )  # fmt: skip
