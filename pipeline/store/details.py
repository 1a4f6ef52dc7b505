"""The parts of an inspection as rows, and back: reasons, turns, findings, script, tone, attitudes; opt-outs, which `optouts.py` writes, only back."""

import json
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline.records.attitude import Attitude
from pipeline.records.finding import Element, Finding, PartSpan
from pipeline.records.inspection import Inspection, StageTimes, Versions
from pipeline.records.optout import OptOut
from pipeline.records.recording import Recording
from pipeline.records.span import Span, span_between
from pipeline.records.tone import Tone
from pipeline.records.turn import Turn, Word
from pipeline.store.tables import (
    AttitudeRow,
    ElementRow,
    FindingRow,
    InspectionRow,
    OptOutRow,
    PartRow,
    ReasonRow,
    RecordingRow,
    ToneGapRow,
    ToneRow,
    TurnRow,
)

MEASURES = (
    "speech_rate_cpm",
    "active_level_dbfs",
    "customer_level_dbfs",
    "pitch_median_hz",
    "pitch_sd_st",
    "longest_silence_ms",
    "response_delay_ms",
    "agent_talk_share",
    "interruptions",
    "clipped_share",
    "snr_db",
)


def insert_details(session: Session, inspection_id: int, call_pk: int, inspection: Inspection, now: datetime) -> None:
    """Write all parts of an inspection whose own row is there."""
    key = {"inspection_id": inspection_id}
    reason_key = key | {"call_pk": call_pk, "detail": "", "recorded_at": now}
    rows_by_table: dict[type, list[dict[str, object]]] = {
        ReasonRow: [reason_key | {"position": n, "reason": reason} for n, reason in enumerate(inspection.reasons)],
        TurnRow: [key | {"position": n} | _turn_columns(turn) for n, turn in enumerate(inspection.turns)],
        FindingRow: [key | {"position": n} | finding_columns(found) for n, found in enumerate(inspection.findings)],
        ElementRow: [key | {"position": n} | _element_columns(element) for n, element in enumerate(inspection.script)],
        PartRow: [
            key | {"position": n, "part": one.part, **_span_columns(one.span)} for n, one in enumerate(inspection.parts)
        ],
        AttitudeRow: [key | {"position": n} | _attitude_columns(one) for n, one in enumerate(inspection.attitudes)],
        ToneRow: [key | {measure: getattr(inspection.tone, measure) for measure in MEASURES}],
        ToneGapRow: [
            key | {"position": n, "measure": measure, "reason": reason}
            for n, (measure, reason) in enumerate(inspection.tone.not_assessable)
        ],
    }
    for table, rows in rows_by_table.items():
        if rows:
            session.execute(insert(table), rows)


def inspection_of(session: Session, row: InspectionRow) -> Inspection:
    """The record that was saved, from its row and its parts."""
    reasons = select(ReasonRow.reason).where(ReasonRow.inspection_id == row.id).order_by(ReasonRow.position)
    turns = select(TurnRow).where(TurnRow.inspection_id == row.id).order_by(TurnRow.position)
    findings = select(FindingRow).where(FindingRow.inspection_id == row.id).order_by(FindingRow.position)
    elements = select(ElementRow).where(ElementRow.inspection_id == row.id).order_by(ElementRow.position)
    parts = select(PartRow).where(PartRow.inspection_id == row.id).order_by(PartRow.position)
    attitudes = select(AttitudeRow).where(AttitudeRow.inspection_id == row.id).order_by(AttitudeRow.position)
    optouts = select(OptOutRow).where(OptOutRow.inspection_id == row.id).order_by(OptOutRow.position)
    return Inspection(
        status=row.status,
        reasons=tuple(session.scalars(reasons)),
        recording=_recording_of(row, session.get_one(RecordingRow, row.recording_id)),
        turns=tuple(map(_turn_of, session.scalars(turns))),
        findings=tuple(map(finding_of, session.scalars(findings))),
        script=tuple(map(_element_of, session.scalars(elements))),
        tone=_tone_of(session, row.id),
        versions=Versions(row.ruleset, row.model, row.code),
        times=StageTimes(row.decode_s, row.vad_s, row.transcribe_s, row.check_s),
        optouts=tuple(map(optout_of, session.scalars(optouts))),
        parts=tuple(PartSpan(one.part, Span(one.start_ms, one.end_ms)) for one in session.scalars(parts)),
        attitudes=tuple(map(_attitude_of, session.scalars(attitudes))),
    )


def _recording_of(row: InspectionRow, recording: RecordingRow) -> Recording:
    return Recording(
        file=row.file,
        sha256=recording.sha256,
        duration_ms=row.duration_ms,
        decoded_ms=row.decoded_ms,
        channels=row.channels,
        codec=row.codec,
        rate_hz=row.rate_hz,
    )


def _turn_columns(turn: Turn) -> dict[str, object]:
    words = [[word.text, word.span.start_ms, word.span.end_ms, word.confidence] for word in turn.words]
    return {
        "speaker": turn.speaker,
        "start_ms": turn.span.start_ms,
        "end_ms": turn.span.end_ms,
        "text": turn.text,
        "confidence": turn.confidence,
        "words": json.dumps(words, ensure_ascii=False, separators=(",", ":")),
    }


def _turn_of(row: TurnRow) -> Turn:
    words = (
        Word(text, Span(start_ms, end_ms), confidence) for text, start_ms, end_ms, confidence in json.loads(row.words)
    )
    return Turn(row.speaker, Span(row.start_ms, row.end_ms), row.text, row.confidence, tuple(words))


def finding_columns(finding: Finding) -> dict[str, object]:
    """The columns of `FindingRow` but for its key."""
    return _span_columns(finding.span) | {
        "rule": finding.rule,
        "rule_version": finding.rule_version,
        "category": finding.category,
        "severity": finding.severity,
        "plan": finding.plan,
        "speaker": finding.speaker,
        "text": finding.text,
        "matched": finding.matched,
        "match": finding.match,
        "confidence": finding.confidence,
        "explanation": finding.explanation,
        "counts": finding.counts,
    }


def finding_of(row: FindingRow) -> Finding:
    """The record that was saved."""
    return Finding(
        rule=row.rule,
        rule_version=row.rule_version,
        category=row.category,
        severity=row.severity,
        plan=row.plan,
        speaker=row.speaker,
        span=span_between(row.start_ms, row.end_ms),
        text=row.text,
        matched=row.matched,
        match=row.match,
        confidence=row.confidence,
        explanation=row.explanation,
        counts=row.counts,
    )


def _element_columns(element: Element) -> dict[str, object]:
    return _span_columns(element.span) | {
        "element": element.element,
        "part": element.part,
        "state": element.state,
        "text": element.text,
    }


def _element_of(row: ElementRow) -> Element:
    return Element(row.element, row.part, row.state, span_between(row.start_ms, row.end_ms), row.text)


def _attitude_columns(attitude: Attitude) -> dict[str, object]:
    grounds = json.dumps(attitude.grounds, ensure_ascii=False)
    return {"manner": attitude.manner, "probability": attitude.probability, "grounds": grounds}


def _attitude_of(row: AttitudeRow) -> Attitude:
    return Attitude(row.manner, row.probability, tuple(json.loads(row.grounds)))


def optout_of(row: OptOutRow) -> OptOut:
    """The record that was saved."""
    return OptOut(Span(row.start_ms, row.end_ms), row.text, row.matched, row.confidence, row.match)


def _tone_of(session: Session, inspection_id: int) -> Tone:
    row = session.get_one(ToneRow, inspection_id)
    gaps = select(ToneGapRow).where(ToneGapRow.inspection_id == inspection_id).order_by(ToneGapRow.position)
    return Tone(
        **{measure: getattr(row, measure) for measure in MEASURES},
        not_assessable=tuple((gap.measure, gap.reason) for gap in session.scalars(gaps)),
    )


def _span_columns(span: Span | None) -> dict[str, object]:
    return {"start_ms": None, "end_ms": None} if span is None else {"start_ms": span.start_ms, "end_ms": span.end_ms}
