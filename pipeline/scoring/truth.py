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
    """The calls of a `truth.jsonl`. Raises DataError naming file, line, field and reason."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    # At \n alone: other line ends may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _call(_Row(json.loads(line, parse_constant=_refuse), ""))
            except (ValueError, RecursionError) as error:
                raise DataError(f"{path}:{number}: not a truth row: {error}") from error


class _Row:
    """A JSON object whose fields are taken by type; errors are ValueErrors naming the field, such as `turns[2].start_ms`."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{place or 'the line'} must be an object")
        self._values: dict[str, object] = value
        self._place = place

    def field(self, name: str) -> str:
        """A field's full name."""
        return f"{self._place}.{name}" if self._place else name

    def text(self, name: str) -> str:
        """A string that is not empty."""
        value = self._given(name)
        if not isinstance(value, str) or not value:
            raise ValueError(f"{self.field(name)} must be a text, got {value!r:.60}")
        return value

    def words(self, name: str) -> str:
        """A string; what is absent or null says nothing."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{self.field(name)} must be a text, got {value!r:.60}")
        return value or ""

    def rows(self, name: str) -> "list[_Row]":
        """A list of objects."""
        value = self._given(name)
        if not isinstance(value, list):
            raise ValueError(f"{self.field(name)} must be a list, got {value!r:.60}")
        return [_Row(item, f"{self.field(name)}[{at}]") for at, item in enumerate(value)]

    def span(self) -> Span:
        """`start_ms` and `end_ms`."""
        start_ms, end_ms = self._ms("start_ms"), self._ms("end_ms")
        if start_ms > end_ms:
            raise ValueError(f"{self.field('end_ms')} {end_ms} lies before start_ms {start_ms}")
        return Span(start_ms, end_ms)

    def is_timed(self) -> bool:
        """Whether there is a `start_ms` or an `end_ms`: one alone is no span."""
        return any(self._values.get(name) is not None for name in ("start_ms", "end_ms"))

    def _ms(self, name: str) -> int:
        value = self._given(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"{self.field(name)} must be whole milliseconds from 0, got {value!r:.60}")
        return value

    def _given(self, name: str) -> object:
        if name not in self._values:
            raise ValueError(f"{self.field(name)!r} is missing")
        return self._values[name]


def _call(row: _Row) -> TrueCall:
    turns = tuple(TrueTurn(_speaker(turn), turn.span(), turn.words("text")) for turn in row.rows("turns"))
    faults = tuple(
        Fault(fault.text("rule"), fault.span() if fault.is_timed() else None, fault.words("text"))
        for fault in row.rows("faults")
    )
    return TrueCall(row.text("call_id"), row.text("file"), turns, faults)


def _speaker(turn: _Row) -> Speaker:
    name = turn.text("speaker")
    if name not in set(Speaker):
        raise ValueError(f"{turn.field('speaker')} must be one of {', '.join(Speaker)}, got {name!r:.60}")
    return Speaker(name)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no value")
