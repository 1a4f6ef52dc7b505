"""The wordings of the simulation, read from the data files beside this module.

`common.toml` holds what every agent says, one file a project what that project says, `customers.toml` the replies by situation,
`faults.toml` the forbidden sentences and their innocent neighbours.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
PROJECTS = ("vip-care", "telemarketing", "win-back", "survey")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer; `starts` says whose the question is."""

    starts: str
    agent: tuple[str, ...]
    customer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wordings:
    """All a call of one project may be made of: phrasings by script element or situation."""

    project: str
    agent: dict[str, tuple[str, ...]]
    customer: dict[str, tuple[str, ...]]
    exchanges: tuple[Exchange, ...]
    common_exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Sentences by phrase category, and innocent ones that look like them."""

    phrases: dict[str, tuple[str, ...]]
    near_misses: tuple[str, ...]


@cache
def wordings(project: str) -> Wordings:
    """The wordings of one of PROJECTS."""
    common, own, customers = _read("common"), _read(project), _read("customers")
    return Wordings(
        project,
        _phrasings(common) | _phrasings(own),
        _phrasings(customers) | _phrasings(own.get("customer", {})),
        _exchanges(own),
        _exchanges(common),
    )


@cache
def forbidden() -> Forbidden:
    """What must not be said."""
    faults = _read("faults")
    return Forbidden(_phrasings(faults["phrase"]), tuple(faults["near_miss"]["sentences"]))


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text(encoding="utf-8"))


def _phrasings(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(value) for key, value in table.items() if isinstance(value, list) and key != "exchange"}


def _exchanges(table: dict[str, Any]) -> tuple[Exchange, ...]:
    starts = table.get("starts", "customer")
    return tuple(Exchange(starts, tuple(row["agent"]), tuple(row["customer"])) for row in table["exchange"])
