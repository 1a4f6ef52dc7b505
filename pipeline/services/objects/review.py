"""Findings and verdicts with their calls."""

from pipeline.services.objects import Json
from pipeline.services.objects.inspection import finding_json
from pipeline.store.findings import StoredFinding
from pipeline.store.verdicts import Verdict


def stored_finding_json(found: StoredFinding) -> Json:
    """A finding with its call."""
    return {
        "finding": found.finding_id,
        "vendor": found.row.vendor,
        "project": found.row.project,
        "call_id": found.row.call_id,
        "agent": found.row.agent,
        "day": found.day.isoformat(),
        "formal": found.formal,
        **finding_json(found.finding),
    }


def verdict_json(verdict: Verdict) -> Json:
    """A verdict with its call."""
    span = verdict.charge.span
    return {
        "verdict": verdict.verdict_id,
        "finding": verdict.finding_id,
        "follows": verdict.follows,
        "decision": verdict.decision.value,
        "vendor": verdict.row.vendor,
        "project": verdict.row.project,
        "call_id": verdict.row.call_id,
        "rule": verdict.charge.rule,
        "severity": verdict.charge.severity.value,
        "start_ms": span.start_ms if span else None,
        "end_ms": span.end_ms if span else None,
        "words": verdict.charge.words,
        "note": verdict.note,
        "person": verdict.person,
        "role": verdict.role.value,
        "decided_at": verdict.decided_at.isoformat(),
    }
