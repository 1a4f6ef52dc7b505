"""Calibration sessions: which calls, who thinks what of them.

    number = open_calibration(session, "三月校准", [7, 12], person, now)
    close_calibration(session, number, now)       from now on what people think is shown; nobody says anything more

What people think is written by `store/opinions.py`, through the call's page.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.calibration_session import CalibrationSession, SessionCall, SessionFault, SessionOpinion
from pipeline.records.call import JUDGED
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.span import span_between
from pipeline.store.call_file import findings_of_calls
from pipeline.store.findings import FAULTS
from pipeline.store.newest import is_newest
from pipeline.store.tables import (
    CalibrationCallRow,
    CalibrationSessionRow,
    CallRow,
    FindingRow,
    InspectionRow,
    OpinionRow,
    RecordingRow,
)
from pipeline.store.visible import NotThere, visible
from pipeline.text.quoting import quoted


class SessionClosed(StoreError):
    """A calibration session that has ended."""

    def __init__(self, session_id: int, closed_at: datetime) -> None:
        super().__init__(f"calibration session {session_id} is closed since {closed_at.isoformat()}")
        self.session_id, self.closed_at = session_id, closed_at


def open_calibration(session: Session, title: str, call_pks: Sequence[int], person: Person, now: datetime) -> int:
    """Open a session with these calls; its number."""
    row = CalibrationSessionRow(title=title, opened_by=person.name, opened_at=now, closed_at=None)
    session.add(row)
    session.flush()
    session.add_all(CalibrationCallRow(session_id=row.id, call_pk=call_pk) for call_pk in dict.fromkeys(call_pks))
    session.flush()
    return row.id


def close_calibration(session: Session, session_id: int, now: datetime) -> None:
    """End a session. Raises NotThere, and SessionClosed where it has ended."""
    row = session.scalars(
        select(CalibrationSessionRow).where(CalibrationSessionRow.id == session_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotThere(f"there is no calibration session {session_id}")
    if row.closed_at is not None:
        raise SessionClosed(session_id, row.closed_at)
    row.closed_at = now
    session.flush()


def calibrations(session: Session) -> list[CalibrationSession]:
    """All sessions, open ones first, then the latest."""
    order = CalibrationSessionRow.closed_at.is_not(None), CalibrationSessionRow.id.desc()
    return [_session(row, calls) for row, calls in session.execute(_sessions().order_by(*order))]


def calibration(session: Session, session_id: int) -> CalibrationSession:
    """A session by its number. Raises NotThere."""
    found = session.execute(_sessions().where(CalibrationSessionRow.id == session_id)).one_or_none()
    if found is None:
        raise NotThere(f"there is no calibration session {session_id}")
    return _session(*found)


def session_calls(session: Session, session_id: int) -> list[SessionCall]:
    """Its calls, by day and name."""
    query = (
        select(CallRow)
        .join(CalibrationCallRow, CalibrationCallRow.call_pk == CallRow.id)
        .where(CalibrationCallRow.session_id == session_id)
        .order_by(CallRow.day, CallRow.vendor, CallRow.call_id)
    )
    faults: dict[int, int] = defaultdict(int)
    for fault in session_faults(session, session_id):
        faults[fault.call_pk] += 1
    return [
        SessionCall(row.id, row.vendor, row.project, row.agent, row.call_id, row.day, faults[row.id])
        for row in session.scalars(query)
    ]


def session_faults(session: Session, session_id: int) -> Iterator[SessionFault]:
    """What the machine found in them that somebody has to judge."""
    calls = select(CalibrationCallRow.call_pk).where(CalibrationCallRow.session_id == session_id)
    for call_pk, one in findings_of_calls(session, RecordingRow.call_pk.in_(calls)):
        if one.is_fault:
            found = one.finding
            words = quoted(found.text, found.matched) or found.matched
            yield SessionFault(one.finding_id, call_pk, found.rule, found.severity, found.span, words)


def session_opinions(session: Session, session_id: int, person: Person | None = None) -> list[SessionOpinion]:
    """What everybody, or one person, thinks, in the order in which it was said."""
    query = select(OpinionRow).where(OpinionRow.session_id == session_id).order_by(OpinionRow.id)
    if person is not None:
        query = query.where(OpinionRow.person == person.name)
    return [
        SessionOpinion(
            row.call_pk,
            row.finding_id,
            row.person,
            row.decision,
            row.rule,
            row.severity,
            span_between(row.start_ms, row.end_ms),
            row.words,
            row.note,
        )
        for row in session.scalars(query)
    ]


def progress(session: Session, session_id: int) -> Mapping[str, int]:
    """How many calls each person has judged something of: how far they are, and nothing of what they think."""
    query = (
        select(OpinionRow.person, func.count(func.distinct(OpinionRow.call_pk)))
        .where(OpinionRow.session_id == session_id)
        .group_by(OpinionRow.person)
        .order_by(OpinionRow.person)
    )
    return dict(session.execute(query).tuples().all())


def flagged_calls(session: Session, person: Person, month: Month) -> list[tuple[int, str, str]]:
    """A month's calls with a finding that is a fault: number, vendor and call_id, in the order of their numbers."""
    has_fault = (
        exists()
        .where(RecordingRow.call_pk == CallRow.id, InspectionRow.recording_id == RecordingRow.id)
        .where(FindingRow.inspection_id == InspectionRow.id, FindingRow.severity.in_(FAULTS), is_newest())
    )
    query = (
        select(CallRow.id, CallRow.vendor, CallRow.call_id)
        .where(CallRow.day.between(month.first_day, month.last_day), visible(person, CallRow.vendor), has_fault)
        .where(CallRow.state.in_(JUDGED))
        .order_by(CallRow.id)
    )
    return list(session.execute(query).tuples())


def _sessions() -> Select[tuple[CalibrationSessionRow, int]]:
    calls = (
        select(func.count())
        .select_from(CalibrationCallRow)
        .where(CalibrationCallRow.session_id == CalibrationSessionRow.id)
        .scalar_subquery()
    )
    return select(CalibrationSessionRow, calls)


def _session(row: CalibrationSessionRow, calls: int) -> CalibrationSession:
    return CalibrationSession(row.id, row.title, row.opened_by, row.opened_at, row.closed_at, calls)
