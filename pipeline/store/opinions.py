"""What people think of findings without any consequence: in a second hearing, or in a calibration session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.span import span_between
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.store.seats import Seat
from pipeline.store.tables import OpinionRow


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion; `charge` is what the fault is in it, as in a verdict."""

    opinion_id: int
    finding_id: int | None
    person: str
    decision: Decision
    charge: Charge
    note: str
    decided_at: datetime


def put_opinion(
    session: Session, seat: Seat, finding_id: int | None, decision: Decision, charge: Charge, note: str, now: datetime
) -> Opinion:
    """Write an opinion down."""
    row = OpinionRow(
        call_pk=seat.call_pk,
        finding_id=finding_id,
        session_id=seat.session_id,
        person=seat.person.name,
        decision=decision,
        rule=charge.rule,
        severity=charge.severity,
        start_ms=charge.span.start_ms if charge.span else None,
        end_ms=charge.span.end_ms if charge.span else None,
        words=charge.words,
        note=note,
        decided_at=now,
    )
    session.add(row)
    session.flush()
    return _opinion(row)


def own_opinions(session: Session, seat: Seat) -> Sequence[Opinion]:
    """What the person has said of the call in this seat, in the order in which he said it."""
    of_session = (
        OpinionRow.session_id.is_(None) if seat.session_id is None else OpinionRow.session_id == seat.session_id
    )
    query = select(OpinionRow).where(
        OpinionRow.call_pk == seat.call_pk, OpinionRow.person == seat.person.name, of_session
    )
    return [_opinion(row) for row in session.scalars(query.order_by(OpinionRow.id))]


def _opinion(row: OpinionRow) -> Opinion:
    span = span_between(row.start_ms, row.end_ms)
    charge = Charge(row.rule, row.severity, span, row.words)
    return Opinion(row.id, row.finding_id, row.person, row.decision, charge, row.note, row.decided_at)
