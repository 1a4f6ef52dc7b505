"""What vendors lose by: the verdicts that charge them and stand, with the day they were told and the appeal that was filed.

verdict 7    华声外呼   call 0007   phrase.taunt   told 2026-03-05   no appeal
verdict 5    华声外呼   call 0003   phrase.abuse   told 2026-03-04   appeal 3, rejected
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.store.appeals import Appeal, appeal_of, told_days
from pipeline.store.tables import AppealRow, CallRow, VerdictRow
from pipeline.store.verdicts import Verdict, charged_verdicts, verdict, verdicts_numbered
from pipeline.store.violations import said_around
from pipeline.store.visible import NotThere, visible
from pipeline.text.masking import mask_within


@dataclass(frozen=True, slots=True)
class Charged:
    """A verdict that costs something. `words` are masked; `told_on` None: the vendor was not told yet."""

    verdict: Verdict
    words: str
    told_on: date | None
    appeal: Appeal | None


@dataclass(frozen=True, slots=True)
class ListedAppeal:
    """An appeal with the verdict it is against. `words` are masked."""

    appeal: Appeal
    verdict: Verdict
    words: str


def charged(
    session: Session,
    person: Person,
    zone: ZoneInfo,
    *,
    month: Month | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[Charged]:
    """What the person's vendor (of others: every vendor) lost by in a month's calls, or ever: the latest first; `before` pages on."""
    found = charged_verdicts(session, person, month=month, before=before, limit=limit)
    told, filed = told_days(session, found, zone), _appeals_against(session, found)
    return [Charged(one, masked_words(session, one), told[one.verdict_id], filed.get(one.verdict_id)) for one in found]


def listed_appeals(
    session: Session, person: Person, *, vendor: str | None = None, only_open: bool = False, limit: int, offset: int = 0
) -> Sequence[ListedAppeal]:
    """Appeals that the person may see: those that nobody has decided first, as they were filed, then the latest."""
    is_open = AppealRow.upheld.is_(None)
    query = select(AppealRow).where(visible(person, AppealRow.vendor))
    query = query if vendor is None else query.where(AppealRow.vendor == vendor)
    query = query.where(is_open) if only_open else query
    order = (case((is_open, 0), else_=1), case((is_open, AppealRow.id), else_=-AppealRow.id))
    rows = session.scalars(query.order_by(*order).limit(limit).offset(offset)).all()
    known = verdicts_numbered(session, {row.verdict_id for row in rows})
    against = [(row, known[row.verdict_id]) for row in rows]
    return [ListedAppeal(appeal_of(row), one, masked_words(session, one)) for row, one in against]


def open_appeals(session: Session, person: Person) -> int:
    """How many of the appeals that the person may see nobody has decided."""
    query = select(func.count()).where(AppealRow.upheld.is_(None), visible(person, AppealRow.vendor))
    return session.scalar(query) or 0


def visible_appeal(session: Session, person: Person, appeal_id: int) -> Appeal:
    """An appeal that the person may see. Raises NotThere."""
    query = select(AppealRow).where(AppealRow.id == appeal_id, visible(person, AppealRow.vendor))
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"there is no appeal {appeal_id}")
    return appeal_of(row)


def visible_verdict(session: Session, person: Person, verdict_id: int) -> Verdict:
    """A verdict about a call that the person may see. Raises NotThere."""
    try:
        known = verdict(session, verdict_id)
    except StoreError as error:
        raise NotThere(str(error)) from error
    seen = select(CallRow.id).where(CallRow.id == known.call_pk, visible(person, CallRow.vendor))
    if session.scalar(seen) is None:
        raise NotThere(f"there is no verdict {verdict_id}")
    return known


def followers(session: Session, known: Verdict) -> list[Verdict]:
    """The verdicts that took a verdict's place one after another, the standing one last."""
    found: list[Verdict] = []
    following = select(VerdictRow.id)
    last = known.verdict_id
    while (number := session.scalar(following.where(VerdictRow.follows == last))) is not None:
        found.append(verdict(session, number))
        last = number
    return found


def masked_words(session: Session, one: Verdict) -> str:
    """The words of a fault, without the numbers that were said in or around them."""
    return mask_within(one.charge.words, said_around(session, one.inspection_id))


def _appeals_against(session: Session, found: Sequence[Verdict]) -> Mapping[int, Appeal]:
    query = select(AppealRow).where(AppealRow.verdict_id.in_([one.verdict_id for one in found]))
    return {row.verdict_id: appeal_of(row) for row in session.scalars(query)}
