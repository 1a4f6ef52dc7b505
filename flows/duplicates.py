"""One recording handed in for several calls: judged when the calls are heard, whichever was heard first.

    night of 3 March   call 0031 of 15:00, ab12…      nothing known, nothing found
    night of 5 March   late row: call 0007 of 10:00, ab12… too: 0031 gets its finding now, naming 0007

A call that was never drawn counts by the sha256 that its manifest commits to: few of a vendor's calls are drawn. The finding is added to the newest
inspection of every call but the one that began first, and never changed again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from pipeline.checks.audio.duplicate import RULE
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.run import duplicate_finding
from pipeline.records.call import ManifestRow
from pipeline.records.inspection import Inspection, Status
from pipeline.store.duplicates import calls_with, first_with
from pipeline.store.optouts import add_finding


def claim_duplicates(session: Session, sha256: str, ruleset: Ruleset) -> list[int]:
    """Add what is found in the stored calls with a recording; returns the calls that got a finding. Run again, it adds none."""
    calls = calls_with(session, sha256, RULE)
    if not calls:
        return []
    vendor, call_id = first_with(session, sha256, calls)
    found = []
    for call in calls:
        if (call.vendor, call.call_id) != (vendor, call_id) and not call.has_finding:
            finding = duplicate_finding(call_id, vendor, call.vendor, ruleset)
            add_finding(session, call.inspection_id, finding)
            found.append(call.call_pk)
    return found


def duplicates_among(calls: Sequence[tuple[ManifestRow | None, Inspection]], ruleset: Ruleset) -> list[Inspection]:
    """The inspections of calls that were heard together without a store, with what is found between them."""
    by_bytes: dict[str, list[ManifestRow]] = defaultdict(list)
    for row, inspection in calls:
        if row is not None and inspection.status is not Status.QUARANTINED:
            by_bytes[inspection.recording.sha256].append(row)
    judged = []
    for row, inspection in calls:
        known = by_bytes.get(inspection.recording.sha256, []) if row is not None else []
        first = min(known, key=lambda one: (one.started_at, one.vendor, one.call_id), default=row)
        if row is not None and first is not None and first is not row and inspection.status is not Status.QUARANTINED:
            finding = duplicate_finding(first.call_id, first.vendor, row.vendor, ruleset)
            inspection = replace(inspection, findings=(*inspection.findings, finding))
        judged.append(inspection)
    return judged
