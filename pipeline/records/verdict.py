"""What a reviewer decides about a finding."""

from enum import StrEnum


class Decision(StrEnum):
    """`reclassified`: a fault, but of another rule; `added`: a fault that no finding named."""

    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"
    RECLASSIFIED = "reclassified"
    ADDED = "added"

    @property
    def is_fault(self) -> bool:
        """Whether there is a fault after it."""
        return self is not Decision.OVERTURNED
