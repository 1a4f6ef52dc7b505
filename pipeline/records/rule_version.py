"""A version of a file that judges, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RuleState(StrEnum):
    """`found`: it lay in the folder before the change that was made from it. `replaced`: its own author has proposed something else."""

    FOUND = "found"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """`file` is relative to the lexicons. `note` says why it is proposed, `decision` why it was decided so."""

    version_id: int
    file: str
    content: str
    sha256: str
    base_id: int | None
    state: RuleState
    note: str
    proposed_by: str | None
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str
