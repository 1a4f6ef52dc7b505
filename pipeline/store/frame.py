"""The operator's counts of vendors' days, the manifests' own, and why a gap between them is none (P-12).

    with writing(engine) as session:
        save_frame_counts(session, counts, file_sha256, person, now)
    with reading(engine) as session:
        open_gaps = [gap for gap in frame_gaps(session, month) if gap.is_open]

A newer count of a day stands before the older one; nothing is overwritten.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, insert, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.call import CallState, Outcome
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.scoring.frame import Explanation, FrameDay, Gap, GapKind, ManifestCount, OperatorCount, reconcile
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import CallRow, FrameCountRow, FrameExplanationRow

IMPORT = (Role.SUPERVISOR, Role.MARKETING, Role.ADMINISTRATOR)
EXPLAIN = (Role.SUPERVISOR, Role.AUDITOR)


def save_frame_counts(
    session: Session, counts: Mapping[FrameDay, OperatorCount], source_sha256: str, person: Person, now: datetime
) -> int:
    """Keep the operator's counts of some days; returns how many say something new."""
    lock_against_writers(session, FrameCountRow.__tablename__)
    known: dict[FrameDay, OperatorCount] = {}
    for month in sorted({Month.of(at.day) for at in counts}):
        known |= frame_counts(session, month)
    rows = [
        {
            "vendor": at.vendor,
            "project": at.project,
            "day": at.day,
            "issued": count.issued,
            "calls": count.calls,
            "successes": count.successes,
            "source_sha256": source_sha256,
            "person": person.name,
            "imported_at": now,
        }
        for at, count in sorted(counts.items())
        if known.get(at) != count
    ]
    if rows:
        session.execute(insert(FrameCountRow), rows)
    return len(rows)


def frame_counts(session: Session, month: Month) -> dict[FrameDay, OperatorCount]:
    """What the operator counts of a month's days, by its latest word."""
    newest = select(func.max(FrameCountRow.id)).where(_in_month(FrameCountRow, month))
    newest = newest.group_by(FrameCountRow.vendor, FrameCountRow.project, FrameCountRow.day)
    rows = session.scalars(select(FrameCountRow).where(FrameCountRow.id.in_(newest)))
    return {_at(row): OperatorCount(row.issued, row.calls, row.successes) for row in rows}


def manifest_counts(session: Session, month: Month) -> dict[FrameDay, ManifestCount]:
    """What the manifests tell of a month's days."""
    is_success = CallRow.outcome == Outcome.SUCCESS
    query = select(
        CallRow.vendor,
        CallRow.project,
        CallRow.day,
        func.count(),
        func.sum(case((is_success, 1), else_=0)),
        func.sum(case((is_success & (CallRow.state == CallState.NOT_PRODUCED), 1), else_=0)),
    ).group_by(CallRow.vendor, CallRow.project, CallRow.day)
    rows = session.execute(query.where(CallRow.day.between(month.first_day, month.last_day)))
    return {FrameDay(vendor, project, day): ManifestCount(*counts) for vendor, project, day, *counts in rows}


def frame_gaps(session: Session, month: Month) -> tuple[Gap, ...]:
    """The gaps of a month, explained ones among them."""
    return reconcile(frame_counts(session, month), manifest_counts(session, month), _explanations(session, month))


def explain_gap(session: Session, at: FrameDay, kind: GapKind, text: str, person: Person, now: datetime) -> Gap:
    """Say why a gap is none, for as many calls as it has now. Raises StoreError where there is no such gap."""
    lock_against_writers(session, FrameExplanationRow.__tablename__)
    found = {(gap.at, gap.kind): gap for gap in frame_gaps(session, Month.of(at.day))}
    if (gap := found.get((at, kind))) is None:
        raise StoreError(
            f"{at.vendor}/{at.project} has no gap {kind.value} on {at.day}; `callqa frame gaps {Month.of(at.day)}`"
        )
    session.add(
        FrameExplanationRow(
            vendor=at.vendor,
            project=at.project,
            day=at.day,
            gap=kind.value,
            calls=gap.calls,
            text=text,
            person=person.name,
            recorded_at=now,
        )
    )
    session.flush()
    return Gap(at, kind, gap.calls, Explanation(gap.calls, text, person.name))


def _explanations(session: Session, month: Month) -> dict[tuple[FrameDay, GapKind], Explanation]:
    query = select(FrameExplanationRow).where(_in_month(FrameExplanationRow, month)).order_by(FrameExplanationRow.id)
    return {
        (_at(row), GapKind(row.gap)): Explanation(row.calls, row.text, row.person) for row in session.scalars(query)
    }


def _at(row: FrameCountRow | FrameExplanationRow) -> FrameDay:
    return FrameDay(row.vendor, row.project, row.day)


def _in_month(table: type[FrameCountRow] | type[FrameExplanationRow], month: Month) -> ColumnElement[bool]:
    return table.day.between(month.first_day, month.last_day)
