"""One section of the policy file, read key by key, each value checked and every refusal naming file, key and reason."""

from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import NoReturn

from pipeline.errors import LexiconError


class Section:
    """A TOML table whose keys are taken one by one; `done` refuses what nobody asked for."""

    def __init__(self, file: Path, name: str, given: Mapping[str, object]) -> None:
        self._file = file
        self._name = name
        values = given.get(name)
        if not isinstance(values, dict):
            raise LexiconError(f"{file}: [{name}]: the section is missing")
        self._values: dict[str, object] = values
        self._taken: set[str] = set()

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, f"{value!r} must be a whole number")
        if not least <= value <= most:
            self.refuse(key, f"{value} must lie between {least} and {most}")
        return value

    def one_of(self, key: str, allowed: Sequence[int]) -> int:
        """One of a few whole numbers."""
        value = self.whole(key, min(allowed), max(allowed))
        if value not in allowed:
            self.refuse(key, f"{value} must be one of {', '.join(map(str, allowed))}")
        return value

    def rising(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers, each greater than the one before; it may be empty."""
        values = self._take(key)
        if not isinstance(values, list):
            self.refuse(key, f"{values!r} must be a list of whole numbers")
        for before, value in zip([least - 1, *values], values, strict=False):
            if not isinstance(value, int) or isinstance(value, bool) or not before < value <= most:
                self.refuse(
                    key, f"{values!r} must be whole numbers from {least} to {most}, each greater than the one before"
                )
        return tuple(values)

    def clock(self, key: str) -> time:
        """A local time written as "HH:MM"."""
        value = self._take(key)
        try:
            if not isinstance(value, str) or len(value) != len("HH:MM"):
                raise ValueError
            return time.fromisoformat(value)
        except ValueError:
            self.refuse(key, f'{value!r} must be a time written as "HH:MM"')

    def done(self) -> None:
        """Refuse keys that no reader asked for."""
        if unknown := sorted(set(self._values) - self._taken):
            self.refuse(unknown[0], f"no such key; known: {', '.join(sorted(self._taken))}")

    def refuse(self, key: str, reason: str) -> NoReturn:
        """Raise LexiconError for a key of this section."""
        raise LexiconError(f"{self._file}: [{self._name}] {key}: {reason}")

    def _take(self, key: str) -> object:
        self._taken.add(key)
        if key not in self._values:
            self.refuse(key, "is missing")
        return self._values[key]
