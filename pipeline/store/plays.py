"""What somebody has had played of a call. Players tell it as they go, so that who decides can be asked whether he has heard.

tell_played(session, call, person, (Span(40_200, 43_500),), now)
played(session, call.id, person)                                    40.2-43.5
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.person import Person
from pipeline.records.span import Span
from pipeline.review.heard import could_be_played, joined, played_ms
from pipeline.store.events import latest
from pipeline.store.tables import CallReviewRow, Did, PlayRow


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who has heard something of a call: how much, when last, and when he said that he had heard it whole."""

    person: str
    heard_ms: int
    at: datetime | None
    reviewed_at: datetime | None


class NotPlayed(StoreError):
    """What was told cannot have been played."""


def tell_played(
    session: Session, call_pk: int, subject: str, length_ms: int, person: Person, spans: Sequence[Span], now: datetime
) -> None:
    """Write down what was played of a call of `length_ms`, which the person has opened as `subject` of the audit trail.

    Raises NotPlayed where it lies outside the call, or is more than the time since his last word of it allows.
    """
    if not spans:
        return
    if max(span.end_ms for span in spans) > length_ms:
        raise NotPlayed(f"the call is {length_ms} ms long: nothing behind that can have been played")
    last = select(func.max(PlayRow.at)).where(PlayRow.call_pk == call_pk, PlayRow.person == person.name)
    opened = latest(session, person, Did.READ, subject)
    since = max(filter(None, (session.scalar(last), opened)), default=None)
    if since is None or not could_be_played(spans, (now - since) // timedelta(milliseconds=1)):
        raise NotPlayed("more was played than time has passed since")
    key = {"call_pk": call_pk, "person": person.name, "at": now}
    rows = [key | {"start_ms": span.start_ms, "end_ms": span.end_ms} for span in joined(spans)]
    session.execute(insert(PlayRow), rows)


def played(session: Session, call_pk: int, person: Person) -> tuple[Span, ...]:
    """What somebody has had played of a call, in order."""
    query = select(PlayRow.start_ms, PlayRow.end_ms).where(PlayRow.call_pk == call_pk, PlayRow.person == person.name)
    return joined(Span(start, end) for start, end in session.execute(query))


def listeners(session: Session, call_pk: int) -> tuple[Listener, ...]:
    """Who has heard a call, the first one first."""
    spans: dict[str, list[Span]] = {}
    last: dict[str, datetime] = {}
    for row in session.scalars(select(PlayRow).where(PlayRow.call_pk == call_pk).order_by(PlayRow.id)):
        spans.setdefault(row.person, []).append(Span(row.start_ms, row.end_ms))
        last[row.person] = row.at
    reviewed = {
        row.person: row.reviewed_at
        for row in session.scalars(select(CallReviewRow).where(CallReviewRow.call_pk == call_pk))
    }
    return tuple(
        Listener(name, played_ms(spans.get(name, ())), last.get(name), reviewed.get(name))
        for name in dict.fromkeys((*spans, *reviewed))
    )
