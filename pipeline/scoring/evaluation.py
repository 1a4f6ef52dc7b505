"""How well the chain hears and judges, against labelled calls.

CER is edit distance over true hanzi per channel, after the common normal form (no punctuation, digits as hanzi, 幺 = 一).
A finding matches a fault of its rule where the spans overlap within ± 500 ms, one to one; span-less ones match per
call. False alarms are counted per hour of agent channel.

    fault    phrase.abuse 12.0-13.1 s        finding phrase.abuse 12.2-13.3 s   → found
    fault    script.missing.thanks, no span  finding script.missing.thanks      → found
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.records.finding import Finding
from pipeline.records.inspection import Inspection
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.scoring.intervals import wilson
from pipeline.scoring.truth import Fault, TrueCall
from pipeline.text.normal import normalize

TOLERANCE_MS = 500


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """Counts of one rule; the rates are derived."""

    faults: int
    found: int
    false: int

    def __add__(self, other: "RuleFigures") -> "RuleFigures":
        return RuleFigures(self.faults + other.faults, self.found + other.found, self.false + other.false)

    @property
    def recall(self) -> float | None:
        """Share of faults found."""
        return self.found / self.faults if self.faults else None

    @property
    def precision(self) -> float | None:
        """Share of findings that are faults."""
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall_low(self) -> float | None:
        """Lower end of the 95 % Wilson interval of recall; None where there is no recall."""
        return wilson(self.found, self.faults)[0] if self.faults else None

    @property
    def precision_low(self) -> float | None:
        """Lower end of the 95 % Wilson interval of precision; None where there is no precision."""
        claimed = self.found + self.false
        return wilson(self.found, claimed)[0] if claimed else None


@dataclass(frozen=True, slots=True)
class Errors:
    """Edit distance and true length in characters, of hanzi or of toneless pinyin."""

    edits: int = 0
    length: int = 0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.edits + other.edits, self.length + other.length)

    @property
    def rate(self) -> float | None:
        """Error rate; None where there was nothing to hear."""
        return self.edits / self.length if self.length else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures over labelled calls. `hours` of agent channel; `groups` are the rules summed by kind (phrase, script, voice, …);
    `status` counts the inspections. A quarantined call counts in full as missed.
    """

    calls: int
    hours: float
    cer: dict[str, Errors]
    rules: dict[str, RuleFigures]
    groups: dict[str, RuleFigures]
    status: dict[str, int]


def evaluate(pairs: Iterable[tuple[TrueCall, Inspection]]) -> Evaluation:
    """Figures of inspections against the truth of the same calls."""
    calls, agent_ms = 0, 0
    cer = {"agent": Errors(), "customer": Errors(), "all": Errors()}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    status: dict[str, int] = defaultdict(int)
    for truth, inspection in pairs:
        calls += 1
        status[inspection.status.value] += 1
        agent_ms += inspection.recording.decoded_ms
        for channel, errors in channel_errors(truth, inspection).items():
            cer[channel] += errors
        for rule, (faults, found, false) in rule_counts(truth.faults, inspection.findings).items():
            counts[rule] = [a + b for a, b in zip(counts[rule], (faults, found, false), strict=True)]
    rules = {rule: RuleFigures(*counts[rule]) for rule in sorted(counts)}
    return Evaluation(calls, agent_ms / 3_600_000, cer, rules, _by_kind(rules), dict(status))


def _by_kind(rules: dict[str, RuleFigures]) -> dict[str, RuleFigures]:
    """Rules summed by the first part of their names."""
    sums: dict[str, RuleFigures] = defaultdict(lambda: RuleFigures(0, 0, 0))
    for rule, figures in rules.items():
        sums[rule.partition(".")[0]] += figures
    return dict(sums)


def channel_errors(truth: TrueCall, inspection: Inspection) -> dict[str, Errors]:
    """Edits per channel; turns of unknown speakers (mono) count in "all" alone."""
    unsure = any(turn.speaker is Speaker.UNKNOWN for turn in inspection.turns) or inspection.recording.channels == 1
    said = {s: [(t.span, t.text) for t in truth.turns if t.speaker is s] for s in (Speaker.AGENT, Speaker.CUSTOMER)}
    heard = {s: [(t.span, t.text) for t in inspection.turns if t.speaker is s] for s in said}
    if unsure:
        spoken = [(t.span, t.text) for t in truth.turns]
        return {"all": _errors(spoken, [(t.span, t.text) for t in inspection.turns])}
    errors = {s.value: _errors(said[s], heard[s]) for s in said}
    return {**errors, "all": errors["agent"] + errors["customer"]}


def _errors(said: Sequence[tuple[Span, str]], heard: Sequence[tuple[Span, str]]) -> Errors:
    reference, hypothesis = (normalize("".join(text for _, text in sorted(rows))) for rows in (said, heard))
    return Errors(edit_distance(reference, hypothesis), len(reference))


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance, one row at a time in NumPy: insertions inside a row are a running minimum."""
    codes = np.array([ord(c) for c in b], np.int64)
    offsets = np.arange(len(b) + 1)
    row = offsets.copy()
    for i, c in enumerate(a, 1):
        best = np.empty_like(row)
        best[0] = i
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(c)))
        row = np.minimum.accumulate(best - offsets) + offsets
    return int(row[-1])


def rule_counts(faults: Sequence[Fault], findings: Sequence[Finding]) -> dict[str, tuple[int, int, int]]:
    """(faults, found, false) per rule of one call."""
    result = {}
    for rule in {fault.rule for fault in faults} | {finding.rule for finding in findings}:
        planted = [fault.span for fault in faults if fault.rule == rule]
        claimed = [finding.span for finding in findings if finding.rule == rule]
        found = _pairs(planted, claimed)
        result[rule] = (len(planted), found, len(claimed) - found)
    return result


def _pairs(planted: Sequence[Span | None], claimed: Sequence[Span | None]) -> int:
    """The largest number of one-to-one pairs (Kuhn's augmenting paths; a call has few of each)."""
    options = [[j for j, claim in enumerate(claimed) if meets(fault, claim)] for fault in planted]
    taken: dict[int, int] = {}

    def place(fault: int, seen: set[int]) -> bool:
        for claim in options[fault]:
            if claim not in seen:
                seen.add(claim)
                if claim not in taken or place(taken[claim], seen):
                    taken[claim] = fault
                    return True
        return False

    return sum(place(fault, set()) for fault in range(len(planted)))


def meets(fault: Span | None, claim: Span | None) -> bool:
    """Whether a finding may be of a fault: within the tolerance of each other; what is about the whole call meets anything in it."""
    if fault is None or claim is None:
        return True
    return claim.start_ms <= fault.end_ms + TOLERANCE_MS and fault.start_ms <= claim.end_ms + TOLERANCE_MS
