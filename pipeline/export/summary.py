"""Violations of a month counted while they pass by: a month may have millions, and neither workbook nor statement keeps them.

summary = Summary(); for line in summary.counted(violations): write(line)
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.records.closed import ViolationLine
from pipeline.records.finding import Severity

_GRAVITY = {Severity.NOTICE: 0, Severity.MINOR: 1, Severity.MAJOR: 2, Severity.FATAL: 3}
_SHOWN_OF_A_CALL = 4


@dataclass(frozen=True, slots=True)
class WorstCall:
    """A call with its gravest violations, the gravest first, and how many it has in all."""

    call_id: str
    lines: tuple[ViolationLine, ...]
    count: int


@dataclass(slots=True)
class Summary:
    """Counts by (rule, severity), and with which rulesets and models they were found."""

    by_rule: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    rulesets: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    count: int = 0

    def counted(self, lines: Iterable[ViolationLine]) -> Iterator[ViolationLine]:
        """The same lines; each is counted as it passes."""
        for line in lines:
            entry = line.posted.entry
            self.by_rule[entry.rule or "", entry.severity or Severity.NOTICE] += 1
            self.rulesets |= {entry.ruleset} if entry.ruleset else set()
            self.models |= {entry.model} if entry.model else set()
            self.count += 1
            yield line

    def versions(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The rulesets and the models."""
        return tuple(sorted(self.rulesets)), tuple(sorted(self.models))

    def rules(self) -> list[tuple[str, dict[Severity, int], int]]:
        """Each rule with its counts by severity and their sum, the most frequent first."""
        table: dict[str, dict[Severity, int]] = {}
        for (rule, severity), count in self.by_rule.items():
            table.setdefault(rule, dict.fromkeys(Severity, 0))[severity] = count
        rows = [(rule, counts, sum(counts.values())) for rule, counts in table.items()]
        return sorted(rows, key=lambda row: (-row[2], row[0]))


def gravity(line: ViolationLine) -> tuple[int, int]:
    """What puts a violation before another: its severity, then the points it lost."""
    entry = line.posted.entry
    return _GRAVITY[entry.severity or Severity.NOTICE], -entry.points


def worst_calls(lines: Iterable[ViolationLine], most: int) -> tuple[WorstCall, ...]:
    """The calls whose violations weigh most, the worst first; of equal ones the earlier in the ledger."""
    by_call: dict[str, list[ViolationLine]] = {}
    weights: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line in lines:
        if (call_id := line.posted.entry.call_id) is None:
            continue
        counts[call_id] += 1
        weights[call_id] += 1000 ** gravity(line)[0]
        kept = [*by_call.get(call_id, []), line]
        by_call[call_id] = sorted(kept, key=lambda one: (*(-part for part in gravity(one)), one.posted.number))[
            :_SHOWN_OF_A_CALL
        ]
    first = {call_id: place for place, call_id in enumerate(by_call)}
    chosen = heapq.nsmallest(most, by_call, key=lambda call_id: (-weights[call_id], first[call_id]))
    return tuple(WorstCall(call_id, tuple(by_call[call_id]), counts[call_id]) for call_id in chosen)
