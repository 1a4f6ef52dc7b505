"""A manifest row as it is stored and compared: its columns, and its content as canonical JSON with a hash."""

import hashlib
import json
from dataclasses import dataclass

from pipeline.records.call import ManifestRow
from pipeline.store.tables import CallRow


@dataclass(frozen=True, slots=True)
class Content:
    """The canonical JSON of a manifest row and its SHA-256."""

    text: str
    sha256: str


def content_of(row: ManifestRow) -> Content:
    """What two rows must share to be the same row. The order of further columns does not matter."""
    values = {
        "call_id": row.call_id,
        "vendor": row.vendor,
        "project": row.project,
        "agent": row.agent,
        "customer_number": row.customer_number,
        "started_at": row.started_at.isoformat(),
        "duration_ms": row.duration_ms,
        "outcome": row.outcome.value,
        "file": row.file,
        "agent_channel": row.agent_channel.value,
        "sha256": row.sha256,
        "extra": sorted(row.extra),
    }
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Content(text, hashlib.sha256(text.encode("utf-8")).hexdigest())


def columns_of(row: ManifestRow) -> dict[str, object]:
    """The manifest's columns of `CallRow`."""
    return {
        "call_id": row.call_id,
        "vendor": row.vendor,
        "project": row.project,
        "agent": row.agent,
        "customer_number": row.customer_number,
        "started_at": row.started_at,
        "duration_ms": row.duration_ms,
        "outcome": row.outcome,
        "file": row.file,
        "agent_channel": row.agent_channel,
        "sha256": row.sha256,
        "extra": json.dumps(row.extra, ensure_ascii=False, separators=(",", ":")),
    }


def row_of(call: CallRow) -> ManifestRow:
    """The manifest row as it was registered."""
    return ManifestRow(
        call_id=call.call_id,
        vendor=call.vendor,
        project=call.project,
        agent=call.agent,
        customer_number=call.customer_number,
        started_at=call.started_at,
        duration_ms=call.duration_ms,
        outcome=call.outcome,
        file=call.file,
        agent_channel=call.agent_channel,
        sha256=call.sha256,
        extra=tuple((column, value) for column, value in json.loads(call.extra)),
    )
