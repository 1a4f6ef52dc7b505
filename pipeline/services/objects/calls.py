"""Calls as the manifest named them, and where they stand."""

from pipeline.services.objects import Json
from pipeline.store.call_file import KeptRecording
from pipeline.store.tables import CallRow


def call_json(call: CallRow, customer_number: str) -> Json:
    """A call; `customer_number` as it may be shown."""
    return {
        "call": call.id,
        "vendor": call.vendor,
        "project": call.project,
        "call_id": call.call_id,
        "agent": call.agent,
        "customer_number": customer_number,
        "started_at": call.started_at.isoformat(),
        "duration_ms": call.duration_ms,
        "outcome": call.outcome.value,
        "day": call.day.isoformat(),
        "state": call.state.value,
    }


def recording_json(kept: KeptRecording) -> Json:
    """A call's recording in the archive; `destroyed_at` null: it is kept."""
    return {
        "archive": kept.number,
        "sha256": kept.sha256,
        "keep_until": kept.keep_until.isoformat(),
        "archived_at": kept.archived_at.isoformat(),
        "destroyed_at": kept.destroyed[1].isoformat() if kept.destroyed else None,
    }
