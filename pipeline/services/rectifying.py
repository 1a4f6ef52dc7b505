"""A vendor's word on what it was told to put right (整改): how it will, and what it has done. Whether that is enough a supervisor says
(`services/exiting.py`), and the days run on until then.

华声's person   report 52 plan   全员重训服务禁语
华声's person   report 52 done   培训签到表已交
李主任          close 52         核验属实
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.records.entry import EntryKind
from pipeline.records.person import Person
from pipeline.review.rights import Act, refuse_stranger
from pipeline.services.case_book import CaseBook
from pipeline.store.rectification_reports import Report, keep_report
from pipeline.store.tables.review import ReportKind


def report(
    session: Session, number: int, kind: ReportKind, text: str, person: Person, now: datetime, zone: ZoneInfo
) -> Report:
    """Record what a vendor reports on its rectification. Raises StoreError where it is another's, none, or over."""
    book = CaseBook.to_write(session, now, zone)
    vendor = book.vendor_of(number, EntryKind.RECTIFICATION, "rectification")
    refuse_stranger(person, Act.REPORT_RECTIFICATION, vendor)
    known = next(one for one in book.history(vendor).rectifications if one.number == number)
    if known.rectified is not None or known.fallen_by is not None:
        raise StoreError(f"rectification {number} is over: there is nothing to report")
    return keep_report(session, number, vendor, kind, text, person, now)
