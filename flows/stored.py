"""What the store knows, for the commands that show it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from flows.drawing import open_store
from pipeline.records.inspection import Inspection
from pipeline.settings import Settings
from pipeline.store.engine import reading
from pipeline.store.inspections import StoredInspection, find_inspection, inspections_drawn_on
from pipeline.store.tables import CallRow


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


def night_inspections(settings: Settings, day: date) -> list[StoredInspection]:
    """All inspections of a day's draws."""
    with reading(open_store(settings)) as session:
        return list(inspections_drawn_on(session, day))
