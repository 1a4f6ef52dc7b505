"""Reading the TOML files of `lexicons/` so that every mistake is told with file, line and reason.

    lexicons/phrases/abuse.toml:14: phrases: '(你有病': brackets must be closed and not nested, …

`tomllib` gives no line numbers for values, so `places` finds the line again by the value's own text.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.records.finding import Severity
from pipeline.text.condensed import condense_form
from pipeline.text.notation import Group, Words, count_forms, expand, parse
from pipeline.text.phrases import Phrase
from pipeline.text.places import part, place

MOST_EXCEPTION_FORMS = 400

_NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table that knows its file. `text` and friends raise LexiconError naming file, line, key and reason.

    `source` is the part of the file where the table stands, `above` the number of lines before that part, `keys` the way to the table.
    """

    file: Path
    source: str
    values: Mapping[str, object]
    above: int = 0
    keys: tuple[str, ...] = ()

    def error(self, key: str, reason: str, value: object = None) -> LexiconError:
        """The error to raise about a key, at the line where the offending value (or else the key, or the table) stands."""
        line = place(self.source, key, value)
        line = line + self.above if line else self.above + 1 if self.above else 0
        quoted = f"{value!r}: " if value is not None else ""
        return LexiconError(f"{self.file}{f':{line}' if line else ''}: {key}: {quoted}{reason}", (*self.keys, key))

    def holding(self, values: Mapping[str, object]) -> "Table":
        """A table at the same place with other values."""
        return replace(self, values=values)

    def only(self, *known: str) -> None:
        """Refuse keys that mean nothing: most are misspelt."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"unknown key; known: {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._value(key, str, default)
        if not isinstance(value, str) or not value:
            raise self.error(key, "may not be empty")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        value = self._value(key, int, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, "must be a whole number", value)
        return value

    def number(self, key: str) -> float:
        """A whole or decimal number."""
        value = self.values.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.error(key, "is missing" if value is None else "must be a number", value)
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false where it is absent."""
        return self._value(key, bool, False) is True

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        values = self._value(key, list, None if default is None else list(default))
        for value in self.items(key, values):
            if not isinstance(value, str) or not value:
                raise self.error(key, "must be a text that is not empty", value)
        return tuple(map(str, self.items(key, values)))

    def items(self, key: str, value: object) -> list[object]:
        """A list of anything."""
        if not isinstance(value, list):
            raise self.error(key, "must be a list", value)
        return value

    def table(self, key: str) -> "Table":
        """A table inside this one, empty where it is absent."""
        value = self._value(key, dict, {})
        source, above = part(self.source, key)
        return Table(self.file, source, value if isinstance(value, dict) else {}, self.above + above, (*self.keys, key))

    def tables(self, key: str) -> tuple["Table", ...]:
        """The tables of an array of tables."""
        found = self.items(key, self._value(key, list, []))
        if not all(isinstance(one, dict) for one in found):
            raise self.error(key, "must be written as [[" + key + "]]")
        parts = [part(self.source, key, number) for number in range(len(found))]
        return tuple(
            Table(self.file, source, one, self.above + above, (*self.keys, key, str(number)))
            for number, (one, (source, above)) in enumerate(zip(found, parts, strict=True))
            if isinstance(one, dict)
        )

    def _value(self, key: str, kind: type, default: object) -> object:
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, kind):
            raise self.error(key, f"must be {_NAMES[kind]}", value)
        return value


def read(file: Path) -> Table:
    """A lexicon file. Raises LexiconError where it is absent, unreadable or no TOML."""
    try:
        return table_of(file, file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise LexiconError(f"{file}: no such file; copy it from the shipped lexicons") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{file}: cannot be read as UTF-8 text: {error}") from error


def table_of(file: Path, source: str) -> Table:
    """A lexicon's text; `file` says in errors whose it is. Raises LexiconError where it is no TOML."""
    try:
        return Table(file, source, tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{file}: not valid TOML: {error}") from error


def word_groups(table: Table, known: Words) -> dict[str, tuple[str, ...]]:
    """The [words] of a file added to the groups already `known`."""
    words = table.table("words")
    return {**known, **{name: tuple(dict.fromkeys(words.texts(name))) for name in words.values}}


def phrases(
    table: Table, key: str, words: Words, *, hit_key: str, exceptions: Sequence[str] = ()
) -> tuple[Phrase, ...]:
    """The phrases under `key`: each a text, or a table with text, weak, severity and exceptions of its own."""
    return tuple(
        _phrase(
            table.holding(item if isinstance(item, dict) else {"text": item}),
            key,
            words,
            hit_key,
            exceptions,
        )
        for item in table.items(key, table.values.get(key, []))
    )


def _phrase(one: Table, key: str, words: Words, hit_key: str, general: Sequence[str]) -> Phrase:
    one.only("text", "weak", "severity", "exceptions")
    text, is_weak = one.text("text"), one.flag("weak")
    groups = parsed(one, key, text, words)
    if is_weak and any(group.after_gap for group in groups):
        raise one.error(key, "a weak phrase is a whole utterance and cannot have gaps", text)
    for group in groups:
        for choice in group.choices:
            if not condense_form(choice)[0]:
                raise one.error(key, f"{choice!r} is hesitation, which is never looked at; leave it out", text)
    return Phrase(text, groups, hit_key, is_weak, (*general, *exceptions(one, words)), severity(one))


def refuse_single(table: Table, key: str, phrase: Phrase) -> None:
    """Refuse a phrase that may be a single hanzi and need not be the whole utterance."""
    certain = (group for group in phrase.groups if not group.optional)
    if not phrase.is_weak and sum(min(map(len, group.choices)) for group in certain) < 2:
        raise table.error(key, "a single hanzi would be found everywhere; lengthen it or make it weak", phrase.text)


def severity(table: Table) -> Severity | None:
    """The severity a table asks for, None where it leaves that to the rule."""
    if "severity" not in table.values:
        return None
    given = table.text("severity")
    if given not in set(Severity):
        raise table.error("severity", f"must be one of {', '.join(Severity)}", given)
    return Severity(given)


def exceptions(table: Table, words: Words) -> tuple[str, ...]:
    """The exceptions of a file or phrase, every phrasing written out, with the … that says on which side the phrase is."""
    return tuple(form for line in table.texts("exceptions", ()) for form in _exception_forms(table, line, words))


def _exception_forms(table: Table, line: str, words: Words) -> tuple[str, ...]:
    before, after = line[: len(line) - len(line.lstrip("…"))], line[len(line.rstrip("…")) :]
    if max(len(before), len(after)) > 2 or len(before + after) == 3 or len(before + after) == 4:
        raise table.error("exceptions", "… or …… stands at one end for the phrase, or … at both", line)
    groups = parsed(table, "exceptions", line.strip("…"), words)
    if any(group.after_gap for group in groups) or count_forms(groups) > MOST_EXCEPTION_FORMS:
        raise table.error("exceptions", f"no gap within, at most {MOST_EXCEPTION_FORMS} phrasings", line)
    forms = expand(groups)
    if not all(condense_form(form)[0] for form in forms):
        raise table.error("exceptions", "hesitation such as 那个 is never looked at; leave it out", line)
    return tuple(before + form + after for form in forms)


def parsed(table: Table, key: str, line: str, words: Words) -> tuple[Group, ...]:
    """A line's groups. Raises LexiconError where the notation is wrong."""
    try:
        return parse(line, words)
    except ValueError as error:
        raise table.error(key, str(error), line) from error
