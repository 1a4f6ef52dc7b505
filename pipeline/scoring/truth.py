"""The truth file: what is really said in labelled calls and which faults are really in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError
from pipeline.records.span import Span
from pipeline.records.turn import Speaker


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """One turn as spoken."""

    speaker: Speaker
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault really in the call; without a span it is about the whole call."""

    rule: str
    span: Span | None
    text: str


@dataclass(frozen=True, slots=True)
class TrueCall:
    """One labelled call."""

    call_id: str
    file: str
    turns: tuple[TrueTurn, ...]
    faults: tuple[Fault, ...]


def read_truth(path: Path) -> Iterator[TrueCall]:
    """The calls of a `truth.jsonl`. Raises DataError naming file, line and reason."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _call(line, f"{path}:{number}")


def _call(line: str, where: str) -> TrueCall:
    try:
        row = json.loads(line)
        turns = tuple(
            TrueTurn(Speaker(turn["speaker"]), Span(int(turn["start_ms"]), int(turn["end_ms"])), str(turn["text"]))
            for turn in row["turns"]
        )
        faults = tuple(Fault(str(f["rule"]), _span(f), str(f.get("text") or "")) for f in row["faults"])
        return TrueCall(str(row["call_id"]), str(row["file"]), turns, faults)
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise DataError(f"{where}: not a truth row: {reason}") from error


def _span(fault: dict[str, int | None]) -> Span | None:
    start, end = fault.get("start_ms"), fault.get("end_ms")
    return None if start is None or end is None else Span(int(start), int(end))
