"""What the read side lists in pages: calls and verdicts, the latest first, of what the person may see.

page = listed_calls(session, person, CallFilter(vendor="华声外呼"), before=None, limit=100)
page = listed_calls(session, person, CallFilter(vendor="华声外呼"), before=page[-1].id, limit=100)
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.call import CallState, Outcome
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.verdict import Decision
from pipeline.store.seats import is_second
from pipeline.store.tables import CallRow, VerdictRow
from pipeline.store.verdicts import Verdict, stands, verdicts_numbered
from pipeline.store.visible import visible


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; None: whichever. Both days are included."""

    vendor: str | None = None
    project: str | None = None
    agent: str | None = None
    call_id: str | None = None
    state: CallState | None = None
    outcome: Outcome | None = None
    first: date | None = None
    last: date | None = None


def listed_calls(
    session: Session, person: Person, which: CallFilter, *, before: int | None, limit: int
) -> list[CallRow]:
    """Calls in the order in which they were registered, the latest first; `before` a call's number pages on."""
    query = select(CallRow).where(visible(person, CallRow.vendor)).order_by(CallRow.id.desc()).limit(limit)
    for column, value in (
        (CallRow.vendor, which.vendor),
        (CallRow.project, which.project),
        (CallRow.agent, which.agent),
        (CallRow.call_id, which.call_id),
        (CallRow.state, which.state),
        (CallRow.outcome, which.outcome),
    ):
        query = query if value is None else query.where(column == value)
    query = query if which.first is None else query.where(CallRow.day >= which.first)
    query = query if which.last is None else query.where(CallRow.day <= which.last)
    return list(session.scalars(query if before is None else query.where(CallRow.id < before)))


def listed_verdicts(
    session: Session,
    person: Person,
    *,
    month: Month | None = None,
    vendor: str | None = None,
    project: str | None = None,
    call_pk: int | None = None,
    before: int | None,
    limit: int,
) -> list[Verdict]:
    """The verdicts that stand, the latest first: a vendor's people see those that say there is a fault, and nobody those of a call that lies on
    his desk to be judged a second time, unseen by others.
    """
    query = select(VerdictRow.id).join(CallRow, CallRow.id == VerdictRow.call_pk)
    query = query.where(stands(), visible(person, CallRow.vendor))
    if person.role is Role.VENDOR:
        query = query.where(VerdictRow.decision.in_([decision for decision in Decision if decision.is_fault]))
    else:
        query = query.where(~is_second(person, VerdictRow.call_pk))
    if month is not None:
        query = query.where(CallRow.day.between(month.first_day, month.last_day))
    for column, value in ((CallRow.vendor, vendor), (CallRow.project, project)):
        query = query if value is None else query.where(column == value)
    query = query if call_pk is None else query.where(VerdictRow.call_pk == call_pk)
    query = query if before is None else query.where(VerdictRow.id < before)
    numbers = session.scalars(query.order_by(VerdictRow.id.desc()).limit(limit)).all()
    known = verdicts_numbered(session, numbers)
    return [known[number] for number in numbers]
