"""Findings put in order: one fault is one finding, and the gravest certain one comes first.

Two rules of one name over the same seconds (你有病 exact, 你有病啊 near; a silence measured twice) are one fault to the vendor.
"""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.records.finding import Finding, Severity
from pipeline.records.span import Span

_GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Overlapping findings of one rule and speaker become one, over both spans and with the words of the surer; in time order, span-less last.

    Span-less findings of one rule become one.
    """
    merged: list[Finding] = []
    for finding in sorted(findings, key=_when):
        same = next((at for at, other in enumerate(merged) if _is_same(finding, other)), None)
        if same is None:
            merged.append(finding)
        else:
            merged[same] = _joined(merged[same], finding)
    return tuple(sorted(merged, key=_when))


def rank(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The order of a review queue: severity, whether it counts, confidence, time."""
    return tuple(sorted(findings, key=lambda f: (-_GRAVITY[f.severity], not f.counts, -f.confidence, *_when(f))))


def _is_same(one: Finding, other: Finding) -> bool:
    if one.rule != other.rule or one.speaker is not other.speaker:
        return False
    if one.span is None or other.span is None:
        return one.span is other.span
    return one.span.overlap_ms(other.span) > 0 or one.span == other.span


def _joined(one: Finding, other: Finding) -> Finding:
    surer = max(one, other, key=lambda f: (f.counts, f.confidence, len(f.matched)))
    graver = max(one, other, key=lambda f: _GRAVITY[f.severity]).severity
    if one.span is None or other.span is None:
        return replace(surer, severity=graver)
    span = Span(min(one.span.start_ms, other.span.start_ms), max(one.span.end_ms, other.span.end_ms))
    return replace(surer, span=span, severity=graver)


def _when(finding: Finding) -> tuple[bool, Span, str]:
    return finding.span is None, finding.span or Span(0, 0), finding.rule
