"""Letters to vendors: written in the transaction of what they tell, delivered once, later, by whoever takes them first.

    with writing(engine) as session: put(session, letter, now)             the same key again: nothing
    with writing(engine) as session: taken = claim(session, now, ())       nobody else gets it for ten minutes
    …deliver, outside of any transaction…
    with writing(engine) as session: mark_sent(session, taken, now, today) or mark_failed: the next run tries again

Who dies between delivery and `mark_sent` leaves a letter that is delivered again after those ten minutes, under the same name: a folder then has it
once, and a mail server or its reader sees by the Message-ID that it is the same.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from pipeline.errors import StaleLease, StoreError
from pipeline.records.feedback import Letter, LetterKind
from pipeline.records.person import Person, Role
from pipeline.store.engine import lock_against_writers
from pipeline.store.tables import OutboxRow
from pipeline.store.visible import NotThere, visible

HELD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter in the outbox and what became of it. `attempts` is the number of tries so far.

    `acknowledge_by`: the last day on which an acknowledgement is in time, counted from its delivery; None before that, and where nothing is demanded.
    """

    letter_id: int
    letter: Letter
    created_at: datetime
    attempts: int
    last_error: str | None
    sent_at: datetime | None
    acknowledge_by: date | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether its demand is still to be acknowledged."""
        return self.letter.acknowledge_days is not None and self.acknowledged_at is None


def put(session: Session, letter: Letter, now: datetime) -> bool:
    """Write a letter; False, and nothing is written, where its key is there."""
    lock_outbox(session)
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key == letter.key)) is not None:
        return False
    session.add(
        OutboxRow(
            key=letter.key,
            vendor=letter.vendor,
            kind=letter.kind.value,
            day=letter.day,
            title=letter.title,
            body=letter.body,
            subjects=json.dumps(letter.subjects, ensure_ascii=False),
            created_at=now,
            acknowledge_days=letter.acknowledge_days,
        )
    )
    session.flush()
    return True


def lock_outbox(session: Session) -> None:
    """Let nobody else write letters until the transaction ends: two would tell the same."""
    lock_against_writers(session, OutboxRow.__tablename__)


def told_before(session: Session, day: date) -> frozenset[str]:
    """What the letters of a day have told."""
    query = select(OutboxRow.subjects).where(OutboxRow.day == day, OutboxRow.kind == LetterKind.FEEDBACK.value)
    return frozenset(subject for subjects in session.scalars(query) for subject in json.loads(subjects))


def letters_of_day(session: Session, vendor: str, day: date) -> int:
    """How many letters of feedback a vendor has of a day."""
    query = select(func.count()).where(
        OutboxRow.vendor == vendor, OutboxRow.day == day, OutboxRow.kind == LetterKind.FEEDBACK.value
    )
    return session.scalar(query) or 0


def claim(session: Session, now: datetime, without: Collection[int]) -> Kept | None:
    """The oldest letter that is to be delivered and in nobody's hands, now in the caller's; none of those in `without`."""
    query = select(OutboxRow).where(
        OutboxRow.sent_at.is_(None), or_(OutboxRow.claimed_at.is_(None), OutboxRow.claimed_at < now - HELD)
    )
    query = query.where(OutboxRow.id.not_in(without)).order_by(OutboxRow.id).limit(1)
    row = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    row.attempts, row.claimed_at = row.attempts + 1, now
    session.flush()
    return _kept(row)


def mark_sent(session: Session, kept: Kept, now: datetime, today: date) -> None:
    """The letter is delivered, and the time for its acknowledgement begins. Raises StaleLease where somebody else has taken it meanwhile."""
    due = kept.letter.due(today)
    _finish(session, kept, {"sent_at": now, "acknowledge_by": due, "last_error": None, "claimed_at": None})


def mark_failed(session: Session, kept: Kept, error: str) -> None:
    """It could not be delivered, for this reason; the next who asks gets it. Raises StaleLease as `mark_sent`."""
    _finish(session, kept, {"last_error": error, "claimed_at": None})


def letters(session: Session, vendor: str | None = None, *, only_unacknowledged: bool = False) -> tuple[Kept, ...]:
    """The letters to a vendor or to all, as they were written."""
    query = select(OutboxRow).order_by(OutboxRow.id)
    query = query if vendor is None else query.where(OutboxRow.vendor == vendor)
    if only_unacknowledged:
        query = query.where(OutboxRow.acknowledge_days.is_not(None), OutboxRow.acknowledged_at.is_(None))
    return tuple(map(_kept, session.scalars(query)))


def latest_letters(session: Session, person: Person, limit: int) -> tuple[Kept, ...]:
    """The letters that the person may see: those that are still to be acknowledged first, the longest due on top, then the latest."""
    waits = and_(OutboxRow.acknowledge_days.is_not(None), OutboxRow.acknowledged_at.is_(None))
    query = select(OutboxRow).where(visible(person, OutboxRow.vendor))
    order = (case((waits, 0), else_=1), case((waits, OutboxRow.id), else_=-OutboxRow.id))
    return tuple(map(_kept, session.scalars(query.order_by(*order).limit(limit))))


def visible_letter(session: Session, person: Person, letter_id: int) -> Kept:
    """A letter that the person may see. Raises NotThere."""
    query = select(OutboxRow).where(OutboxRow.id == letter_id, visible(person, OutboxRow.vendor))
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"there is no letter {letter_id}")
    return _kept(row)


def find_letter(session: Session, letter_id: int) -> Kept:
    """A letter by its number. Raises StoreError where there is none."""
    return _kept(_row(session, letter_id))


def acknowledge(session: Session, letter_id: int, person: Person, now: datetime) -> Kept:
    """The vendor says that it has the demand. Raises StoreError: only its own person does, once, and only where something is demanded."""
    if person.role is not Role.VENDOR:
        raise StoreError(f"user {person.name!r} is {person.role.value} and cannot acknowledge a letter; the vendor can")
    lock_outbox(session)
    row = _row(session, letter_id)
    if person.vendor != row.vendor:
        raise StoreError(f"user {person.name!r} is of {person.vendor!r}; letter {letter_id} is to another vendor")
    if row.acknowledge_days is None:
        raise StoreError(f"letter {letter_id} demands nothing: there is nothing to acknowledge")
    if row.acknowledged_at is not None:
        raise StoreError(f"letter {letter_id} was acknowledged by {row.acknowledged_by}")
    row.acknowledged_by, row.acknowledged_at = person.name, now
    session.flush()
    return _kept(row)


def _finish(session: Session, kept: Kept, values: dict[str, object]) -> None:
    own = update(OutboxRow).where(
        OutboxRow.id == kept.letter_id, OutboxRow.attempts == kept.attempts, OutboxRow.sent_at.is_(None)
    )
    # The number of the attempt is the token: whoever took the letter later has made it another.
    if session.execute(own.values(**values).returning(OutboxRow.id)).one_or_none() is None:
        raise StaleLease(f"letter {kept.letter_id} is in other hands now; nothing was recorded")


def _row(session: Session, letter_id: int) -> OutboxRow:
    if (row := session.get(OutboxRow, letter_id)) is None:
        raise StoreError(f"there is no letter {letter_id}; `callqa feedback list` shows all")
    return row


def _kept(row: OutboxRow) -> Kept:
    letter = Letter(
        row.key,
        row.vendor,
        LetterKind(row.kind),
        row.day,
        row.title,
        row.body,
        tuple(json.loads(row.subjects)),
        row.acknowledge_days,
    )
    return Kept(
        row.id,
        letter,
        row.created_at,
        row.attempts,
        row.last_error,
        row.sent_at,
        row.acknowledge_by,
        row.acknowledged_by,
        row.acknowledged_at,
    )
