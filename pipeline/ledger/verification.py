"""Verification: every row of the ledger against its hash, the row before it, the signed checkpoints, and what the ledger would never have taken.

    entry 17            edited              its columns do not give its hash
    entries 18-19       missing             the next row is 20
    entries 21-40       displaced           neither own hash nor the one before fits: put in, renumbered or put in another order
    entry 41            unlinked            whole by itself, but not made after entry 40
    entries 1-60        rewritten           every hash fits, yet entry 60 is not what was signed on 2026-04-01
    entries 90-99       cut_off             a checkpoint has seen entry 99, the ledger ends with 89
    entry 50            reversed_twice      entry 17 was reversed by 44 before
    entry 51            after_close         2026-03 was closed by entry 48
    entry 48            closed_lines        the lines of the month it closed are not what it names (store/close_check.py)

Rows stream through once; what is kept of them are closed months and what was reversed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.ledger.chain import COLUMNS, START, Link, digest_columns
from pipeline.ledger.checkpoints import Checkpoint
from pipeline.ledger.standing import INTO_CLOSED
from pipeline.records.entry import EntryKind

_KIND, _MONTH, _REVERSES = (COLUMNS.index(name) for name in ("kind", "month", "reverses"))


class Fault(StrEnum):
    """What is wrong with a stretch of the ledger, or with what was signed of it."""

    EDITED = "edited"
    MISSING = "missing"
    DISPLACED = "displaced"
    UNLINKED = "unlinked"
    REWRITTEN = "rewritten"
    CUT_OFF = "cut_off"
    REVERSED_TWICE = "reversed_twice"
    REVERSES_NOTHING = "reverses_nothing"
    AFTER_CLOSE = "after_close"
    CHECKPOINT = "checkpoint"
    CLOSED_LINES = "closed_lines"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the entries `first` to `last`, in words; of a checkpoint 0 to 0."""

    fault: Fault
    first: int
    last: int
    text: str


def problems_of(links: Iterable[Link], checkpoints: Sequence[Checkpoint] = ()) -> Iterator[Problem]:
    """What is wrong with the rows, stretches of one fault together. The rows must be all there are, in the order of their numbers."""
    return _in_runs(_each(links, checkpoints))


def _each(links: Iterable[Link], checkpoints: Sequence[Checkpoint]) -> Iterator[Problem]:
    chain, sense, signatures = _Chain(), _Sense(), _Signatures(checkpoints)
    for link in links:
        recomputed = digest_columns(link.previous, link.number, link.columns)
        if not chain.holds(link, recomputed):
            yield from chain.broken_by(link, recomputed)
        yield from sense.missed_by(link)
        yield from signatures.contradicted_by(link)
        chain.move_to(link, recomputed)
    yield from signatures.beyond(chain.last)


class _Chain:
    """Where the rows have come to: the last number, and the hashes that the next row may name as the one before it."""

    def __init__(self) -> None:
        self.last = 0
        self._fitting = (START, START)
        self._displaced = False

    def holds(self, link: Link, recomputed: str) -> bool:
        return link.sha256 == recomputed and link.number == self.last + 1 and link.previous in self._fitting

    def broken_by(self, link: Link, recomputed: str) -> Iterator[Problem]:
        number = link.number
        if number > self.last + 1:
            yield Problem(Fault.MISSING, self.last + 1, number - 1, f"the row after {self.last} is {number}")
            if link.sha256 == recomputed:
                return
        fault = self._fault(link, recomputed)
        self._displaced = fault is Fault.DISPLACED
        yield Problem(fault, number, number, _WORDS[fault])

    def _fault(self, link: Link, recomputed: str) -> Fault:
        if link.number <= self.last:
            return Fault.DISPLACED
        if link.sha256 == recomputed:
            return Fault.UNLINKED
        # What was moved along with a displaced row still follows it.
        follows = link.previous in self._fitting and not self._displaced
        only_link = any(digest_columns(sha256, link.number, link.columns) == link.sha256 for sha256 in self._fitting)
        jumped = link.number > self.last + 1
        return Fault.EDITED if follows or only_link or jumped else Fault.DISPLACED

    def move_to(self, link: Link, recomputed: str) -> None:
        if link.number <= self.last:
            return
        # A row of which the hash alone was altered must not make the next one seem to follow nothing.
        self._fitting = link.sha256, recomputed
        self.last = link.number
        self._displaced = self._displaced and link.sha256 != recomputed


class _Sense:
    """What the ledger would have refused."""

    def __init__(self) -> None:
        self._closed_by: dict[str, int] = {}
        self._reversed_by: dict[int, int] = {}

    def missed_by(self, link: Link) -> Sequence[Problem]:
        kind, month, reverses = link.columns[_KIND], str(link.columns[_MONTH]), link.columns[_REVERSES]
        found = []
        if (by := self._closed_by.get(month)) is not None and kind not in INTO_CLOSED:
            found.append(_at(link, Fault.AFTER_CLOSE, f"{kind} in {month}, which entry {by} had closed"))
        if kind == EntryKind.CLOSE:
            self._closed_by.setdefault(month, link.number)
        if reverses is None and kind != EntryKind.REVERSAL:
            return found
        if not isinstance(reverses, int) or not 1 <= reverses < link.number:
            found.append(_at(link, Fault.REVERSES_NOTHING, f"it reverses {reverses}, which is no entry before it"))
        elif (by := self._reversed_by.setdefault(reverses, link.number)) != link.number:
            found.append(_at(link, Fault.REVERSED_TWICE, f"entry {reverses} was reversed by {by} before"))
        return found


class _Signatures:
    """What was signed, held against the rows."""

    def __init__(self, checkpoints: Sequence[Checkpoint]) -> None:
        self._signed: dict[int, list[Checkpoint]] = {}
        for checkpoint in checkpoints:
            self._signed.setdefault(checkpoint.number, []).append(checkpoint)
        self._confirmed_to = 0

    def contradicted_by(self, link: Link) -> Sequence[Problem]:
        if link.number not in self._signed:
            return ()
        first, self._confirmed_to = self._confirmed_to + 1, link.number
        return [
            Problem(Fault.REWRITTEN, first, link.number, f"entry {link.number} is not what was signed at {one.at} UTC")
            for one in self._signed[link.number]
            if one.sha256 != link.sha256
        ]

    def beyond(self, last: int) -> Iterator[Problem]:
        seen = max(self._signed, default=0)
        if seen > last:
            at = self._signed[seen][0].at
            yield Problem(
                Fault.CUT_OFF, last + 1, seen, f"entry {seen} was there at {at} UTC, the ledger ends with {last}"
            )


def _at(link: Link, fault: Fault, text: str) -> Problem:
    return Problem(fault, link.number, link.number, text)


_WORDS = {
    Fault.EDITED: "its columns do not give its hash",
    Fault.UNLINKED: "whole by itself, but not made after the entry before it",
    Fault.DISPLACED: "neither its own hash nor the one before it fits: put in, renumbered or put in another order",
}
_RUNS = {*_WORDS, Fault.REWRITTEN}


def _in_runs(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Neighbours with one fault as one problem: a row put in early displaces every row after it."""
    open_runs: dict[Fault, Problem] = {}
    for problem in problems:
        run = open_runs.pop(problem.fault, None)
        if run is not None and problem.fault in _RUNS and problem.first == run.last + 1:
            open_runs[problem.fault] = replace(run, last=problem.last)
            continue
        if run is not None:
            yield run
        open_runs[problem.fault] = problem
    yield from sorted(open_runs.values(), key=lambda run: run.first)
