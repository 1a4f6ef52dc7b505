"""What a vendor's people find of their own vendor: letters, the month's statement, what they lost by, complaints, what they were warned of.

letters       2026-03-05 质量反馈            to be acknowledged by 2026-03-07
statement     2026-03, 2 lines               confirmed by nobody yet
charged       verdict 7, call 0007           an appeal is in time until 2026-03-15
complaints    3                              to be answered
rectification 52 until 2026-03-19            plan handed in
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.ledger.history import History
from pipeline.ledger.vendors import vendor_on
from pipeline.records.closed import Closing, ScoreLine, SettlementLine
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.registry import Vendor
from pipeline.services.appealing import Appealable, appealable
from pipeline.store.beside_calls import Wanted, latest_complaints
from pipeline.store.cases import vendor_history
from pipeline.store.complaints import Complaint
from pipeline.store.confirmations import Confirmation, confirmations, statement_months
from pipeline.store.facts import facts_of
from pipeline.store.month_lines import closings, score_lines, settlement_lines
from pipeline.store.outbox import Kept, latest_letters
from pipeline.store.rectification_reports import Report, rectification_reports
from pipeline.store.visible import NotThere

LETTERS_SHOWN = 10
MONTHS_SHOWN = 12
_COMPLAINTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A vendor's lines of the latest revision of a closed month, each with its score; `confirmed` None: nobody has confirmed this revision."""

    closing: Closing
    lines: tuple[tuple[SettlementLine, ScoreLine | None], ...]
    confirmed: Confirmation | None

    @property
    def net_fen(self) -> int:
        """What is paid altogether."""
        return sum(line.net_fen for line, _ in self.lines)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vendor stands today: what is known of it, its warnings, rectifications and cases, and what it reported on the second."""

    vendor: Vendor
    history: History
    reports: Mapping[int, Sequence[Report]]


@dataclass(frozen=True, slots=True)
class VendorDesk:
    """All of it. `charged` has one more than `limit` where there is more."""

    letters: tuple[Kept, ...]
    months: Sequence[Month]
    statement: ShownStatement | None
    charged: Sequence[Appealable]
    complaints: Sequence[Complaint]
    standing: Standing


def vendor_desk(
    session: Session,
    person: Person,
    today: date,
    zone: ZoneInfo,
    *,
    month: Month | None,
    before: int | None,
    limit: int,
) -> VendorDesk:
    """The desk of a vendor's person; `month` is that of the statement, by default the latest. Raises NotThere where there is none of it."""
    vendor = person.vendor or ""
    months = statement_months(session, vendor, MONTHS_SHOWN)
    wanted = month or next(iter(months), None)
    return VendorDesk(
        latest_letters(session, person, LETTERS_SHOWN),
        months,
        None if wanted is None else shown_statement(session, vendor, wanted),
        appealable(session, person, zone, before=before, limit=limit + 1),
        latest_complaints(session, Wanted(person, None, None, _COMPLAINTS_SHOWN), only_unanswered=True),
        standing_of(session, person, vendor, today, zone),
    )


def shown_statement(session: Session, vendor: str, month: Month) -> ShownStatement:
    """A vendor's statement of a month as it was last closed. Raises NotThere where it has none."""
    if not (known := closings(session, month)):
        raise NotThere(f"{month} is not closed")
    closing = known[-1]
    scores = {line.project: line for line in score_lines(session, closing, vendor)}
    lines = tuple((line, scores.get(line.project)) for line in settlement_lines(session, closing, vendor))
    if not lines:
        raise NotThere(f"{vendor} has no statement of {month}")
    confirmed = (
        one for one in confirmations(session, month) if (one.vendor, one.revision) == (vendor, closing.revision)
    )
    return ShownStatement(closing, lines, next(confirmed, None))


def standing_of(session: Session, person: Person, vendor: str, today: date, zone: ZoneInfo) -> Standing:
    """How a vendor that the person may see stands today."""
    history = vendor_history(session, vendor, zone)
    reports = rectification_reports(session, person, [one.number for one in history.rectifications])
    return Standing(vendor_on(vendor, facts_of(session, vendor), today), history, reports)
