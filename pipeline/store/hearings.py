"""Calls that somebody has heard whole: everything in them is decided or added. What the machine's findings are held against.

to_hear(session, month)            the formal sample's calls that nobody has heard whole, in an order that findings have no part in
mark_reviewed(session, 7, …)       refused while findings of call 7 are undecided, naming them
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.call import JUDGED, ManifestRow
from pipeline.records.draw import DrawKind
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.review.assignment import hearing_rank
from pipeline.review.rights import Act, refuse_role
from pipeline.store.contents import row_of
from pipeline.store.findings import Wanted, to_review
from pipeline.store.tables import CallReviewRow, CallRow, DrawnCallRow, DrawRow


@dataclass(frozen=True, slots=True)
class CallToHear:
    """A call of the formal sample that is to be heard whole; `day` is its day in the configured zone."""

    call_pk: int
    row: ManifestRow
    day: date


def to_hear(session: Session, month: Month, vendor: str | None = None, project: str | None = None) -> list[CallToHear]:
    """The calls of a month's formal sample that nobody has heard whole, in the order in which they are to be heard."""
    query = _to_hear(month)
    for column, value in ((CallRow.vendor, vendor), (CallRow.project, project)):
        query = query if value is None else query.where(column == value)
    found = session.execute(query).tuples().all()
    ranked = sorted(found, key=lambda one: hearing_rank(one[1] or "", one[0].vendor, one[0].call_id))
    return [CallToHear(call.id, row_of(call), call.day) for call, _ in ranked]


def count_to_hear(session: Session, month: Month) -> int:
    """How many calls of a month's formal sample nobody has heard whole."""
    return session.scalar(_to_hear(month).with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _to_hear(month: Month) -> Select[tuple[CallRow, str | None]]:
    return (
        select(CallRow, DrawRow.seed)
        .join(DrawnCallRow, DrawnCallRow.call_pk == CallRow.id)
        .join(DrawRow, DrawRow.id == DrawnCallRow.draw_id)
        .where(
            CallRow.day.between(month.first_day, month.last_day),
            DrawnCallRow.formal,
            DrawRow.kind == DrawKind.RANDOM,
            CallRow.state.in_(JUDGED),
            ~exists().where(CallReviewRow.call_pk == CallRow.id),
        )
    )


def mark_reviewed(
    session: Session, call_pk: int, person: Person, now: datetime, *, on_their_way: Collection[int] = ()
) -> bool:
    """Record that the person has heard the call whole; False where that stands already. Raises StoreError while findings of it are undecided.

    `on_their_way`: findings whose decision can still be undone; whoever undoes one calls `unmark_reviewed`.
    """
    refuse_role(person, Act.REVIEW)
    if (call := session.get(CallRow, call_pk)) is None:
        raise StoreError(f"there is no call number {call_pk}")
    if call.state not in JUDGED:
        raise StoreError(
            f"call {call.call_id!r} of {call.vendor!r} is {call.state.value}: nobody can have heard it whole"
        )
    found = to_review(session, Wanted(vendor=call.vendor, call_id=call.call_id))
    if undecided := [one for one in found if one.finding_id not in on_their_way]:
        numbers = ", ".join(f"{one.finding_id} ({one.finding.rule})" for one in undecided)
        raise StoreError(f"call {call.call_id!r} has findings that nobody has decided: {numbers}")
    if session.get(CallReviewRow, (call_pk, person.name)) is not None:
        return False
    session.add(CallReviewRow(call_pk=call_pk, person=person.name, reviewed_at=now))
    session.flush()
    return True


def unmark_reviewed(session: Session, call_pk: int, person: str, since: datetime) -> None:
    """Take back that somebody has heard the call whole, where he said so after deciding what is undecided again."""
    row = session.get(CallReviewRow, (call_pk, person))
    if row is not None and row.reviewed_at >= since:
        session.delete(row)
        session.flush()


def reviewed_calls(session: Session, month: Month) -> Iterator[int]:
    """The numbers of a month's calls that somebody has heard whole."""
    query = (
        select(CallReviewRow.call_pk)
        .distinct()
        .join(CallRow, CallRow.id == CallReviewRow.call_pk)
        .where(CallRow.day.between(month.first_day, month.last_day))
        .order_by(CallReviewRow.call_pk)
    )
    yield from session.scalars(query)
