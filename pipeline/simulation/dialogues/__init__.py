"""The wordings of the simulation, read from the data files beside this module or, in another folder, somebody else's.

`common.toml` holds what every agent says, one file a project what that project says, `customers.toml` the replies by situation,
`faults.toml` the forbidden sentences and their innocent neighbours, `script.toml` specialist words and questions with approved answers.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

SHIPPED = Path(__file__).parent
PROJECTS = ("vip-care", "telemarketing", "win-back", "survey")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer; `starts` says whose the question is."""

    starts: str
    agent: tuple[str, ...]
    customer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Sentences by phrase category, and innocent ones that look like them."""

    phrases: dict[str, tuple[str, ...]]
    near_misses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What customers of these projects ask, the answers agreed for it, and others."""

    projects: tuple[str, ...]
    customer: tuple[str, ...]
    approved: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptFaults:
    """Sentences with specialist words, and questions that have an approved answer."""

    jargon: tuple[str, ...]
    questions: tuple[Question, ...]

    def asked_in(self, project: str) -> tuple[Question, ...]:
        """The questions of a project's customers."""
        return tuple(question for question in self.questions if project in question.projects)


@dataclass(frozen=True, slots=True)
class Wordings:
    """All a call of one project may be made of: phrasings by script element or situation."""

    project: str
    agent: dict[str, tuple[str, ...]]
    customer: dict[str, tuple[str, ...]]
    exchanges: tuple[Exchange, ...]
    common_exchanges: tuple[Exchange, ...]
    forbidden: Forbidden
    script_faults: ScriptFaults


@cache
def wordings(project: str, folder: Path = SHIPPED) -> Wordings:
    """The wordings of one of PROJECTS. Raises UsageError where the folder lacks them."""
    common, own, customers = (_read(folder, name) for name in ("common", project, "customers"))
    try:
        return Wordings(
            project,
            _phrasings(common) | _phrasings(own),
            _phrasings(customers) | _phrasings(own.get("customer", {})),
            _exchanges(own),
            _exchanges(common),
            forbidden(folder),
            script_faults(folder),
        )
    except KeyError as error:
        raise UsageError(f"{folder}: its wordings lack {error}; write it as the shipped ones do") from error


@cache
def forbidden(folder: Path = SHIPPED) -> Forbidden:
    """What must not be said."""
    faults = _read(folder, "faults")
    return Forbidden(_phrasings(faults["phrase"]), tuple(faults["near_miss"]["sentences"]))


@cache
def script_faults(folder: Path = SHIPPED) -> ScriptFaults:
    """What is said against the script."""
    table = _read(folder, "script")
    keys = ("projects", "customer", "approved", "other")
    return ScriptFaults(
        tuple(table["jargon"]), tuple(Question(*(tuple(row[key]) for key in keys)) for row in table["question"])
    )


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder / name}.toml: cannot be read as wordings: {error}") from error


def _phrasings(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(value) for key, value in table.items() if isinstance(value, list) and key != "exchange"}


def _exchanges(table: dict[str, Any]) -> tuple[Exchange, ...]:
    starts = table.get("starts", "customer")
    return tuple(Exchange(starts, tuple(row["agent"]), tuple(row["customer"])) for row in table.get("exchange", ()))
