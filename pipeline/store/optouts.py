"""Opt-outs as they are kept, and the calls to a number that they concern.

    with writing(engine) as session:
        lock_number(session, number)
        save_inspection(…)
        if known := known_optouts(session, number):
            calls_without(session, number, "call.after_optout", known[0].at)

What counts of a recording is its newest inspection that could judge it: better ears or other wordings may hear an opt-out there, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, select, text
from sqlalchemy.orm import Session

from pipeline.records.finding import Finding
from pipeline.records.optout import KnownOptOut, OptOut
from pipeline.store.details import finding_columns, optout_of
from pipeline.store.newest import is_newest
from pipeline.store.tables import CallRow, FindingRow, InspectionRow, OptOutRow, RecordingRow


@dataclass(frozen=True, slots=True)
class InspectedCall:
    """An inspection that judged a call, and when the call began."""

    call_pk: int
    inspection_id: int
    started_at: datetime


def lock_number(session: Session, number: str) -> None:
    """Let no other transaction judge calls to the number until this one ends: each would miss what the other saves.

    SQLite has one writer anyway. Taken before anything is written, so that no two transactions can wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:number, 0))"), {"number": number})


def save_optouts(session: Session, inspection_id: int, call_pk: int, optouts: Sequence[OptOut]) -> None:
    """Write the opt-outs of an inspection whose own row is there, under the number of its call."""
    if not optouts:
        return
    call = session.get_one(CallRow, call_pk)
    known = [KnownOptOut(call.vendor, call.call_id, call.started_at, optout) for optout in optouts]
    rows = [
        {
            "inspection_id": inspection_id,
            "position": position,
            "call_pk": call_pk,
            "customer_number": call.customer_number,
            "said_at": one.at,
            "start_ms": one.optout.span.start_ms,
            "end_ms": one.optout.span.end_ms,
            "text": one.optout.text,
            "matched": one.optout.matched,
            "confidence": one.optout.confidence,
            "match": one.optout.match,
        }
        for position, one in enumerate(known)
    ]
    session.execute(insert(OptOutRow), rows)


def known_optouts(session: Session, number: str) -> tuple[KnownOptOut, ...]:
    """What customers of the number have said, the earliest first."""
    query = (
        select(OptOutRow, CallRow)
        .join(CallRow, CallRow.id == OptOutRow.call_pk)
        .join(InspectionRow, InspectionRow.id == OptOutRow.inspection_id)
        .where(OptOutRow.customer_number == number, is_newest())
        .order_by(OptOutRow.said_at, CallRow.vendor, CallRow.call_id)
    )
    return tuple(
        KnownOptOut(call.vendor, call.call_id, call.started_at, optout_of(row)) for row, call in session.execute(query)
    )


def calls_without(session: Session, number: str, rule: str, since: datetime) -> tuple[InspectedCall, ...]:
    """The inspected calls to a number, begun after an instant, whose newest judgement has no finding of a rule; the earliest first."""
    has_finding = exists().where(FindingRow.inspection_id == InspectionRow.id, FindingRow.rule == rule)
    query = (
        select(CallRow.id, InspectionRow.id, CallRow.started_at)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(CallRow.customer_number == number, CallRow.started_at > since, is_newest(), ~has_finding)
        .order_by(CallRow.started_at, InspectionRow.id)
    )
    return tuple(InspectedCall(*row) for row in session.execute(query).tuples())


def add_finding(session: Session, inspection_id: int, finding: Finding) -> None:
    """Append a finding to an inspection. Those that are there stay as they are."""
    last = session.scalar(select(func.max(FindingRow.position)).where(FindingRow.inspection_id == inspection_id))
    position = 0 if last is None else last + 1
    row = {"inspection_id": inspection_id, "position": position} | finding_columns(finding)
    session.execute(insert(FindingRow), [row])
