"""All tables, split by subject."""

from pipeline.store.columns import Stored
from pipeline.store.tables.calls import CallRow, ConflictRow, DropRow, ManifestFileRow, RejectionRow
from pipeline.store.tables.draws import CalendarSeedRow, DrawnCallRow, DrawRow, DrawState, NightRow, WorkRow
from pipeline.store.tables.inspections import ArchiveDayRow, InspectionRow, ReasonRow, RecordingRow, ToneGapRow, ToneRow
from pipeline.store.tables.runs import RunCountRow, RunRow, RunStageRow
from pipeline.store.tables.speech import AttitudeRow, ElementRow, FindingRow, OptOutRow, PartRow, TurnRow

metadata = Stored.metadata

__all__ = [
    "ArchiveDayRow",
    "AttitudeRow",
    "CalendarSeedRow",
    "CallRow",
    "ConflictRow",
    "DrawRow",
    "DrawState",
    "DrawnCallRow",
    "DropRow",
    "ElementRow",
    "FindingRow",
    "InspectionRow",
    "ManifestFileRow",
    "NightRow",
    "OptOutRow",
    "PartRow",
    "ReasonRow",
    "RecordingRow",
    "RejectionRow",
    "RunCountRow",
    "RunRow",
    "RunStageRow",
    "ToneGapRow",
    "ToneRow",
    "TurnRow",
    "WorkRow",
    "metadata",
]
