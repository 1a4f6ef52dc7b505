"""What a fault is after somebody has decided about it.

phrase.coldness minor   confirmed                               phrase.coldness minor
phrase.coldness minor   overturned                              no fault
phrase.coldness minor   reclassified to phrase.insult           phrase.insult fatal: the catalogue's severity where none is given
phrase.coldness minor   reclassified to major                   phrase.coldness major
"""

from dataclasses import dataclass, replace

from pipeline.errors import UsageError
from pipeline.records.finding import Severity
from pipeline.records.span import Span
from pipeline.records.verdict import Decision


@dataclass(frozen=True, slots=True)
class Charge:
    """A fault as somebody answers for it; `words` as they were said. Without a span it is about the whole call."""

    rule: str
    severity: Severity
    span: Span | None
    words: str

    def is_same_place(self, other: "Charge") -> bool:
        """Whether both are of one rule and may be one fault: they touch, or one is about the whole call."""
        if self.rule != other.rule:
            return False
        if self.span is None or other.span is None:
            return True
        return self.span.touches(other.span)


class Unchanged(UsageError):
    """A reclassified fault that would be what it was."""

    def __init__(self, charge: Charge) -> None:
        other = f"{charge.rule} {charge.severity.value}"
        super().__init__(f"reclassified: name a rule or a severity other than {other}")
        self.charge = charge


def revised(charge: Charge, decision: Decision, rule: str | None, severity: Severity | None) -> Charge:
    """The charge after a decision; a reclassified one names another rule or severity. Raises UsageError where that makes no sense."""
    if decision is not Decision.RECLASSIFIED:
        if rule is not None or severity is not None:
            raise UsageError(f"{decision.value}: only a reclassified fault is given another rule or severity")
        return charge
    after = replace(charge, rule=rule or charge.rule, severity=severity or charge.severity)
    if after == charge:
        raise Unchanged(charge)
    return after
