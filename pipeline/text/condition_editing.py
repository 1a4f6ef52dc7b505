"""A pack's conditions and word groups as fields of a form, and back into its text: comments and all else left as they stand.

    fields_of(text, 0)                                        {"name": "客户报出验证码", "any": "验证码", "before.within_s": "20", …}
    with_condition(text, 0, "客户报出验证码", answers, 4)     the text with what differs put into that condition

Fields are named after the file; a list has one entry a line, shares are filled in in percent. What is left empty is not in the file. An entry with
more to it than its text stays as it is (`other_lines`). The result is a pack's text again and nothing is checked here: that is for who loads it.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, InlineTable, Table

from pipeline.errors import DataError
from pipeline.text.conditions import Role
from pipeline.text.pack_editing import LineMoved, plain_texts, replace_texts, typed, typed_expression, typed_lines

LINES = ("any", "all", "none", "exceptions")
EXPRESSIONS = ("regex", "not_regex")
SHARES = ("window.from_share", "window.to_share")
NUMBERS = ("minimum", "within_s", "window.first_turns", "window.last_turns", "window.first_s", "window.last_s", *SHARES)
ANCHORS = ("after", "before")
_SAID = ("role", *LINES, *EXPRESSIONS, *(name for name in NUMBERS if name != "within_s"))
FIELDS = ("name", "severity", *_SAID, *(f"{anchor}.{name}" for anchor in ANCHORS for name in (*_SAID, "within_s")))
# Words that are never wrong, for where a condition has to have some.
HARMLESS = "随便一句话"
_UNSAID = {"role": Role.AGENT.value, "minimum": "1"}
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_Tables = TOMLDocument | Table | InlineTable


class NoNumber(DataError):
    """What stands in a field is no number. `name` is the field's."""

    def __init__(self, name: str, given: str) -> None:
        super().__init__(f"{name}: {given!r} is no number")
        self.name = name


def fields_of(content: str, at: int | None) -> dict[str, str]:
    """A condition by its place, as people write it; None: one that is not there yet. Raises LineMoved where there is none at that place."""
    condition = _plain(content, at)
    return {name: _shown(name, _value(condition, name)) for name in FIELDS}


def other_lines(content: str, at: int | None) -> dict[str, tuple[str, ...]]:
    """The entries of each list that have more to them than their text: their texts."""
    condition = _plain(content, at)
    found = {name: _value(condition, name) for name in FIELDS if _key(name) in LINES}
    return {
        name: tuple(str(one.get("text", "")) for one in some if isinstance(one, dict))
        for name, some in found.items()
        if isinstance(some, list)
    }


def with_condition(content: str, at: int | None, was: str, answers: Mapping[str, str] | None, version: int) -> str:
    """The pack's text with one condition added (`at` None), changed, or removed (`answers` None). `was`: its name, so that nobody changes another.

    Raises LineMoved, and NoNumber. A form that says what stands there gives the same text.
    """
    document, now = tomlkit.parse(content), fields_of(content, at)
    if now["name"] != was:
        raise LineMoved(f"conditions: {was!r} is no longer where it was")
    tables = document.get("conditions")
    if not isinstance(tables, AoT):
        document["conditions"] = tables = tomlkit.aot()
    if answers is None and at is not None:
        del tables[at]
    elif answers is not None:
        if at is None:
            tables.append(tomlkit.table())
        _put(tables[-1 if at is None else at], now, answers)
    return _versioned(document, content, version)


def names_of(content: str) -> tuple[str, ...]:
    """The names of a pack's conditions, in their order."""
    return tuple(str(one.get("name", "")) for one in tomlkit.parse(content).unwrap().get("conditions", []))


def groups_of(content: str) -> dict[str, tuple[str, ...]]:
    """The word groups of a pack."""
    words = tomlkit.parse(content).unwrap().get("words", {})
    return {str(name): plain_texts(some) for name, some in words.items()}


def with_group(content: str, name: str, words: Sequence[str] | None, version: int) -> str:
    """The pack's text with other words in a group, which is new where there is none of that name; None takes the group away.

    Raises LineMoved where there is none to take away.
    """
    document = tomlkit.parse(content)
    if "words" not in document:
        document["words"] = tomlkit.table()
    groups = document["words"]
    if not isinstance(groups, Table):
        raise DataError("words: is no table")
    if words is None:
        if name not in groups:
            raise LineMoved(f"words: there is no group {name!r}")
        del groups[name]
    else:
        replace_texts(groups, name, words)
    return _versioned(document, content, version)


def _versioned(document: TOMLDocument, content: str, version: int) -> str:
    if tomlkit.dumps(document) != content:
        document["version"] = version
    return tomlkit.dumps(document)


def _put(condition: Table, now: Mapping[str, str], answers: Mapping[str, str]) -> None:
    for name in FIELDS:
        given = "\n".join(answers.get(name, "").splitlines())
        if given != now[name]:
            _set(condition, name, given)
    for anchor in ANCHORS:
        table = condition.get(anchor)
        if isinstance(table, Table | InlineTable):
            _drop_empty(table, "window", ())
            _drop_empty(condition, anchor, ("role",))
    _drop_empty(condition, "window", ())


def _set(condition: Table, name: str, given: str) -> None:
    *way, key = name.split(".")
    table: _Tables = condition
    value = _in_file(name, given)
    for part in way:
        if not isinstance(table.get(part), Table | InlineTable):
            if value is None or value == []:
                return
            table[part] = tomlkit.inline_table()
        inner = table[part]
        table = inner if isinstance(inner, Table | InlineTable) else table
    if isinstance(value, list):
        replace_texts(table, key, value)
        if key in table and not len(table[key]):
            del table[key]
    elif value is not None:
        table[key] = value
    elif key in table:
        del table[key]


def _drop_empty(table: _Tables, key: str, alone: Sequence[str]) -> None:
    inner = table.get(key)
    if isinstance(inner, Table | InlineTable) and not set(inner) - set(alone):
        del table[key]


def _in_file(name: str, given: str) -> object:
    """The value that the file has for what was written; None or an empty list: nothing."""
    key = _key(name)
    if key in LINES:
        return list(typed_lines(given))
    if key in EXPRESSIONS:
        return typed_expression(given) or None
    if key in NUMBERS:
        return _number(name, key, given.strip()) if given.strip() else None
    return (typed(given) if key == "name" else given.strip()) or None


def _number(name: str, key: str, given: str) -> int | float:
    plain = given.removesuffix("%").strip()
    if not _NUMBER.fullmatch(plain):
        raise NoNumber(name, given)
    value = Decimal(plain) / (100 if key in SHARES else 1)
    return int(value) if value == value.to_integral_value() else float(value)


def _shown(name: str, value: object) -> str:
    key = _key(name)
    if key in LINES:
        return "\n".join(plain_texts(value))
    if value is None:
        return _UNSAID.get(key, "")
    if key in SHARES and isinstance(value, int | float):
        return f"{(Decimal(str(value)) * 100).normalize():f}"
    return str(value)


def _key(name: str) -> str:
    """A field's name without the anchor that it is of."""
    anchor, _, key = name.partition(".")
    return key if anchor in ANCHORS else name


def _value(condition: Mapping[str, object], name: str) -> object:
    found: object = condition
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _plain(content: str, at: int | None) -> Mapping[str, object]:
    if at is None:
        return {}
    conditions = tomlkit.parse(content).unwrap().get("conditions", [])
    if not 0 <= at < len(conditions):
        raise LineMoved(f"conditions: there is none at place {at}")
    found: Mapping[str, object] = conditions[at]
    return found
