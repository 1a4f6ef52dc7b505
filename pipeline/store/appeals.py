"""Appeals (申诉): a vendor's word against a verdict, once a verdict, decided once and for all.

file_appeal(session, 7, "客户自己说的", person, now, …)     appeal 3 against verdict 7
close_appeal(session, 3, upheld=True, …)                     what the verdict had posted is for `pipeline/services/appealing.py` to take back
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.policy.consequences import AppealPolicy
from pipeline.records.feedback import LetterKind
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_again, refuse_stranger
from pipeline.review.window import last_day
from pipeline.review.wording import written
from pipeline.store.deciding import Replaced, lock_call
from pipeline.store.tables import AppealRow, OutboxRow, VerdictRow
from pipeline.store.verdicts import Verdict, history, verdict


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal; `upheld` is None until somebody has decided it, and final then."""

    appeal_id: int
    verdict_id: int
    vendor: str
    reason: str
    filed_by: str
    filed_at: datetime
    upheld: bool | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


class NothingLost(StoreError):
    """A verdict that costs nothing: there is nothing to appeal against."""

    def __init__(self, verdict_id: int) -> None:
        super().__init__(f"verdict {verdict_id} costs nothing: there is nothing to appeal against")
        self.verdict_id = verdict_id


class AppealThere(StoreError):
    """A second appeal against a verdict."""

    def __init__(self, earlier: AppealRow) -> None:
        against = f"appeal {earlier.id} against verdict {earlier.verdict_id}"
        super().__init__(f"{against} was filed by {earlier.filed_by}; there is one a verdict")
        self.appeal_id, self.verdict_id, self.filed_by = earlier.id, earlier.verdict_id, earlier.filed_by


class AppealLate(StoreError):
    """An appeal after its time: the vendor was told of the verdict on the day `told`, and had until `last`."""

    def __init__(self, verdict_id: int, told: date, last: date) -> None:
        super().__init__(f"verdict {verdict_id} was told on {told}: an appeal was in time until {last}")
        self.verdict_id, self.told, self.last = verdict_id, told, last


class AppealFinal(StoreError):
    """An appeal that somebody has decided."""

    def __init__(self, row: AppealRow) -> None:
        said = "upheld" if row.upheld else "rejected"
        super().__init__(f"appeal {row.id} was {said} by {row.decided_by}: that is final")
        self.appeal_id, self.decided_by = row.id, row.decided_by


def file_appeal(
    session: Session,
    verdict_id: int,
    reason: str,
    person: Person,
    now: datetime,
    policy: AppealPolicy,
    zone: ZoneInfo,
) -> Appeal:
    """File an appeal of the vendor whose call it is. Raises StoreError where it is not the person's, too late, a second one, or nothing is lost."""
    known = verdict(session, verdict_id)
    refuse_stranger(person, Act.APPEAL, known.row.vendor)
    lock_call(session, known.call_pk)
    if (by := session.scalar(select(VerdictRow.id).where(VerdictRow.follows == verdict_id))) is not None:
        raise Replaced(verdict_id, by)
    if not known.is_charged:
        raise NothingLost(verdict_id)
    if (earlier := session.scalars(select(AppealRow).where(AppealRow.verdict_id == verdict_id)).first()) is not None:
        raise AppealThere(earlier)
    told = told_on(session, known, zone)
    if told is not None and now.astimezone(zone).date() > (last := last_day(told, policy)):
        raise AppealLate(verdict_id, told, last)
    row = AppealRow(
        verdict_id=verdict_id,
        vendor=known.row.vendor,
        reason=written(reason, "the reason for the appeal"),
        filed_by=person.name,
        filed_at=now,
    )
    session.add(row)
    session.flush()
    return appeal_of(row)


def close_appeal(
    session: Session, appeal_id: int, *, upheld: bool, decision: str, person: Person, now: datetime
) -> Appeal:
    """Decide an appeal. Raises StoreError where somebody has, or the person had a hand in the verdict."""
    row = _row(session, appeal_id)
    known = verdict(session, row.verdict_id)
    lock_call(session, known.call_pk)
    session.refresh(row)
    if row.upheld is not None:
        raise AppealFinal(row)
    hands = [one.person for one in history(session, known)]
    refuse_again(person, Act.DECIDE_APPEAL, hands, f"verdict {row.verdict_id}")
    row.upheld, row.decision = upheld, written(decision, "the reason for the decision")
    row.decided_by, row.decided_at = person.name, now
    session.flush()
    return appeal_of(row)


def find_appeal(session: Session, appeal_id: int) -> Appeal:
    """An appeal by its number. Raises StoreError where there is none."""
    return appeal_of(_row(session, appeal_id))


def appeals(session: Session, vendor: str | None = None, *, only_open: bool = False) -> tuple[Appeal, ...]:
    """The appeals of a vendor or of all, as they were filed."""
    query = select(AppealRow).order_by(AppealRow.id)
    query = query if vendor is None else query.where(AppealRow.vendor == vendor)
    query = query.where(AppealRow.upheld.is_(None)) if only_open else query
    return tuple(map(appeal_of, session.scalars(query)))


def told_on(session: Session, known: Verdict, zone: ZoneInfo) -> date | None:
    """The day the vendor was told of a verdict: the one it was given on (P-40), or the one on which the letter about it went out; None until then."""
    return told_days(session, [known], zone)[known.verdict_id]


def told_days(session: Session, known: Sequence[Verdict], zone: ZoneInfo) -> Mapping[int, date | None]:
    """The days on which vendors were told of some verdicts, by their numbers; see `told_on`."""
    days = {one.verdict_id: one.decided_at.astimezone(zone).date() for one in known}
    letters = select(OutboxRow.vendor, OutboxRow.sent_at, OutboxRow.subjects).where(
        OutboxRow.vendor.in_({one.row.vendor for one in known}),
        OutboxRow.kind == LetterKind.FEEDBACK.value,
        OutboxRow.day.in_(set(days.values())),
    )
    sent = {
        (vendor, subject): sent_at
        for vendor, sent_at, subjects in session.execute(letters)
        for subject in json.loads(subjects)
    }
    told: dict[int, date | None] = dict(days)
    for one in known:
        letter = one.row.vendor, f"verdict {one.verdict_id}"
        if letter in sent:
            told[one.verdict_id] = sent[letter].astimezone(zone).date() if sent[letter] else None
    return told


def _row(session: Session, appeal_id: int) -> AppealRow:
    if (row := session.get(AppealRow, appeal_id)) is None:
        raise StoreError(f"there is no appeal {appeal_id}; `callqa appeal list` shows all")
    return row


def appeal_of(row: AppealRow) -> Appeal:
    """The appeal of a row."""
    return Appeal(
        row.id,
        row.verdict_id,
        row.vendor,
        row.reason,
        row.filed_by,
        row.filed_at,
        row.upheld,
        row.decision,
        row.decided_by,
        row.decided_at,
    )
