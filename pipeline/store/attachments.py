"""Files beside appeals. A list of them carries no content: that is read one at a time.

keep_attachment(session, 3, attachment("证明.pdf", content), person, now)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.records.person import Person
from pipeline.review.attachment import Attachment
from pipeline.store.tables import AppealRow, AttachmentRow
from pipeline.store.visible import NotThere, visible


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """A file beside an appeal, without its content."""

    attachment_id: int
    name: str
    media_type: str
    sha256: str
    size_bytes: int
    person: str
    added_at: datetime


def keep_attachment(session: Session, appeal_id: int, given: Attachment, person: Person, now: datetime) -> None:
    """Write a file beside an appeal."""
    row = AttachmentRow(
        appeal_id=appeal_id,
        name=given.name,
        media_type=given.media_type,
        sha256=sha256(given.content).hexdigest(),
        content=given.content,
        person=person.name,
        added_at=now,
    )
    session.add(row)
    session.flush()


def attachments(session: Session, appeal_id: int) -> Sequence[KeptAttachment]:
    """The files beside an appeal that may be seen (`store/appeals.py`), as they came."""
    columns = (
        AttachmentRow.id,
        AttachmentRow.name,
        AttachmentRow.media_type,
        AttachmentRow.sha256,
        func.length(AttachmentRow.content),
        AttachmentRow.person,
        AttachmentRow.added_at,
    )
    query = select(*columns).where(AttachmentRow.appeal_id == appeal_id).order_by(AttachmentRow.id)
    return [KeptAttachment(*found) for found in session.execute(query).tuples()]


def find_attachment(session: Session, person: Person, appeal_id: int, attachment_id: int) -> Attachment:
    """A file with its content. Raises NotThere where the appeal is not the person's to see, or has no such file."""
    query = (
        select(AttachmentRow)
        .join(AppealRow, AppealRow.id == AttachmentRow.appeal_id)
        .where(
            AttachmentRow.id == attachment_id,
            AttachmentRow.appeal_id == appeal_id,
            visible(person, AppealRow.vendor),
        )
    )
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"appeal {appeal_id} has no attachment {attachment_id}")
    return Attachment(row.name, row.media_type, row.content)
