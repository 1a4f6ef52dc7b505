"""`inspect --json`: an inspection as the JSON object of the outside contract. Keys are added, never renamed."""

from dataclasses import fields

from pipeline.checks.catalogue import entry
from pipeline.records.finding import Element, Finding, Severity
from pipeline.records.inspection import Inspection
from pipeline.records.span import Span
from pipeline.records.tone import Tone
from pipeline.services.objects import Json


def inspection_json(inspection: Inspection) -> Json:
    """The whole object for one file."""
    recording, versions = inspection.recording, inspection.versions
    return {
        "status": inspection.status.value,
        "reasons": list(inspection.reasons),
        "recording": {
            "file": recording.file,
            "sha256": recording.sha256,
            "duration_ms": recording.duration_ms,
            "channels": recording.channels,
            "codec": recording.codec,
            "decoded_ms": recording.decoded_ms,
            "rate_hz": recording.rate_hz,
        },
        "transcript": [
            {"speaker": turn.speaker.value, **_times(turn.span), "text": turn.text, "confidence": turn.confidence}
            for turn in inspection.turns
        ],
        "findings": [finding_json(finding) for finding in inspection.findings],
        "script": [_element(element) for element in inspection.script],
        "parts": [{"part": one.part.value, **_times(one.span)} for one in inspection.parts],
        "attitudes": [
            {"manner": one.manner, "probability": one.probability, "grounds": list(one.grounds)}
            for one in inspection.attitudes
        ],
        "tone": _tone(inspection.tone),
        "versions": {"ruleset": versions.ruleset, "model": versions.model, "code": versions.code},
    }


def finding_json(finding: Finding) -> Json:
    """A finding with its grounds and what to do about it; a finding about the whole call has null times."""
    known = entry(finding.rule)
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity.value,
        "speaker": finding.speaker.value,
        **_times(finding.span),
        "text": finding.text,
        "matched": finding.matched,
        "match": finding.match.value,
        "confidence": round(finding.confidence, 4),
        "explanation": finding.explanation,
        "plan": finding.plan,
        "name": known.name,
        "standing": _standing(finding),
        "remedy": known.remedy if _standing(finding) != "to_review" else f"先核听；属实的，{known.remedy}",
        "counts": finding.counts,
        "rule_version": finding.rule_version,
    }


def _standing(finding: Finding) -> str:
    """What the finding is worth by itself: it counts, it waits for a reviewer's ear, or it is information."""
    if finding.counts:
        return "counts"
    return "information" if finding.severity is Severity.NOTICE else "to_review"


def _times(span: Span | None) -> Json:
    return {"start_ms": span.start_ms if span else None, "end_ms": span.end_ms if span else None}


def _element(element: Element) -> Json:
    return {
        "element": element.element,
        "part": element.part.value,
        "state": element.state.value,
        **_times(element.span),
        "text": element.text,
    }


def _tone(tone: Tone) -> Json:
    """Every measure by name, null where it cannot be had, and the reasons why not."""
    measures: Json = {f.name: getattr(tone, f.name) for f in fields(tone) if f.name != "not_assessable"}
    return {**measures, "not_assessable": dict(tone.not_assessable)}
