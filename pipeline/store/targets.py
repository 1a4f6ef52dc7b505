"""Calls drawn on purpose (定向抽检): which may be, and which were, why, by whom, and what has become of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pipeline.records.call import CallState
from pipeline.records.draw import DrawKind
from pipeline.records.month import Month
from pipeline.store.ledger import is_closed
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, RecordingRow, TargetedDrawRow
from pipeline.store.unheard import UNHEARD


class WhyNot(StrEnum):
    """Why a call cannot be drawn on purpose, as a refusal says it."""

    WAITING = "is drawn already: the next night hears it"
    HEARD = "has been heard already: hearing its recording again changes nothing"
    WITHDRAWN = "was withdrawn by the operator"
    NOT_CONNECTED = "was not connected, its vendor says: there is nothing to hear"
    CLOSED = "was drawn and could not be heard, and its month is closed: what the close says of it stays"


@dataclass(frozen=True, slots=True)
class TargetedCall:
    """A call that was drawn on purpose. `reason` and `person` are "" of draws made before anybody was asked for them."""

    drawn_call_id: int
    draw_id: str
    call_pk: int
    vendor: str
    project: str
    call_id: str
    day: date
    state: CallState
    reason: str
    person: str
    made_at: datetime | None


def why_not(session: Session, call: CallRow) -> WhyNot | None:
    """Why a call cannot be drawn on purpose now; None where it can."""
    if call.state is CallState.WITHDRAWN:
        return WhyNot.WITHDRAWN
    if not call.connected:
        return WhyNot.NOT_CONNECTED
    if call.state is CallState.DRAWN:
        return WhyNot.WAITING
    if session.scalar(select(exists().where(RecordingRow.call_pk == call.id))):
        return WhyNot.HEARD
    if call.state in UNHEARD and is_closed(session, Month.of(call.day)):
        return WhyNot.CLOSED
    return None


def targeted_calls(session: Session, *, before: int | None = None, limit: int) -> list[TargetedCall]:
    """The calls that were drawn on purpose, the latest first; `before` one's number pages on."""
    query = (
        select(DrawnCallRow, DrawRow.made_at, CallRow, TargetedDrawRow)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .join(CallRow, CallRow.id == DrawnCallRow.call_pk)
        .outerjoin(TargetedDrawRow, TargetedDrawRow.draw_id == DrawRow.id)
        .where(DrawRow.kind == DrawKind.TARGETED)
        .order_by(DrawnCallRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(DrawnCallRow.id < before)
    return [
        TargetedCall(
            drawn.id, drawn.draw_id, call.id, call.vendor, call.project, call.call_id, call.day, call.state,
            target.reason if target else "", target.person if target else "", made_at,
        )
        for drawn, made_at, call, target in session.execute(query).tuples()
    ]  # fmt: skip
