"""Vendors on a day: what is known of them, on which documents, and their yearly check."""

from collections.abc import Sequence

from pipeline.ledger.yearly_check import YearlyCheck
from pipeline.records.registry import Fact, Vendor
from pipeline.services.objects import Json


def vendor_json(vendor: Vendor, missing: Sequence[str]) -> Json:
    """A vendor on a day."""
    return {
        "vendor": vendor.name,
        "day": vendor.day.isoformat(),
        "mode": vendor.mode.value if vendor.mode else None,
        "parent": vendor.parent,
        "term": [vendor.term.first.isoformat(), vendor.term.last.isoformat()] if vendor.term else None,
        "confidentiality_signed": vendor.has_signed,
        "types": [business_type.value for business_type in vendor.types],
        "projects": [
            {
                "project": project.name,
                "type": project.business_type.value,
                "script": project.script,
                "script_s": project.script_s,
            }
            for project in vendor.projects
        ],
        "agents": list(vendor.agents),
        "facts": [fact_json(fact) for fact in vendor.facts],
        "missing": list(missing),
    }


def fact_json(fact: Fact) -> Json:
    """A fact with its document and who recorded it."""
    return {
        "fact": fact.kind.value,
        "name": fact.kind.chinese,
        "project": fact.project,
        "value": fact.value,
        "valid_from": fact.valid_from.isoformat(),
        "valid_until": fact.valid_until.isoformat() if fact.valid_until else None,
        "document": fact.document,
        "document_date": fact.document_date.isoformat() if fact.document_date else None,
        "person": fact.person,
        "recorded_at": fact.recorded_at.isoformat(),
    }


def check_json(check: YearlyCheck) -> Json:
    """A vendor's yearly check."""
    return {
        "vendor": check.vendor,
        "mode": check.mode.value if check.mode else None,
        "year": check.year,
        "state": check.state.value,
        "report": fact_json(check.report) if check.report else None,
    }
