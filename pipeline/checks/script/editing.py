"""Changing a script: what it requires when, limits, key figures, approved answers; comments and all else left as they stand.

    rewritten(text, Wish(required={"thanks": "always", …}, …), version=4)

The result is a script's text again and nothing is checked here: that is for who loads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, InlineTable, Table

from pipeline.checks.catalogue import ELEMENTS
from pipeline.checks.script.figures import Kind
from pipeline.text.pack_editing import plain_texts, replace_texts

LIMITS = ("call_s", "opening_s", "answer_turns", "answer_s")
_PARTS = ("asked", "answer", "exceptions")
ABSENT, ALWAYS, POLICY = "", "always", "policy"
_Tables = TOMLDocument | Table


@dataclass(frozen=True, slots=True)
class Answer:
    """A question customers ask and what counts as the answer; as it stands in the file."""

    name: str
    asked: tuple[str, ...]
    answer: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A whole script as a form has it. When something is required: "" (not at all), always, policy, or the outcomes, separated by commas.

    `cues`: wordings of an element besides the shared ones. `limits`: None = none of its own. `answers` by their place in the file, None where one
    goes; those behind the last place are new.
    """

    required: Mapping[str, str]
    cues: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    limits: Mapping[str, int | None]
    key_figures: Mapping[str, str]
    jargon: tuple[str, ...]
    answers: tuple[Answer | None, ...]


def wish_of(content: str) -> Wish:
    """What a script says now."""
    script = tomlkit.parse(content).unwrap()
    elements, limits, figures = (script.get(key, {}) for key in ("elements", "limits", "key_figures"))
    return Wish(
        {element: _when(elements[element].get("required")) if element in elements else ABSENT for element in ELEMENTS},
        {element: plain_texts(elements.get(element, {}).get("cues")) for element in ELEMENTS},
        plain_texts(script.get("order")),
        {key: limits.get(key) for key in LIMITS},
        {kind.value: _when(figures[kind.value]) if kind.value in figures else ABSENT for kind in Kind},
        plain_texts(script.get("jargon")),
        tuple(
            Answer(str(one.get("name", "")), *(plain_texts(one.get(key)) for key in _PARTS))
            for one in script.get("answers", ())
        ),
    )


def rewritten(content: str, wish: Wish, version: int) -> str:
    """The script's text as it is wished; what is as it was before is left as it is written."""
    document, now = tomlkit.parse(content), wish_of(content)
    document["version"] = version
    for element in ELEMENTS:
        _set_element(document, element, wish.required[element], wish.cues[element], now)
    if wish.order != now.order:
        document["order"] = list(wish.order)
    if wish.jargon != now.jargon:
        replace_texts(document, "jargon", wish.jargon)
    for key, limit in wish.limits.items():
        if limit != now.limits[key]:
            _set(_table(document, "limits"), key, limit)
    for kind, when in wish.key_figures.items():
        if when != now.key_figures[kind]:
            _set(_table(document, "key_figures"), kind, None if when == ABSENT else _written(when))
    _set_answers(document, wish.answers, now.answers)
    return tomlkit.dumps(document)


def _set_element(document: TOMLDocument, element: str, when: str, cues: tuple[str, ...], now: Wish) -> None:
    if (when, cues) == (now.required[element], now.cues[element]):
        return
    elements = _table(document, "elements")
    if when == ABSENT:
        _set(elements, element, None)
        return
    known = elements.get(element)
    if isinstance(known, InlineTable | Table):
        known["required"] = _written(when)
        replace_texts(known, "cues", cues)
        return
    table = tomlkit.inline_table()
    table.update({"required": _written(when), **({"cues": list(cues)} if cues else {})})
    elements[element] = table


def _set_answers(document: TOMLDocument, wished: Sequence[Answer | None], now: Sequence[Answer | None]) -> None:
    if tuple(wished) == tuple(now):
        return
    tables = document.get("answers")
    if not isinstance(tables, AoT):
        document["answers"] = tables = tomlkit.aot()
    for answer, known in zip_longest(wished, now):
        if answer is not None and known is None:
            tables.append(tomlkit.table())
    for at, answer in enumerate(wished):
        if answer is not None and (at >= len(now) or answer != now[at]):
            tables[at]["name"] = answer.name
            for key in _PARTS:
                replace_texts(tables[at], key, getattr(answer, key))
    for at in reversed([at for at, answer in enumerate(wished) if answer is None]):
        del tables[at]


def _table(document: TOMLDocument, key: str) -> Table:
    if not isinstance(document.get(key), Table):
        document[key] = tomlkit.table()
    table = document[key]
    if not isinstance(table, Table):
        raise TypeError(f"{key} is no table")
    return table


def _set(table: _Tables, key: str, value: object) -> None:
    if value is not None:
        table[key] = value
    elif key in table:
        del table[key]


def _when(given: object) -> str:
    return ",".join(given) if isinstance(given, list) else str(given)


def _written(when: str) -> str | list[str]:
    return when if when in (ALWAYS, POLICY) else when.split(",")
