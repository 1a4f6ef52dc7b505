"""What the review application keeps: sessions, what people did and heard, who judges what, opinions, decisions that can be undone."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.finding import Severity
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.store.columns import Key, Stored, word


class WebSessionRow(Stored):
    """A log-in in a browser. `token_sha256`: the cookie itself is nowhere stored; `csrf` is what its forms must carry."""

    __tablename__ = "web_sessions"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiTokenRow(Stored):
    """A token for programs that read. It acts as its person; the token itself is shown once and nowhere stored."""

    __tablename__ = "api_tokens"

    id: Mapped[Key]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person: Mapped[str]
    title: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Did(StrEnum):
    """What the audit trail tells of people."""

    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOGGED_OUT = "logged_out"
    READ = "read"
    HEARD = "heard"
    UNMASKED = "unmasked"
    DECIDED = "decided"
    EXPORTED = "exported"
    CHANGED = "changed"
    REFUSED = "refused"


class EventRow(Stored):
    """Something that somebody did in the application. `subject` names a thing (`call 华声外呼/0007`, `finding 12`), `detail` says more."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_at", "at"),
        Index("ix_events_person_at", "person", "at"),
        Index("ix_events_subject_at", "subject", "at"),
    )

    id: Mapped[Key]
    at: Mapped[datetime]
    person: Mapped[str]
    role: Mapped[Role | None] = mapped_column(word(Role))
    did: Mapped[Did] = mapped_column(word(Did))
    subject: Mapped[str]
    detail: Mapped[str]


class PlayRow(Stored):
    """Sound of a call that somebody has had played, from `start_ms` to `end_ms`: who decides must have heard."""

    __tablename__ = "plays"
    __table_args__ = (Index("ix_plays_call_pk_person", "call_pk", "person"),)

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    person: Mapped[str]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    at: Mapped[datetime]


class Occasion(StrEnum):
    """Why a call is on somebody's desk; who judges is never told which.

    `flagged`: findings wait. `control`: nothing was found: what is heard there says how much is missed.
    `second`: another reviewer has judged it already, and the two are compared.
    """

    FLAGGED = "flagged"
    CONTROL = "control"
    SECOND = "second"


class AssignmentRow(Stored):
    """A call on somebody's desk, until `done_at`. `put_back_at`: he has put it back into the queue, for others."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("call_pk", "person"),
        Index("ix_assignments_person_done_at", "person", "done_at"),
    )

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    person: Mapped[str]
    occasion: Mapped[Occasion] = mapped_column(word(Occasion))
    assigned_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    put_back_at: Mapped[datetime | None]


class PendingRow(Stored):
    """A decision that its person can still undo, until `due_at`; then it becomes a verdict. Nobody else can decide the finding meanwhile.

    `finding_id` NULL: a fault that was added. `opinion`: it becomes an opinion instead, of the calibration session `session_id` if there is one.
    `settled_at` NULL: still pending; `undone_at`, `failure`: it was taken back, or why it could not become a verdict.
    """

    __tablename__ = "pending_decisions"
    __table_args__ = (
        Index("ix_pending_decisions_call_pk", "call_pk"),
        Index("ix_pending_decisions_settled_at", "settled_at"),
    )

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    decision: Mapped[Decision] = mapped_column(word(Decision))
    rule: Mapped[str | None]
    severity: Mapped[Severity | None] = mapped_column(word(Severity))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    words: Mapped[str]
    note: Mapped[str]
    person: Mapped[str]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    opinion: Mapped[bool]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_sessions.id"))
    undone_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class OpinionRow(Stored):
    """What somebody thinks of a finding (or of a fault that he adds) without any consequence: a second hearing, or a calibration session."""

    __tablename__ = "opinions"
    __table_args__ = (Index("ix_opinions_call_pk", "call_pk"), Index("ix_opinions_session_id", "session_id"))

    id: Mapped[Key]
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("calibration_sessions.id"))
    person: Mapped[str]
    decision: Mapped[Decision] = mapped_column(word(Decision))
    rule: Mapped[str]
    severity: Mapped[Severity] = mapped_column(word(Severity))
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    words: Mapped[str]
    note: Mapped[str]
    decided_at: Mapped[datetime]


class CalibrationSessionRow(Stored):
    """Several reviewers on the same calls, compared afterwards (校准)."""

    __tablename__ = "calibration_sessions"

    id: Mapped[Key]
    title: Mapped[str]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CalibrationCallRow(Stored):
    """A call of a calibration session."""

    __tablename__ = "calibration_calls"

    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_sessions.id"), primary_key=True)
    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)


class AttachmentRow(Stored):
    """A file that a vendor has put beside its appeal."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_appeal_id", "appeal_id"),)

    id: Mapped[Key]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    person: Mapped[str]
    added_at: Mapped[datetime]


class QueueRow(Stored):
    """A call in the reviewers' queue with what it is filtered and ranked by: one row answers a page. `priority`: the higher the sooner.

    `open_findings` counts those that nobody has decided; 0 = judged, and the row stays for the filter by state. `value_fen`: what hangs on the call.
    `severity` and `confidence_bp` are its worst finding's; `turn` counts the calls of its vendor that stand before it (`findings/ranking.py`).
    """

    __tablename__ = "queue"
    __table_args__ = (
        Index("ix_queue_open", "is_open", "priority", "call_pk"),
        Index("ix_queue_vendor", "is_open", "vendor", "priority", "call_pk"),
        Index("ix_queue_project", "is_open", "project", "priority", "call_pk"),
        Index("ix_queue_agent", "is_open", "agent", "priority", "call_pk"),
        Index("ix_queue_day", "is_open", "day", "priority", "call_pk"),
        Index("ix_queue_state", "is_open", "state", "priority", "call_pk"),
        Index("ix_queue_grade", "is_open", "grade", "priority", "call_pk"),
    )

    call_pk: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    is_open: Mapped[bool]
    vendor: Mapped[str]
    project: Mapped[str]
    agent: Mapped[str]
    day: Mapped[date]
    state: Mapped[str]
    grade: Mapped[int]
    severity: Mapped[Severity] = mapped_column(word(Severity))
    confidence_bp: Mapped[int]
    value_fen: Mapped[int]
    open_findings: Mapped[int]
    findings: Mapped[int]
    turn: Mapped[int]
    priority: Mapped[int]


class QueueRuleRow(Stored):
    """A rule that a call in the queue has findings of; `is_open`: some of them wait for a decision."""

    __tablename__ = "queue_rules"
    __table_args__ = (Index("ix_queue_rules_rule", "rule", "is_open", "priority", "call_pk"),)

    call_pk: Mapped[int] = mapped_column(ForeignKey("queue.call_pk"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    is_open: Mapped[bool]
    priority: Mapped[int]
