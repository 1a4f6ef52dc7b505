"""Which inspection of a recording counts: its newest one that could judge it. Better ears or other wordings may find more there, or nothing."""

from functools import cache

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from pipeline.records.inspection import Status
from pipeline.store.tables import InspectionRow


@cache
def is_newest() -> ColumnElement[bool]:
    """Whether the inspection judged its recording and none did so after it."""
    later = aliased(InspectionRow)
    is_superseded = exists().where(
        later.recording_id == InspectionRow.recording_id,
        later.id > InspectionRow.id,
        later.status != Status.QUARANTINED,
    )
    return (InspectionRow.status != Status.QUARANTINED) & ~is_superseded
