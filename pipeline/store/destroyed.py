"""Which recordings are destroyed: their file is deleted, or is another call's, too, and is played for this one no more."""

from sqlalchemy import ColumnElement, exists

from pipeline.store.tables import DestroyedRow, Gone, RecordingRow


def has_gone() -> ColumnElement[bool]:
    """Whether what stands on a list (DestroyedRow) was destroyed."""
    return DestroyedRow.gone.in_((Gone.DELETED, Gone.SHARED))


def is_destroyed() -> ColumnElement[bool]:
    """Whether a recording (RecordingRow) is destroyed."""
    return exists().where(DestroyedRow.recording_id == RecordingRow.id, has_gone()).correlate(RecordingRow)
