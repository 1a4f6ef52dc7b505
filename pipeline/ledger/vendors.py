"""A vendor as it is known on a day, from all that was ever recorded of it (P-01, P-10).

    recorded 2026-01-02   mode general     from 2026-01-01
    recorded 2026-05-20   mode specialist  from 2026-06-01
    recorded 2026-07-03   mode exclusive   from 2026-01-01     a correction

On 31 May the vendor was exclusive (of what began on 1 January the last word counts), on 1 June specialist: what begins later holds, whenever
it was recorded. A fact whose last day is over holds no more, and what it had replaced does not come back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from pipeline.policy.registry import RegistryPolicy
from pipeline.records.month import Month
from pipeline.records.project import BusinessType, Mode, Project
from pipeline.records.registry import Fact, FactKind, Term, Vendor, project_of

# Whose a vendor's faults and warnings are on a day: its general agent's where it is a subcontractor then, else its own (P-01).
Agents: TypeAlias = Callable[[str, date], str]


def vendor_on(name: str, facts: Sequence[Fact], day: date) -> Vendor:
    """The vendor on a day; `facts` are its own in the order in which they were recorded. Of one without facts nothing is known."""
    holding = tuple(facts_on(facts, day))
    one = {fact.kind: fact for fact in holding if not fact.kind.is_many and fact.kind is not FactKind.PROJECT}
    mode, parent, term = (one.get(kind) for kind in (FactKind.MODE, FactKind.PARENT, FactKind.QUALIFICATION))
    return Vendor(
        name=name,
        day=day,
        mode=Mode(mode.value) if mode else None,
        parent=parent.value if parent else None,
        term=Term(term.valid_from, term.valid_until) if term and term.valid_until else None,
        types=_types(holding),
        projects=tuple(project_of(fact) for fact in holding if fact.kind is FactKind.PROJECT),
        agents=tuple(fact.value for fact in holding if fact.kind is FactKind.AGENT),
        facts=holding,
    )


def facts_on(facts: Iterable[Fact], day: date) -> list[Fact]:
    """Those of a vendor's facts that hold on a day, one for each matter."""
    last: dict[tuple[FactKind, str, str], Fact] = {}
    for fact in facts:
        matter = _matter(fact)
        if fact.valid_from <= day and (matter not in last or last[matter].valid_from <= fact.valid_from):
            last[matter] = fact
    return [fact for fact in last.values() if fact.valid_until is None or fact.valid_until >= day]


def is_news(fact: Fact, facts: Iterable[Fact]) -> bool:
    """Whether a fact says anything else than the last word on its matter from the same day on; `facts` are the vendor's."""
    last = None
    for known in facts:
        if _matter(known) == _matter(fact) and known.valid_from == fact.valid_from:
            last = known
    return last is None or _said(last) != _said(fact)


def project_on(vendor: str, name: str, facts: Sequence[Fact], day: date, policy: RegistryPolicy) -> Project | None:
    """A vendor's project on a day. One that was never registered is a shipped script's where it has its name, else None."""
    named = [fact for fact in facts if fact.kind is FactKind.PROJECT and fact.project == name]
    if named:
        return next((project_of(fact) for fact in facts_on(named, day)), None)
    if name not in tuple(BusinessType):
        return None
    business_type = BusinessType(name)
    return Project(vendor, name, business_type, name, policy.script_s[business_type])


def project_in(vendor: str, name: str, facts: Sequence[Fact], month: Month, policy: RegistryPolicy) -> Project | None:
    """A vendor's project in a month: as it was on the last day of it on which it was registered, for one may end with its calls."""
    ends = {fact.valid_until for fact in facts if fact.project == name and fact.valid_until is not None}
    days = sorted({month.last_day} | {day for day in ends if month.first_day <= day <= month.last_day}, reverse=True)
    found = (project_on(vendor, name, facts, day, policy) for day in days)
    return next((project for project in found if project is not None), None)


def general_agent(name: str, parents: Mapping[str, str]) -> str:
    """Whose faults a vendor's are in the end: its general agent's, or its own (P-01). `parents` are those of all subcontractors."""
    seen = {name}
    while (above := parents.get(name)) is not None and above not in seen:
        seen.add(above)
        name = above
    return name


def _matter(fact: Fact) -> tuple[FactKind, str, str]:
    return fact.kind, fact.project, fact.value if fact.kind.is_many else ""


def _said(fact: Fact) -> tuple[str, date | None, str, date | None]:
    return fact.value, fact.valid_until, fact.document, fact.document_date


def _types(holding: Sequence[Fact]) -> tuple[BusinessType, ...]:
    """Types that the vendor is admitted to: what was removed is out from that day on until it is admitted anew."""
    out = {fact.value: fact.valid_from for fact in holding if fact.kind is FactKind.REMOVED}
    admitted = {fact.value: fact.valid_from for fact in holding if fact.kind is FactKind.ADMITTED}
    return tuple(kind for kind in BusinessType if kind in admitted and admitted[kind] > out.get(kind, date.min))
