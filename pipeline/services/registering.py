"""Facts of vendors going in, all of a list or none: each is looked at with those beside it and with all other vendors.

    vendors.csv line 4: admitted telemarketing: 华声外呼 lacks agent_count (话务员数): 14, at least 15 is asked for

A vendor may be registered and admitted in one list: conditions are looked at when everything of the list is in.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from pipeline.ledger.admission import barred_until, deposit_held_fen, last_day, missing_of, rival_of
from pipeline.ledger.vendors import is_news, vendor_on
from pipeline.policy.policy import Policy
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType, Mode
from pipeline.records.registry import Fact, FactKind, project_of
from pipeline.store.facts import all_facts, lock_facts, record_fact
from pipeline.text.lexicon import read

RECORD = (Role.SUPERVISOR, Role.VICE_PRESIDENT, Role.ADMINISTRATOR)


_CHOOSES_MODE = (FactKind.MODE, FactKind.QUALIFICATION)


@dataclass(frozen=True, slots=True)
class Rules:
    """What facts are held against: the policy in force, and the names of the scripts that there are."""

    policy: Policy
    scripts: Collection[str]


@dataclass(frozen=True, slots=True)
class PlacedFact:
    """A fact and where it was given, as an error names it."""

    place: str
    fact: Fact


def script_names(lexicons: Path) -> frozenset[str]:
    """The scripts that a project can have."""
    return frozenset(read(file).text("project") for file in sorted((lexicons / "scripts").glob("*.toml")))


def record_all(
    session: Session, placed: Sequence[PlacedFact], person: Person, rules: Rules, today: date
) -> tuple[int, list[str]]:
    """Write the facts unless there is a reason against one; returns how many are new, and every reason."""
    lock_facts(session)
    known, new = dict(all_facts(session)), []
    for one in placed:
        theirs = known.get(one.fact.vendor, ())
        if is_news(one.fact, theirs):
            known[one.fact.vendor] = (*theirs, one.fact)
            new.append(one)
    problems = [
        f"{one.place}: {one.fact.kind.value} {one.fact.value}: {reason}"
        for one in new
        for reason in _against(one.fact, known, person, rules, today)
    ]
    if not problems:
        for one in new:
            record_fact(session, one.fact)
    return len(new), problems


def _against(
    fact: Fact, known: Mapping[str, tuple[Fact, ...]], person: Person, rules: Rules, today: date
) -> Iterator[str]:
    if fact.document_date is not None and fact.document_date > today:
        yield f"its document is of {fact.document_date}, which is in the future"
    if fact.kind in _CHOOSES_MODE and fact.value == Mode.SPECIALIST and person.role is not Role.VICE_PRESIDENT:
        yield "the vice-president approves specialists, each year anew; record it --as the vice-president"
    match fact.kind:
        case FactKind.REMOVED:
            yield "an exit takes three approvals: see `callqa exit-case list`"
        case FactKind.QUALIFICATION:
            latest = last_day(fact.valid_from, Mode(fact.value), rules.policy.registry)
            if fact.valid_until is not None and fact.valid_until > latest:
                yield f"lasts until {fact.valid_until}; one from {fact.valid_from} ends on {latest} at the latest"
        case FactKind.PARENT:
            yield from _against_parent(fact, known)
        case FactKind.DEPOSIT_RETURNED_FEN:
            if (held := deposit_held_fen(vendor_on(fact.vendor, known[fact.vendor], fact.valid_from))) < 0:
                yield f"{-held} fen more than the vendor ever gave"
        case FactKind.ADMITTED:
            yield from _against_admission(fact, known, rules.policy)
        case FactKind.PROJECT:
            yield from _against_project(fact, known, rules)
        case _:
            pass


def _against_parent(fact: Fact, known: Mapping[str, tuple[Fact, ...]]) -> Iterator[str]:
    parent = vendor_on(fact.value, known.get(fact.value, ()), fact.valid_from)
    if parent.mode is not Mode.GENERAL:
        yield f"only a general agent has subcontractors; {fact.value} is {parent.mode.value if parent.mode else 'none'}"
    if parent.parent is not None:
        yield f"{fact.value} is itself a subcontractor of {parent.parent}"
    if any(vendor_on(name, facts, fact.valid_from).parent == fact.vendor for name, facts in known.items()):
        yield f"{fact.vendor} has subcontractors of its own"


def _against_admission(fact: Fact, known: Mapping[str, tuple[Fact, ...]], policy: Policy) -> Iterator[str]:
    facts, business_type = known[fact.vendor], BusinessType(fact.value)
    vendor = vendor_on(fact.vendor, facts, fact.valid_from)
    yield from (f"{fact.vendor} lacks {reason}" for reason in missing_of(vendor, policy.registry))
    others = (vendor_on(name, theirs, fact.valid_from) for name, theirs in known.items() if name != fact.vendor)
    if (rival := rival_of(vendor, business_type, others)) is not None:
        yield f"{rival.name} works in it, and a general agent is the only one of its type"
    bar = barred_until(fact.vendor, facts, business_type, policy.exit)
    if bar is not None and fact.valid_from < bar:
        yield f"{fact.vendor} left, and may apply again from {bar} on"


def _against_project(fact: Fact, known: Mapping[str, tuple[Fact, ...]], rules: Rules) -> Iterator[str]:
    project = project_of(fact)
    if project.business_type not in vendor_on(fact.vendor, known[fact.vendor], fact.valid_from).types:
        yield f"{fact.vendor} is not admitted to {project.business_type.value} on {fact.valid_from}"
    if project.script not in rules.scripts:
        yield f"there is no script {project.script!r}; known: {', '.join(sorted(rules.scripts))}"
    if rules.policy.settlement.unit_price_fen(project.business_type, project.script_s) is None:
        yield f"policy {rules.policy.version} has no price for a script of {project.script_s} s"
