"""Which script a call is held against: the one its vendor's registered project names on the call's day, else the one called as the project is.

V,project,survey survey 120,…,春季     V's calls of the project 春季 are held against the script survey
nothing registered                     calls of the project 春季 are held against the script 春季
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from pipeline.errors import UsageError
from pipeline.ledger.vendors import facts_on
from pipeline.records.registry import Fact, FactKind, project_of
from pipeline.store.facts import all_facts, facts_of


class ScriptNames:
    """Asks the registry once a vendor; `ScriptNames(session)("V", "春季", day)` is "survey"."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: dict[str, Sequence[Fact]] = {}

    def __call__(self, vendor: str, project: str, day: date) -> str:
        """The name of the script; whether there is such a script is not asked."""
        if vendor not in self._facts:
            self._facts[vendor] = [fact for fact in facts_of(self._session, vendor) if fact.kind is FactKind.PROJECT]
        return _script_of(self._facts[vendor], project, day) or project


def script_of_project(session: Session, project: str, day: date) -> str:
    """The script of a project whose vendor is not said. Raises UsageError where vendors have it with different scripts."""
    of_vendors = {
        vendor: script
        for vendor, facts in all_facts(session).items()
        if (script := _script_of([fact for fact in facts if fact.kind is FactKind.PROJECT], project, day))
    }
    if len(scripts := sorted(set(of_vendors.values()))) > 1:
        told = ", ".join(f"{vendor} {script}" for vendor, script in of_vendors.items())
        raise UsageError(f"project {project!r} has several scripts ({told}); name one of them with --script")
    return scripts[0] if scripts else project


def _script_of(facts: Sequence[Fact], project: str, day: date) -> str | None:
    """Of a project that has ended the last script: its late calls are of its time."""
    named = [fact for fact in facts if fact.project == project]
    held = facts_on(named, day) or named[-1:]
    return project_of(held[0]).script if held else None
