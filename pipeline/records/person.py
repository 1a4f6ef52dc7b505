"""Who does something that has to be answered for."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. `supervisor` is of the customer service centre; `vice_president` approves policies and exits."""

    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    MARKETING = "marketing"
    VICE_PRESIDENT = "vice_president"
    VENDOR = "vendor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has logged in. `vendor` is whose person a vendor's is, None for everybody else."""

    name: str
    role: Role
    vendor: str | None = None
