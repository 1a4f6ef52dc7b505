"""A policy as fields of a form, and back into its text: comments and all else left as they stand.

    sections(text)                                     every value with its meaning, as people write it: 10 for 1000 basis points
    rewritten(text, {"sampling.share_bp": ["12.5"]})   the text with 1250 in that place

A value's name is its place in the file; the columns of a list of rows (`settlement.band[].factor_bp`) have one value a row, in their order, and
a row whose cells are all empty is left out. Whether a policy adds up is for who parses it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Array, Table

from pipeline.errors import DataError
from pipeline.policy.meanings import MEANINGS, Meaning, Unit

_OF_TEXT = (Unit.TEXT, Unit.TYPE)
_OF_LISTS = (Unit.LINES, Unit.RULES, Unit.SEVERITIES, Unit.ROLES)
_HUNDREDTHS = (Unit.PERCENT, Unit.YUAN)
_UNKNOWN = {bool: Unit.FLAG, int: Unit.COUNT, str: Unit.TEXT, list: Unit.LINES}
BY_RULE = "score.rule"
# Digits 0 to 9 alone: Python reads 1_0 and １０ as ten, and nobody who writes them means a number of the policy.
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Field:
    """A value as people write it. `values`: one; of a list each of its entries."""

    name: str
    meaning: Meaning
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows: its columns, and for each row the field of each column. `BY_RULE` has a rule and its points."""

    name: str
    columns: tuple[tuple[str, Meaning], ...]
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class PolicySection:
    """A section with its single values and its lists of rows."""

    name: str
    fields: tuple[Field, ...]
    tables: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A value that differs, as people write it. `removed` and `added` are entries of a list, or rows with a cell for each of `columns`."""

    section: str
    name: str
    columns: tuple[Meaning, ...]
    removed: tuple[tuple[str, ...], ...]
    added: tuple[tuple[str, ...], ...]


class Unreadable(DataError):
    """What stands in a field is no value of its unit. `name` is the field's, `given` what was written."""

    def __init__(self, name: str, given: str) -> None:
        super().__init__(f"{name}: {given!r} is no value for it")
        self.name, self.given = name, given


def sections(content: str) -> tuple[PolicySection, ...]:
    """All values of a policy, by section."""
    given = tomlkit.parse(content).unwrap()
    return tuple(_section(name, values) for name, values in given.items() if isinstance(values, dict))


def changes(before: str, after: str) -> tuple[PolicyChange, ...]:
    """What differs between two policies."""
    old, new = dict(_values(before)), dict(_values(after))
    found = []
    for name in dict.fromkeys((*new, *old)):
        columns, now = new.get(name) or (old[name][0], ())
        then = old[name][1] if name in old else ()
        if now != then:
            gone, come = tuple(one for one in then if one not in now), tuple(one for one in now if one not in then)
            # The same entries in another order.
            gone, come = (gone, come) if gone or come else (then, now)
            found.append(PolicyChange(name.partition(".")[0], name, columns, gone, come))
    return tuple(found)


def _values(content: str) -> Iterator[tuple[str, tuple[tuple[Meaning, ...], tuple[tuple[str, ...], ...]]]]:
    """By name: the meaning of each column, and every entry as a row of cells."""
    for section in sections(content):
        for field in section.fields:
            yield field.name, ((field.meaning,), tuple((value,) for value in field.values))
        for table in section.tables:
            rows = tuple(tuple("、".join(cell.values) for cell in row) for row in table.rows)
            yield table.name, (tuple(meaning for _, meaning in table.columns), rows)


def rewritten(content: str, answers: Mapping[str, Sequence[str]]) -> str:
    """The policy's text with other values; a field that is not answered stays. Raises Unreadable."""
    document = tomlkit.parse(content)
    for section in sections(content):
        for field in section.fields:
            if field.name in answers:
                _put(document, field, answers[field.name])
        for table in section.tables:
            if any(name in answers for name, _ in table.columns):
                _put_rows(document, table, answers)
    return tomlkit.dumps(document)


def completed(content: str, model: str) -> str:
    """An earlier version's text with the values that have come since, as `model` has them, and without sections that are no more."""
    document, newer = tomlkit.parse(content), tomlkit.parse(model)
    for name in [name for name in document if name not in newer]:
        del document[name]
    for name, values in newer.items():
        known = document.get(name)
        if not isinstance(known, Table) or not isinstance(values, Table):
            document[name] = values
            continue
        for key, value in values.items():
            if key not in known:
                known[key] = value
    return tomlkit.dumps(document)


def meaning_of(name: str) -> Meaning | None:
    """What a name means, also one of a reader's message (settlement.band 2.from_score)."""
    parts = [part.partition(" ") for part in name.split(".")]
    return MEANINGS.get(".".join(key + ("[]" if number else "") for key, _, number in parts))


def _section(name: str, values: Mapping[str, object]) -> PolicySection:
    fields, tables = [], []
    for key, value in _flat(name, values):
        if key == BY_RULE and isinstance(value, dict):
            tables.append(_by_rule(value))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables.append(_rows(key, value))
        else:
            fields.append(_field(key, value))
    return PolicySection(name, tuple(fields), tuple(tables))


def _flat(name: str, values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in values.items():
        place = f"{name}.{key}"
        if isinstance(value, dict) and place != BY_RULE:
            yield from _flat(place, value)
        else:
            yield place, value


def _field(name: str, value: object) -> Field:
    meaning = MEANINGS.get(name) or Meaning(name, name, _UNKNOWN.get(type(value), Unit.TEXT))
    return Field(name, meaning, _shown(value, meaning.unit))


def _rows(name: str, rows: Sequence[Mapping[str, object]]) -> Rows:
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = tuple((f"{name}[].{key}", _field(f"{name}[].{key}", rows[0].get(key, "")).meaning) for key in keys)
    return Rows(
        name, columns, tuple(tuple(_field(f"{name}[].{key}", row.get(key, "")) for key in keys) for row in rows)
    )


def _by_rule(points: Mapping[str, object]) -> Rows:
    rule, meaning = Meaning("规则", "Rule", Unit.TEXT), MEANINGS[BY_RULE]
    names = (f"{BY_RULE}[].rule", f"{BY_RULE}[].points")
    rows = tuple(
        (Field(names[0], rule, (key,)), Field(names[1], meaning, (str(value),))) for key, value in points.items()
    )
    return Rows(BY_RULE, ((names[0], rule), (names[1], meaning)), rows)


def _shown(value: object, unit: Unit) -> tuple[str, ...]:
    if isinstance(value, list):
        return (", ".join(map(str, value)),) if unit is Unit.NUMBERS else tuple(map(str, value))
    if isinstance(value, bool):
        return ("yes" if value else "",)
    if unit in _HUNDREDTHS and isinstance(value, int):
        return (f"{Decimal(value) / 100:.2f}".rstrip("0").rstrip("."),)
    return (str(value),)


def _read(name: str, unit: Unit, given: Sequence[str]) -> object:
    """The value that the file has for what was written. Raises Unreadable."""
    if unit in _OF_LISTS:
        lines = given[0].splitlines() if unit is Unit.LINES and len(given) == 1 else given
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    text = given[0].strip() if given else ""
    if unit is Unit.FLAG:
        return text == "yes"
    if unit in _OF_TEXT:
        return text
    if unit is Unit.NUMBERS:
        return [_whole(name, part) for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    return _hundredths(name, text) if unit in _HUNDREDTHS else _whole(name, text)


def _whole(name: str, text: str) -> int:
    plain = text.replace(",", "").strip()
    if not _WHOLE.fullmatch(plain):
        raise Unreadable(name, text)
    return int(plain)


def _hundredths(name: str, text: str) -> int:
    plain = text.replace(",", "").removesuffix("%").strip()
    if not _DECIMAL.fullmatch(plain):
        raise Unreadable(name, text)
    value = Decimal(plain) * 100
    if value != value.to_integral_value():
        raise Unreadable(name, text)
    return int(value)


def _put(document: TOMLDocument, field: Field, given: Sequence[str]) -> None:
    value = _read(field.name, field.meaning.unit, given)
    *way, key = field.name.split(".")
    table = document
    for part in way:
        table = table[part]
    if table[key] != value:
        table[key] = value


def _put_rows(document: TOMLDocument, table: Rows, answers: Mapping[str, Sequence[str]]) -> None:
    wished = _wished(table, answers)
    section, _, key = table.name.rpartition(".")
    holder = document[section]
    if not isinstance(holder, Table):
        raise TypeError(f"{section} is no table")
    if table.name == BY_RULE:
        _put_points(holder[key], {str(row["rule"]): row["points"] for row in wished})
        return
    rows = holder[key]
    if not isinstance(rows, AoT | Array):
        raise TypeError(f"{table.name} is no list")
    while len(rows) > len(wished):
        del rows[len(rows) - 1]
    for at, row in enumerate(wished):
        if at == len(rows):
            new = tomlkit.table() if isinstance(rows, AoT) else tomlkit.inline_table()
            new.update(row)
            rows.append(new)
            continue
        for name, value in row.items():
            if rows[at].get(name) != value:
                rows[at][name] = value


def _wished(table: Rows, answers: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    columns = [answers.get(name, ()) for name, _ in table.columns]
    found = []
    for cells in zip(*columns, strict=False):
        if any(cell.strip() for cell in cells):
            found.append(
                {
                    name.rpartition(".")[2]: _read(name, meaning.unit, [cell])
                    for (name, meaning), cell in zip(table.columns, cells, strict=True)
                }
            )
    return found


def _put_points(points: object, wished: Mapping[str, object]) -> None:
    if not isinstance(points, Table):
        raise TypeError(f"{BY_RULE} is no table")
    for rule in [rule for rule in points if rule not in wished]:
        del points[rule]
    for rule, value in wished.items():
        if points.get(rule) != value:
            points[rule] = value
