"""Which recordings are likely to be heard next, so that their copies are ready: of calls on somebody's desk, and at the head of the queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.tables import AssignmentRow, QueueRow, RecordingRow

_ON_A_DESK = timedelta(days=1)


def soon_heard(session: Session, now: datetime, limit: int) -> Sequence[str]:
    """The hashes of at most so many recordings from each, those on a desk first."""
    assigned = (
        select(RecordingRow.sha256)
        .join(AssignmentRow, AssignmentRow.call_pk == RecordingRow.call_pk)
        .where(
            AssignmentRow.done_at.is_(None),
            AssignmentRow.put_back_at.is_(None),
            AssignmentRow.assigned_at > now - _ON_A_DESK,
        )
        .order_by(AssignmentRow.id.desc())
        .limit(limit)
    )
    queued = (
        select(RecordingRow.sha256)
        .join(QueueRow, QueueRow.call_pk == RecordingRow.call_pk)
        .where(QueueRow.is_open)
        .order_by(QueueRow.priority.desc(), QueueRow.call_pk.desc())
        .limit(limit)
    )
    return list(dict.fromkeys((*session.scalars(assigned), *session.scalars(queued))))
