"""Every vendor's grade after a month (P-42), from its faults of the year and those of its subcontractors (P-01)."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from pipeline.ledger.grades import NO_FAULTS, Grading, YearFaults, grade_after, grade_in_force, rolled_up
from pipeline.policy.policy import Policy
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.facts import agents_on
from pipeline.store.ledger import entries
from pipeline.store.policies import policy_for
from pipeline.store.year_faults import year_faults


def gradings_of(session: Session, month: Month, vendors: Collection[str], policy: Policy) -> dict[str, Grading]:
    """Every vendor's grade after the month: its faults of the year against the grade it went into the year with."""
    faults = _faults(session, month, policy)
    graded = {
        vendor: [*entries(session, vendor=vendor, kinds=(EntryKind.GRADE,))]
        for vendor in sorted({*vendors, *faults} - {""})
    }
    corrected = _corrected(session, Month(month.year - 1, 12), graded)
    found = {}
    for vendor, known in graded.items():
        # Not last month's: a fault that an appeal has taken back must not go on weighing.
        posted = grade_in_force(known, Month(month.year, 1), policy)
        before = corrected.get(vendor, posted)
        grading = grade_after(vendor, month, before, faults.get(vendor, NO_FAULTS), policy)
        found[vendor] = replace(grading, corrected_from=posted if posted != before else None)
    return found


def _corrected(session: Session, december: Month, graded: Mapping[str, list[Posted]]) -> dict[str, int]:
    """The grades in which a year that is over left the vendors that were graded then, by what stands of its faults now."""
    theirs = {vendor: known for vendor, known in graded.items() if any(one.entry.month == december for one in known)}
    if not theirs:
        return {}
    policy = policy_for(session, december)
    faults = _faults(session, december, policy)
    return {
        vendor: grade_after(
            vendor,
            december,
            grade_in_force(known, Month(december.year, 1), policy),
            faults.get(vendor, NO_FAULTS),
            policy,
        ).grade
        for vendor, known in theirs.items()
    }


def _faults(session: Session, month: Month, policy: Policy) -> Mapping[str, YearFaults]:
    return rolled_up(year_faults(session, month, policy.grade.faults), agents_on(session), policy)
