"""What an explanation is made of, and what it takes to say one in a language.

    Reason("call 华声外呼/0007: 60 points", kind=CALL, sound=Sound(7, 12_000))
    └─ Reason("用语与态度 −10: 挖苦 phrase.taunt", kind=DEDUCTION)

The explainer finds what rests on what; `Words` says it: `explained_english.py` for commands and programs, `explained_chinese.py` for the pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol, TypeAlias

from pipeline.policy.settlement import SettlementPolicy
from pipeline.records.call import CallState
from pipeline.records.closed import ScoreLine, SettlementLine
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.scoring.call_score import Deduction
from pipeline.store.findings import StoredFinding
from pipeline.store.tables import CallRow
from pipeline.store.verdicts import Verdict

Json: TypeAlias = dict[str, object]
Facts: TypeAlias = tuple[tuple[str, str], ...]
Told: TypeAlias = tuple[str, Facts]
"""A title, and what is to be known of it."""
Archived: TypeAlias = tuple[str, str]
"""The number and the path of a recording in the archive."""
INTERNAL = (EntryKind.VIOLATION, EntryKind.REVERSAL)
"""What is noted of these is for colleagues; what is noted of others, as a warning's reason, the vendor was told."""


class Kind(StrEnum):
    """What is explained; `rest` says how much more there is."""

    STATEMENT = "statement"
    SCORE = "score"
    CALL = "call"
    DEDUCTION = "deduction"
    VERDICT = "verdict"
    FINDING = "finding"
    ENTRY = "entry"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Sound:
    """Where it can be heard: a call, from `at_ms` on; None: the whole call."""

    call_pk: int
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A figure or an act, what is to be known of it, what it rests on, and where that can be heard."""

    title: str
    facts: Facts = ()
    because: tuple["Reason", ...] = ()
    kind: Kind = Kind.ENTRY
    sound: Sound | None = None

    def as_json(self) -> Json:
        """For programs."""
        return {"title": self.title, "facts": dict(self.facts), "because": [one.as_json() for one in self.because]}


@dataclass(frozen=True, slots=True)
class Replaced:
    """The verdict that has taken another's place: on an appeal, or on second thoughts."""

    verdict_id: int
    decision: Decision
    person: str
    role: Role
    note: str


class Words(Protocol):
    """How an explanation is said."""

    def entry(self, posted: Posted, taken_back: int | None) -> Told:
        """An entry of the ledger; `taken_back`: by which entry."""

    def statement(self, line: SettlementLine, score: ScoreLine | None, policy: SettlementPolicy) -> Told:
        """How a statement comes to its net; `score` is what its quality factor follows from, None where nothing was heard."""

    def score(self, line: ScoreLine) -> Told:
        """What a month score rests on."""

    def running(self, month: Month, vendor: str, project: str, heard: int) -> Told:
        """A month that is not closed: `heard` of its calls were drawn."""

    def call(self, row: CallRow, state: CallState, points: int, archived: Archived | None) -> Told:
        """A call with its score."""

    def deduction(self, deduction: Deduction) -> str:
        """What a fault loses under an item of the sheet."""

    def verdict(self, one: Verdict, archived: Archived | None, replaced: Sequence[Replaced]) -> Told:
        """What somebody decided, about which second, and when."""

    def finding(self, found: StoredFinding, archived: Archived) -> Told:
        """What the machine found, where, in which words, by which ruleset and model."""

    def rest(self, calls: int) -> str:
        """That there are so many calls more."""


def told(facts: Iterable[tuple[str, str]]) -> Facts:
    """The facts of which there is something to say."""
    return tuple((name, text) for name, text in facts if text)


def moment(at: datetime, zone: tzinfo) -> str:
    """An instant to the minute, as clocks in the zone show it, with how far that is from UTC."""
    return at.astimezone(zone).isoformat(sep=" ", timespec="minutes")
