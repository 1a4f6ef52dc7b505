"""Appeals from filing to their end: an upheld one overturns the verdict and gives back what it took, in the month or the next open one.

2026-03-05  verdict 7 by 王敏        violation  2026-03  -10 points     entry 17
2026-03-12  appeal 3 by 华声's person, the seventh day of ten
2026-04-02  2026-03 is closed
2026-04-03  upheld by 李主任         reversal   2026-04  +10 points     reverses entry 17; warnings that hung on it fall
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.findings.confirmation import Confirmation
from pipeline.records.entry import Posted
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.verdict import Decision
from pipeline.review.attachment import Attachment
from pipeline.review.rights import Act
from pipeline.review.window import last_day
from pipeline.services.reviewing import change
from pipeline.store.appeals import Appeal, close_appeal, file_appeal
from pipeline.store.attachments import keep_attachment
from pipeline.store.charged import Charged, charged
from pipeline.store.ledger import entry
from pipeline.store.policies import policy_for
from pipeline.store.verdicts import verdict

_OF_VERDICT = "verdict "


@dataclass(frozen=True, slots=True)
class Decided:
    """An appeal that is decided, and what that posted."""

    appeal: Appeal
    posted: tuple[Posted, ...]


@dataclass(frozen=True, slots=True)
class Appealable:
    """A verdict that costs a vendor something, and until when (that day included) it may appeal; `last_day` None: it was not told yet."""

    charged: Charged
    last_day: date | None

    def is_in_time(self, today: date) -> bool:
        """Whether an appeal may be filed."""
        return self.charged.appeal is None and (self.last_day is None or today <= self.last_day)


def appeal(
    session: Session,
    verdict_id: int,
    reason: str,
    person: Person,
    now: datetime,
    zone: ZoneInfo,
    attached: Attachment | None = None,
) -> Appeal:
    """File an appeal against a verdict, under the policy of its call's month. Raises StoreError saying why it is refused."""
    policy = policy_for(session, Month.of(verdict(session, verdict_id).day))
    filed = file_appeal(session, verdict_id, reason, person, now, policy.appeal, zone)
    if attached is not None:
        keep_attachment(session, filed.appeal_id, attached, person, now)
    return filed


def appealable(
    session: Session,
    person: Person,
    zone: ZoneInfo,
    *,
    month: Month | None = None,
    before: int | None = None,
    limit: int,
) -> list[Appealable]:
    """What the person's vendor lost by, the latest first, each with the last day for an appeal (`store/charged.py`)."""
    found = charged(session, person, zone, month=month, before=before, limit=limit)
    months = {Month.of(one.verdict.day) for one in found}
    policies = {each: policy_for(session, each).appeal for each in months}
    return [
        Appealable(one, None if one.told_on is None else last_day(one.told_on, policies[Month.of(one.verdict.day)]))
        for one in found
    ]


def verdict_behind(session: Session, number: int) -> int:
    """The verdict that an entry of the ledger hangs on: vendors know entries. Raises DataError where it hangs on none."""
    subject = entry(session, number).entry.subject
    if not subject.startswith(_OF_VERDICT):
        raise DataError(
            f"entry {number} hangs on {subject or 'nothing'}, not on a verdict: ask for a review of it first"
        )
    return int(subject.removeprefix(_OF_VERDICT))


def decide_appeal(
    session: Session,
    appeal_id: int,
    *,
    upheld: bool,
    decision: str,
    person: Person,
    now: datetime,
    model: Confirmation | None = None,
) -> Decided:
    """Decide an appeal, once and for all; `model` as in `reviewing.review`.

    Raises StoreError where somebody has, or the person had a hand in the verdict.
    """
    closed = close_appeal(session, appeal_id, upheld=upheld, decision=decision, person=person, now=now)
    if not upheld:
        return Decided(closed, ())
    done = change(
        session, closed.verdict_id, Decision.OVERTURNED, person, now,
        note=decision, act=Act.DECIDE_APPEAL, model=model,
    )  # fmt: skip
    return Decided(closed, done.posted)
