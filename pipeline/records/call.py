"""A call as the vendor's manifest tells it. Nothing in it is trusted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The vendor's word for how the call ended (P-13: never trusted)."""

    SUCCESS = "success"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    CALLBACK = "callback"
    OTHER = "other"


class AgentChannel(StrEnum):
    """On which channel the agent is."""

    LEFT = "left"
    RIGHT = "right"
    MONO = "mono"


class CallState(StrEnum):
    """Where a registered call stands; every count anywhere sums exactly these."""

    NOT_SAMPLED = "not_sampled"
    DRAWN = "drawn"
    INSPECTED = "inspected"
    PARTIAL = "partial"
    QUARANTINED = "quarantined"
    NOT_PRODUCED = "not_produced"
    WITHDRAWN = "withdrawn"


# Heard, whole or in part: what is found in a call, what it costs and what somebody may be handed.
JUDGED = (CallState.INSPECTED, CallState.PARTIAL)


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One good row. `started_at` is UTC; `file` is relative to the drop; `sha256` None = uncommitted; `extra` are further columns as they were."""

    call_id: str
    vendor: str
    project: str
    agent: str
    customer_number: str
    started_at: datetime
    duration_ms: int
    outcome: Outcome
    file: str
    agent_channel: AgentChannel
    sha256: str | None
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def connected(self) -> bool:
        """Only connected calls are in the sampling frame."""
        return self.outcome is not Outcome.NO_ANSWER and self.duration_ms > 0


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not go in: line number in the file (header = 1), reason, the row's text."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest read: the drop it lies in (folder or URI), its own sha256, good and bad rows with their line numbers.

    A call may have several rows: which is the same again and which a conflict is for the store to say, that knows earlier manifests, too.
    """

    drop: str
    name: str
    sha256: str
    rows: tuple[tuple[int, ManifestRow], ...]
    rejected: tuple[RejectedRow, ...]
