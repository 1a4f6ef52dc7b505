"""What the store knows, for the commands that show it."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select

from pipeline.checks.check import CallFacts, HeardCall
from pipeline.records.draw import DrawKind
from pipeline.records.inspection import Inspection, Status
from pipeline.records.tone import Voice
from pipeline.records.turn import Speaker
from pipeline.services.drawing import open_store
from pipeline.settings import Settings
from pipeline.store.engine import reading
from pipeline.store.inspections import StoredInspection, find_inspection, latest_since
from pipeline.store.tables import CallRow, DrawRow


def latest_inspections(settings: Settings, call_ids: Sequence[str]) -> dict[str, Inspection]:
    """The latest inspection of each call that has one, by call_id; of calls with the same id at several vendors, the first vendor's."""
    found: dict[str, Inspection] = {}
    with reading(open_store(settings)) as session:
        for call_id in call_ids:
            for vendor in session.scalars(
                select(CallRow.vendor).where(CallRow.call_id == call_id).order_by(CallRow.vendor)
            ):
                if (stored := find_inspection(session, vendor, call_id)) is not None:
                    found.setdefault(call_id, stored.inspection)
    return found


def inspections_since(settings: Settings, first: date) -> list[StoredInspection]:
    """The latest inspection of each recording drawn for `first` or a later day."""
    with reading(open_store(settings)) as session:
        return list(latest_since(session, first))


def randomly_drawn_since(settings: Settings, first: date) -> Iterator[StoredInspection]:
    """As `inspections_since`, one after the other, without calls that were drawn on purpose: those say nothing about the others."""
    with reading(open_store(settings)) as session:
        random = set(session.scalars(select(DrawRow.id).where(DrawRow.kind == DrawKind.RANDOM, DrawRow.day >= first)))
        yield from (stored for stored in latest_since(session, first) if stored.draw_id in random)


def call_of(stored: StoredInspection, script: str | None = None) -> HeardCall:
    """A stored call as the rules about words see it: what was said, without the measures of a voice that only its sound could give."""
    inspection, row = stored.inspection, stored.row
    agent = tuple(turn.span for turn in inspection.turns if turn.speaker is not Speaker.CUSTOMER)
    customer = tuple(turn.span for turn in inspection.turns if turn.speaker is Speaker.CUSTOMER)
    mono = inspection.recording.channels == 1
    return HeardCall(
        inspection.turns,
        Voice(inspection.tone, (), agent, None if mono else customer),
        mono,
        inspection.recording.decoded_ms,
        inspection.status is Status.INSPECTED,
        CallFacts(script, row.outcome, row.started_at, row.duration_ms),
        inspection.reasons,
    )
