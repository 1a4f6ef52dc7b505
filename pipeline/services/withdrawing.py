"""A call that the operator withdraws, with a reason: it is in no frame and no draw any more, and nothing can be decided about it.

    withdraw_call(session, call, "客户要求删除", supervisor, now)

A call that was drawn stays in its draw's count, as withdrawn. What somebody has decided already, or a closed month rests on, stays.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.records.call import CallState
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_role
from pipeline.services.queueing import refresh_call
from pipeline.store.call_file import subject_of
from pipeline.store.deciding import lock_call
from pipeline.store.events import record_event
from pipeline.store.ledger import is_closed
from pipeline.store.states import withdraw
from pipeline.store.tables import CallRow, Did, VerdictRow

LONGEST_REASON = 400


def withdraw_call(session: Session, call: CallRow, reason: str, person: Person, now: datetime) -> None:
    """Take a call out. Raises StoreError where the person or the call may not, UsageError without a reason."""
    refuse_role(person, Act.WITHDRAW)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise UsageError(f"say why the call is withdrawn, in 1 to {LONGEST_REASON} characters")
    call = lock_call(session, call.id)
    if (refused := _why_not(session, call)) is not None:
        raise StoreError(f"call {call.call_id} of {call.vendor} {refused}; nothing was withdrawn")
    withdraw(session, call.vendor, call.call_id, reason.strip(), now)
    session.flush()
    refresh_call(session, call.id, now, None)
    record_event(session, person, Did.CHANGED, subject_of(call), now, f"withdrawn: {reason.strip()}")


def _why_not(session: Session, call: CallRow) -> str | None:
    if call.state is CallState.WITHDRAWN:
        return "is withdrawn already"
    if is_closed(session, month := Month.of(call.day)):
        return f"is of {month}, which is closed"
    if session.scalar(select(exists().where(VerdictRow.call_pk == call.id))):
        return "has a verdict: overturn it instead"
    return None
