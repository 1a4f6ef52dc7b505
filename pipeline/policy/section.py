"""One section of the policy file, read key by key, each value checked and every refusal naming file, key and reason."""

import itertools
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NoReturn, TypeVar

from pipeline.errors import LexiconError

Word = TypeVar("Word", bound=StrEnum)


class Section:
    """A TOML table whose keys are taken one by one; `done` refuses what nobody asked for. `file` says in errors where the table stands."""

    def __init__(self, file: str, name: str, given: Mapping[str, object]) -> None:
        self._file = file
        self._name = name
        values = given.get(name.rsplit(".", 1)[-1])
        if not isinstance(values, dict):
            raise LexiconError(f"{file}: [{name}]: the section is missing")
        self._values: dict[str, object] = values
        self._taken: set[str] = set()

    def given(self) -> tuple[str, ...]:
        """All keys that are given."""
        return tuple(self._values)

    def table(self, key: str) -> "Section":
        """A table within this one."""
        self._take(key)
        return Section(self._file, f"{self._name}.{key}", self._values)

    def sections(self, key: str) -> tuple["Section", ...]:
        """A list of tables ([[section.key]]), at least one."""
        given = self._take(key)
        if not isinstance(given, list) or not given:
            self.refuse(key, f"must be at least one [[{self._name}.{key}]]")
        return tuple(
            Section(self._file, f"{self._name}.{key} {n}", {f"{key} {n}": one}) for n, one in enumerate(given, 1)
        )

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, f"{value!r} must be a whole number")
        if not least <= value <= most:
            self.refuse(key, f"{value} must lie between {least} and {most}")
        return value

    def yes_or_no(self, key: str, *, unsaid: bool) -> bool:
        """Whether it is true; `unsaid` where the key is missing, as in versions of before it."""
        self._taken.add(key)
        value = self._values.get(key, unsaid)
        if not isinstance(value, bool):
            self.refuse(key, f"{value!r} must be true or false")
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

    def falling_to_zero(self, key: str, values: Sequence[int]) -> None:
        """Refuse limits that do not fall from one to the next down to 0, so that every value has its place."""
        if any(one <= other for one, other in itertools.pairwise(values)) or values[-1] != 0:
            self.refuse(key, f"limits {', '.join(map(str, values))} must fall from one to the next and end with 0")

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"{value!r} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of different texts; it may be empty."""
        values = self._take(key)
        if not isinstance(values, list) or any(not isinstance(value, str) or not value for value in values):
            self.refuse(key, f"{values!r} must be a list of texts")
        if len(set(values)) < len(values):
            self.refuse(key, f"{next(v for v in values if values.count(v) > 1)!r} stands there twice")
        return tuple(values)

    def word(self, key: str, words: type[Word]) -> Word:
        """One word of an enumeration."""
        return self._word(key, self.text(key), words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """A list of different words of an enumeration."""
        return tuple(self._word(key, text, words) for text in self.texts(key))

    def done(self) -> None:
        """Refuse keys that no reader asked for."""
        if unknown := sorted(set(self._values) - self._taken):
            self.refuse(unknown[0], f"no such key; known: {', '.join(sorted(self._taken))}")

    def refuse(self, key: str, reason: str) -> NoReturn:
        """Raise LexiconError for a key of this section."""
        raise LexiconError(f"{self._file}: [{self._name}] {key}: {reason}")

    def _word(self, key: str, text: str, words: type[Word]) -> Word:
        try:
            return words(text)
        except ValueError:
            self.refuse(key, f"{text!r} must be one of {', '.join(words)}")

    def _take(self, key: str) -> object:
        self._taken.add(key)
        if key not in self._values:
            self.refuse(key, "is missing")
        return self._values[key]
