"""The policy file as plain values, each with its path, and how one of them is changed: `settlement.band[2].factor_bp`."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from pipeline.policy.policy import Policy, parse_policy
from tests.policy.changes import SHIPPED

Document = dict[str, object]
# Changes the value at a path of a document, whatever has to go along with it.
Change = Callable[[Document, str], None]


def shipped() -> Document:
    """The shipped policy as plain values."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def leaves(value: object, path: str = "") -> Iterator[str]:
    """The paths of all values: `exit.approvals`, `settlement.band[2].factor_bp`; a list of plain values is one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path


def matches(path: str, key: str) -> bool:
    """Whether a row's key is a value's path; `*` stands for a place in a list."""
    return fnmatchcase(path.replace("[", "<").replace("]", ">"), key.replace("[", "<").replace("]", ">"))


def _steps(path: str) -> list[str | int]:
    rule = path.removeprefix("score.rule.")
    steps = ["score", "rule", rule] if rule != path else re.findall(r"[^.\[\]]+", path)
    return [int(step) if step.isdecimal() else step for step in steps]


def at(document: Document, path: str):
    """The value there."""
    value = document
    for step in _steps(path):
        value = value[step]
    return value


def put(document: Document, path: str, value: object) -> None:
    """Another value there."""
    *above, last = _steps(path)
    inner = document
    for step in above:
        inner = inner[step]
    inner[last] = value


def written(value: object) -> str:
    """A document, or a value in it, as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def policy_of(document: Document) -> Policy:
    """The policy that a document is."""
    return parse_policy("\n".join(f"{key} = {written(value)}" for key, value in document.items()).encode(), "policy")


def to(value: object) -> Change:
    """Another value instead."""
    return lambda document, path: put(document, path, value)


def up(document: Document, path: str) -> None:
    """One more, or another name."""
    before = at(document, path)
    put(document, path, f"{before}？" if isinstance(before, str) else before + 1)


def exchanged(document: Document, path: str) -> None:
    """One point more under an item, one less under the first other: the sheet has 100."""
    up(document, path)
    other = "score.item[1].points" if path == "score.item[0].points" else "score.item[0].points"
    put(document, other, at(document, other) - 1)


def less(document: Document, path: str) -> None:
    """A list without its first."""
    put(document, path, at(document, path)[1:])


def swapped(document: Document, path: str) -> None:
    """The types of two prices for one length are exchanged: each type keeps as many prices as it has."""
    mine = at(document, path.rsplit(".", 1)[0])
    other = next(
        one
        for one in at(document, "settlement.price")
        if one["up_to_s"] == mine["up_to_s"] and one["type"] != mine["type"]
    )
    mine["type"], other["type"] = other["type"], mine["type"]
