"""The close of a month: everything counted, weighed, priced and written in one transaction, once and for all (P-40 to P-61).

    close_month(session, month, person, now)        the close, or the one that was made before
    restate(session, month, person, now)            a closed month anew, after appeals: what changes goes into the next open month's money

The order matters. What the machine may post by itself goes in first; then the month is estimated, and warned of; warnings may open exit cases;
points, grades and settlement lines follow; the closing entry comes last, and nothing comes after it into the month.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.ledger.closing import adjustment_entry, close_entry, difference_entry, lines_sha256, refusals
from pipeline.ledger.grades import grade_entry
from pipeline.policy.policy import Policy
from pipeline.records.call import CallState
from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.review.rights import refuse_others
from pipeline.services.case_book import SHANGHAI
from pipeline.services.cases import open_what_is_due, warn_of_month
from pipeline.services.grading import gradings_of
from pipeline.services.month_figures import (
    Heard,
    Place,
    heard_in,
    points_changed,
    points_of,
    scores_of,
    settlements_of,
)
from pipeline.services.posting import post_by_machine
from pipeline.store.cases import lock_ledger
from pipeline.store.closes import counted, months_with_drawn_calls, save_close
from pipeline.store.counts import success_counts
from pipeline.store.findings import Wanted, to_review
from pipeline.store.ledger import is_closed, open_month, post
from pipeline.store.month_calls import unaccounted, waits_to_be_drawn
from pipeline.store.month_lines import closings, score_lines, settlement_lines
from pipeline.store.policies import policy_for

CLOSE = (Role.SUPERVISOR,)


def close_month(
    session: Session,
    month: Month,
    person: Person,
    now: datetime,
    *,
    carry_over: Collection[int] = (),
    zone: ZoneInfo = SHANGHAI,
) -> Closing:
    """Close a month; a month that is closed stays as it is, and its first close is returned.

    Raises DataError with all reasons where it cannot be closed, or where no approved policy is in force.
    """
    refuse_others(person, CLOSE, "close a month")
    lock_ledger(session)
    if known := closings(session, month):
        return known[0]
    policy = policy_for(session, month)
    open_before = [each for each in months_with_drawn_calls(session, month) if not is_closed(session, each)]
    if why := _refusals(session, month, now.astimezone(zone).date(), carry_over, open_before):
        raise DataError(f"{month} is not closed: " + "; ".join(why))
    post_by_machine(session, month, now)
    standing = counted(session, month)
    heard = _all_accounted(session, month, heard_in(session, month, standing, policy))
    if not heard and not standing and not success_counts(session, month):
        raise DataError(f"{month} is not closed: no call and no count of it is known; is it the right month?")
    warn_of_month(session, month, {place: one.estimate for place, one in heard.items()}, now, zone=zone)
    open_what_is_due(session, now, zone=zone)
    post(session, list(points_of(month, heard, policy, now)))
    gradings = gradings_of(session, month, {vendor for vendor, _ in heard}, policy)
    post(session, [grade_entry(grading, policy, now) for grading in gradings.values()])
    settlements = settlements_of(session, month, 0, heard, standing, policy)
    post(session, [adjustment_entry(line, policy.version, now) for line in settlements if line.adjustment_fen])
    scores = scores_of(session, month, 0, heard, standing, gradings, policy, zone)
    return _finish(session, month, 0, scores, settlements, person, policy, carry_over, now)


def restate(
    session: Session,
    month: Month,
    person: Person,
    now: datetime,
    *,
    carry_over: Collection[int] = (),
    zone: ZoneInfo = SHANGHAI,
) -> Closing:
    """Make a closed month's lines anew from what stands now, as its next revision; the latest one again where nothing has changed.

    Its files stay; the money and points that change are posted into the next open month. Raises DataError where the month is not closed, or what
    would keep it from being closed today keeps it from being restated.
    """
    refuse_others(person, CLOSE, "close a month")
    lock_ledger(session)
    if not (known := closings(session, month)):
        raise DataError(f"{month} is not closed: there is nothing to restate; `callqa close {month}` closes it")
    last = known[-1]
    policy, revision = policy_for(session, month), last.revision + 1
    if why := _refusals(session, month, now.astimezone(zone).date(), carry_over, ()):
        raise DataError(f"{month} is not restated: " + "; ".join(why))
    post_by_machine(session, month, now)
    standing = counted(session, month)
    heard = _all_accounted(session, month, heard_in(session, month, standing, policy))
    old = {(line.vendor, line.project): line for line in settlement_lines(session, last)}
    settlements = settlements_of(session, month, revision, heard, standing, policy, old)
    gradings = gradings_of(session, month, {vendor for vendor, _ in heard}, policy)
    warn_of_month(session, month, {place: one.estimate for place, one in heard.items()}, now, zone=zone)
    open_what_is_due(session, now, zone=zone)
    scores = scores_of(session, month, revision, heard, standing, gradings, policy, zone)
    if _is_same(session, last, scores, settlements):
        return last
    into = open_month(session, month)
    changed = [
        difference_entry(line, old.get((line.vendor, line.project)), into, policy.version, now) for line in settlements
    ]
    post(session, [one for one in changed if one is not None])
    post(session, list(points_changed(session, month, revision, into, heard, policy, now)))
    return _finish(session, month, revision, scores, settlements, person, policy, carry_over, now)


def _refusals(
    session: Session, month: Month, today: date, carry_over: Collection[int], open_before: Collection[Month]
) -> list[str]:
    fatal = to_review(session, Wanted(month=month, severities=(Severity.FATAL,)))
    unreviewed = [one.finding_id for one in fatal]
    return refusals(month, today, unaccounted(session, month), unreviewed, carry_over, open_before)


def _all_accounted(session: Session, month: Month, heard: Mapping[Place, Heard]) -> Mapping[Place, Heard]:
    """What was heard, unless a night that runs at the same time has drawn calls meanwhile, or has still to draw all of a project's.

    A night draws at least one call of every project that has any, in an exempt month too. Where none was drawn and none waits, all were withdrawn.
    """
    for (vendor, project), one in heard.items():
        if one.states[CallState.DRAWN]:
            raise DataError(
                f"{month}: calls of {vendor}/{project} are being heard right now; try again when they are done"
            )
        if not any(one.states.values()) and (day := waits_to_be_drawn(session, month, vendor, project)) is not None:
            raise DataError(
                f"{month}: no call of {vendor}/{project} was ever drawn; `callqa nightly --date {day}` draws and hears them"
            )
    return heard


def _is_same(
    session: Session, last: Closing, scores: Sequence[ScoreLine], settlements: Sequence[SettlementLine]
) -> bool:
    """Whether lines say what those of a close say, but for their revision."""
    known = lines_sha256([*score_lines(session, last)], [*settlement_lines(session, last)])
    numbers = {(line.vendor, line.project): line.statement_no for line in settlement_lines(session, last)}
    again = [
        replace(line, revision=last.revision, statement_no=numbers.get((line.vendor, line.project), ""))
        for line in settlements
    ]
    return known == lines_sha256([replace(line, revision=last.revision) for line in scores], again)


def _finish(
    session: Session,
    month: Month,
    revision: int,
    scores: Sequence[ScoreLine],
    settlements: Sequence[SettlementLine],
    person: Person,
    policy: Policy,
    carried: Collection[int],
    now: datetime,
) -> Closing:
    sha256 = lines_sha256(scores, settlements)
    (closed,) = post(session, [close_entry(month, revision, sha256, person, policy.version, carried, now)])
    return save_close(session, closed, revision, sha256, scores, settlements)
