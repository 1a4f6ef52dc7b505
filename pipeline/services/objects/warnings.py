"""Warnings, and how many stand against a vendor."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pipeline.ledger.history import VendorWarning
from pipeline.ledger.vendors import vendor_on
from pipeline.records.month import Month
from pipeline.services.docket import WarningCount, warning_count
from pipeline.services.objects import Json
from pipeline.store.cases import vendor_histories
from pipeline.store.facts import facts_of
from pipeline.store.policies import policy_for

Given = tuple[str, VendorWarning]
"""A warning and the vendor that was given it."""


def warned(
    session: Session, day: date, zone: ZoneInfo, vendor: str | None = None
) -> tuple[list[Given], list[WarningCount]]:
    """Every warning, and how many stand against each vendor on a day; of one vendor, or of all by name. Raises DataError without a policy."""
    known = vendor_histories(session, zone)
    names = [name for name in sorted(known) if known[name].warnings or known[name].below]
    chosen = {name: known[name] for name in names if vendor in (None, name)}
    policy = policy_for(session, Month.of(day)).warning
    counts = [
        warning_count(vendor_on(name, facts_of(session, name), day), each, policy) for name, each in chosen.items()
    ]
    return [(name, one) for name, each in chosen.items() for one in each.warnings], counts


def warnings_json(given: Sequence[Given], counts: Sequence[WarningCount]) -> Json:
    """All of it."""
    return {"warnings": [warning_json(*one) for one in given], "vendors": [count_json(one) for one in counts]}


def count_json(count: WarningCount) -> Json:
    """How a vendor's warnings stand, for programs."""
    return {
        "vendor": count.vendor,
        "term": [count.term.first.isoformat(), count.term.last.isoformat()] if count.term else None,
        "in_term": count.in_term,
        "of_subcontractors": count.of_subcontractors,
        "to_exit": count.to_exit,
        "in_year": count.in_year,
        "exclusive_a_year": count.exclusive_a_year,
        "over_the_year": count.is_over_the_year,
        "suspended": count.is_suspended,
    }


def warning_json(vendor: str, warning: VendorWarning) -> Json:
    """A warning, and what took it back."""
    return {
        "warning": warning.number,
        "vendor": vendor,
        "project": warning.project,
        "ground": warning.ground.value,
        "month": str(warning.month),
        "evidence": list(warning.evidence),
        "day": warning.day.isoformat(),
        "reason": warning.reason,
        "voided_by": warning.voided_by,
    }
