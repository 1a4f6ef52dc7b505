"""The limits of `lexicons/standard.toml` as fields of a form, and back into its text: comments and all else left as they stand.

shown(text)["longest_silence_ms"]                         "8", in seconds
rewritten(text, {"longest_silence_ms": "6.5"})            the text with 6500 in that place
faults({**shown(text), "rate_min_cpm": "400"})            more than its bounds allow, and not less than rate_max_cpm
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Table as TomlTable

from pipeline.checks.standard_meanings import IN_FILE, MEANINGS, ORDER, STEPS, UNIT_NAMES, Unit
from pipeline.text.lexicon import Table
from pipeline.text.toml_changes import Difference

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Why(StrEnum):
    """What is wrong with a value."""

    NUMBER = "number"
    FINE = "fine"
    BOUNDS = "bounds"
    CLOCK = "clock"
    ZONE = "zone"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Fault:
    """A field in which no value of its kind stands. `other`: the one that it must be less than."""

    name: str
    why: Why
    given: str
    other: str = ""


def shown(content: str) -> dict[str, str]:
    """Every value that stands there, as people write it."""
    given = tomlkit.parse(content).unwrap()
    found = ((name, _value(given, name)) for name in MEANINGS)
    return {name: _as_filled_in(name, value) for name, value in found if value is not None}


def faults(answers: Mapping[str, str]) -> tuple[Fault, ...]:
    """All that is wrong with values as people write them; empty where they can stand in the file."""
    found = [fault for name in MEANINGS if (fault := _fault(name, answers.get(name, "").strip())) is not None]
    wrong = {fault.name for fault in found}
    for low, high, or_same in ORDER:
        if not wrong & {low, high}:
            less, more = _size(low, answers[low]), _size(high, answers[high])
            if less > more or (less == more and not or_same):
                found.append(Fault(low, Why.ORDER, answers[low], high))
    return tuple(found)


def rewritten(content: str, answers: Mapping[str, str]) -> str:
    """The text with other values, in which `faults` must have found nothing; those that are the same stay as they are written."""
    document, now = tomlkit.parse(content), shown(content)
    for name in MEANINGS:
        given = answers[name].strip()
        if name not in now or not _is_same(name, given, now[name]):
            table, key = _place(document, name)
            table[key] = _in_file(name, given)
    return tomlkit.dumps(document)


def changes(before: str, after: str, tongue: int) -> tuple[Difference, ...]:
    """What differs between two texts, by the limits' names and in people's units, in Chinese (0) or English (1)."""
    old, new = shown(before), shown(after)
    return tuple(
        Difference((meaning.named(tongue),), _told(name, old, tongue), _told(name, new, tongue), False)
        for name, meaning in MEANINGS.items()
        if old.get(name) != new.get(name)
    )


def refuse_faults(table: Table) -> None:
    """Raise LexiconError, in the file's own terms, for the first value that the form would refuse."""
    for fault in faults(shown(table.source)):
        key = fault.name.rpartition(".")[2]
        meaning = MEANINGS[fault.name]
        reason = {
            Why.BOUNDS: f"must lie between {meaning.least} and {meaning.most} {UNIT_NAMES.get(meaning.unit, ('', ''))[1]}",
            Why.ORDER: f"must be less than {fault.other}",
        }.get(fault.why, f"is no {fault.why}")
        raise table.error(key, reason, fault.given)


def _fault(name: str, given: str) -> Fault | None:
    meaning = MEANINGS[name]
    if meaning.unit is Unit.CLOCK:
        return None if _clock(given) else Fault(name, Why.CLOCK, given)
    if meaning.unit is Unit.ZONE:
        return None if _is_zone(given) else Fault(name, Why.ZONE, given)
    try:
        value = Decimal(given)
    except InvalidOperation:
        return Fault(name, Why.NUMBER, given)
    if not value.is_finite():
        return Fault(name, Why.NUMBER, given)
    if meaning.least is not None and meaning.most is not None and not meaning.least <= value <= meaning.most:
        return Fault(name, Why.BOUNDS, given)
    step = STEPS.get(meaning.unit)
    return Fault(name, Why.FINE, given) if step is not None and value % step else None


def _clock(given: str) -> bool:
    return _CLOCK.fullmatch(given) is not None


def _is_zone(given: str) -> bool:
    return given in _zones()


@cache
def _zones() -> frozenset[str]:
    """The zones that have a name everywhere: `localtime` is whatever a machine is set to."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _size(name: str, given: str) -> Decimal:
    return _minutes(given) if MEANINGS[name].unit is Unit.CLOCK else Decimal(given)


def _is_same(name: str, given: str, now: str) -> bool:
    return given == now if MEANINGS[name].unit is Unit.ZONE else _size(name, given) == _size(name, now)


def _minutes(given: str) -> Decimal:
    at = time.fromisoformat(given)
    return Decimal(at.hour * 3600 + at.minute * 60 + at.second) / 60


def _in_file(name: str, given: str) -> int | float | str:
    unit = MEANINGS[name].unit
    if unit in (Unit.CLOCK, Unit.ZONE):
        return given
    value = Decimal(given) * IN_FILE.get(unit, Decimal(1))
    return int(value) if value == value.to_integral_value() else float(value)


def _as_filled_in(name: str, value: object) -> str:
    unit = MEANINGS[name].unit
    if unit in (Unit.CLOCK, Unit.ZONE):
        return str(value)
    return f"{(Decimal(str(value)) / IN_FILE.get(unit, Decimal(1))).normalize():f}"


def _told(name: str, values: Mapping[str, str], tongue: int) -> tuple[str, ...]:
    unit = UNIT_NAMES.get(MEANINGS[name].unit, ("", ""))[tongue]
    return (f"{values[name]} {unit}".strip(),) if name in values else ()


def _value(given: Mapping[str, object], name: str) -> object:
    section, _, key = name.rpartition(".")
    table = given.get(section) if section else given
    return table.get(key) if isinstance(table, Mapping) else None


def _place(document: TOMLDocument, name: str) -> tuple[TOMLDocument | TomlTable, str]:
    section, _, key = name.rpartition(".")
    table = document[section] if section else document
    if not isinstance(table, TOMLDocument | TomlTable):
        raise TypeError(f"{section} is no table")
    return table, key
