"""An entry of the ledger: something that counts for money, points or a contract, once and for all (P-40 to P-63).

    violation   2026-03  华声外呼  telemarketing  call 0007  phrase.taunt  12.0-14.5 s  -10 points   by reviewer 王敏
    reversal    2026-04  …                                                              +10 points   reverses entry 17

Ids and masked words only: a chain of hashes cannot forget personal data.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span


class EntryKind(StrEnum):
    """What an entry records."""

    VIOLATION = "violation"
    REVERSAL = "reversal"
    COMPLAINT = "complaint"
    NUMBER_CHECK = "number_check"
    PROJECT_CHECK = "project_check"
    WARNING = "warning"
    WARNING_VOIDED = "warning_voided"
    RECTIFICATION = "rectification"
    RECTIFIED = "rectified"
    VETO = "veto"
    EXIT_OPENED = "exit_opened"
    SUSPENDED = "suspended"
    APPROVAL = "approval"
    HANDOVER = "handover"
    EXIT = "exit"
    EXIT_DROPPED = "exit_dropped"
    GRADE = "grade"
    POINTS = "points"
    ADJUSTMENT = "adjustment"
    CLOSE = "close"
    RESTATEMENT = "restatement"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry before it has its place in the chain.

    `key` makes it once: the same key is never posted twice. `month` is the one it counts in. `points` are of the sheet or of the points account,
    negative where they are lost; `amount_fen` negative where the vendor gets less. `reverses` is an earlier entry's number. `subject` says what it
    hangs on: `finding 12`, `verdict 7`, `complaint 3`, `warning 40`, `exit 44` (the numbers of warnings and cases are those of their
    opening entries), `month 2026-03 r0`. `words` are masked. `person` and `role` authenticated the act; a machine's acts have None.
    """

    key: str
    kind: EntryKind
    month: Month
    vendor: str
    project: str | None
    recorded_at: datetime
    subject: str = ""
    call_id: str | None = None
    agent: str | None = None
    rule: str | None = None
    severity: Severity | None = None
    match: Match | None = None
    span: Span | None = None
    words: str = ""
    points: int = 0
    amount_fen: int = 0
    reverses: int | None = None
    person: str | None = None
    role: Role | None = None
    policy: str = ""
    ruleset: str | None = None
    model: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry in its place: `number` counts from 1 without gaps, `previous` is the hash before it ("" of the first), `sha256` its own."""

    number: int
    entry: Entry
    previous: str
    sha256: str
