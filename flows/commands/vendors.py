"""vendor: what is known of vendors, from when, on which document; whether they may work; their yearly check."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from flows.commands.hearing import parse_day
from flows.console import out, print_json
from flows.options import ActingAs, AsJson, today
from flows.showing_vendors import checks_table, facts_table, vendors_table
from flows.signing_in import sign_in
from pipeline.errors import DataError, UsageError
from pipeline.ledger.admission import missing_of
from pipeline.ledger.vendors import vendor_on
from pipeline.ledger.yearly_check import CheckState, yearly_check
from pipeline.policy.policy import Policy
from pipeline.records.month import Month
from pipeline.records.person import Person
from pipeline.records.project import Mode
from pipeline.records.registry import Fact, FactKind
from pipeline.services.drawing import open_store
from pipeline.services.objects.vendors import check_json, vendor_json
from pipeline.services.registering import RECORD, PlacedFact, Rules, record_all, script_names
from pipeline.services.registry_file import kind_of, read_facts, until_of
from pipeline.settings import Settings, load
from pipeline.store.engine import reading, writing
from pipeline.store.facts import all_facts, facts_of, known_vendor
from pipeline.store.policies import policy_for

vendor = typer.Typer(no_args_is_help=True, help="Vendors: what is known of them, and whether they may work.")

Name = Annotated[str, typer.Argument(metavar="VENDOR")]
From = Annotated[str, typer.Option("--from", metavar="DAY", help="From this day on.")]
Until = Annotated[str | None, typer.Option(metavar="DAY", help="The last day; default none, of a term its longest.")]
Document = Annotated[str, typer.Option(help="Number of the document it rests on.")]
DocumentDate = Annotated[str | None, typer.Option(metavar="DAY", help="The document's date.")]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="As known on this day; default today.")]


@vendor.command("add")
def add_command(
    context: typer.Context,
    name: Name,
    first: From,
    acting: ActingAs,
    mode: Annotated[Mode, typer.Option(help="总代理 general, 专营代理 exclusive, 专业代理 specialist.")],
    parent: Annotated[str | None, typer.Option(help="The general agent whose subcontractor it is.")] = None,
    until: Until = None,
    document: Document = "",
    document_date: DocumentDate = None,
) -> None:
    """Register a vendor with its mode and qualification; what else is asked of it comes by `record` or `import`."""
    given = [FactKind.QUALIFICATION] + ([FactKind.MODE] if parent is None else [])
    if parent is not None and mode is not Mode.GENERAL:
        raise UsageError(f"a subcontractor is qualified under its general agent: --mode general, not {mode.value}")
    desk = _Desk(load(context.obj), acting)
    with reading(desk.engine) as session:
        if facts_of(session, name):
            raise DataError(f"vendor {name!r} is registered already; `callqa vendor record` says what is new of it")
    written = [(kind, mode.value) for kind in given] + ([(FactKind.PARENT, parent)] if parent else [])
    desk.record_or_refuse(
        [desk.fact(name, kind, value, first, until, document, document_date) for kind, value in written]
    )
    out.print(f"{name} is registered", markup=False)


@vendor.command("record")
def record_command(
    context: typer.Context,
    name: Name,
    fact: Annotated[str, typer.Argument(metavar="FACT", help="Its word or Chinese name; a wrong one lists all.")],
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    first: From,
    acting: ActingAs,
    project: Annotated[str, typer.Option(help="Of a project's fact: VALUE is 'TYPE SCRIPT SECONDS'.")] = "",
    until: Until = None,
    document: Document = "",
    document_date: DocumentDate = None,
) -> None:
    """Record what is known of a vendor from a day on. Nothing recorded before is changed."""
    try:
        kind = kind_of(fact)
    except ValueError as error:
        raise UsageError(str(error)) from error
    desk = _Desk(load(context.obj), acting)
    with reading(desk.engine) as session:
        known_vendor(session, name, today(desk.settings))
    new = desk.record_or_refuse([desk.fact(name, kind, value, first, until, document, document_date, project)])
    out.print(f"{name}: {kind.value} {value} {'is recorded' if new else 'was known already'}", markup=False)


@vendor.command("import")
def import_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or .xlsx: vendor, fact, value, valid_from, …")],
    acting: ActingAs,
    as_json: AsJson = False,
) -> None:
    """Record a table of facts, one a row: all of them, or none and every line that is wrong."""
    desk = _Desk(load(context.obj), acting)
    facts, problems = read_facts(file, desk.person, desk.now, desk.policy.registry)
    new = 0
    if not problems:
        new, problems = desk.record(facts)
    if as_json:
        print_json({"rows": len(facts), "new": 0 if problems else new, "problems": problems})
    else:
        for problem in problems:
            out.print(problem, markup=False, soft_wrap=True)
        told = f"{len(problems)} lines are wrong, nothing is recorded" if problems else f"{new} of {len(facts)} are new"
        out.print(f"{file}: {told}", markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)


@vendor.command("show")
def show_command(context: typer.Context, name: Name, on: On = None, as_json: AsJson = False) -> None:
    """What is known of a vendor on a day, and what it lacks."""
    settings = load(context.obj)
    day = parse_day(on) if on else today(settings)
    with reading(open_store(settings)) as session:
        shown = known_vendor(session, name, day)
        policy = policy_for(session, Month.of(day))
        check = yearly_check(name, facts_of(session, name), day.year, day, policy.registry)
    missing = missing_of(shown, policy.registry)
    if as_json:
        print_json({**vendor_json(shown, missing), "yearly_check": check_json(check)})
        return
    out.print(facts_table(shown))
    for line in missing:
        out.print(f"lacks {line}", markup=False)
    out.print(f"yearly check {check.year}: {check.state.value}", markup=False)


@vendor.command("list")
def list_command(context: typer.Context, on: On = None, as_json: AsJson = False) -> None:
    """All vendors as they are known on a day."""
    settings = load(context.obj)
    day = parse_day(on) if on else today(settings)
    with reading(open_store(settings)) as session:
        known = all_facts(session)
        registry = policy_for(session, Month.of(day)).registry
    shown = [(one := vendor_on(name, facts, day), missing_of(one, registry)) for name, facts in known.items()]
    if as_json:
        print_json([vendor_json(one, missing) for one, missing in shown])
    else:
        out.print(vendors_table(shown, day) if shown else "no vendor is registered: `callqa vendor add`")


@vendor.command("yearly-report")
def yearly_report_command(
    context: typer.Context,
    year: Annotated[int | None, typer.Option(min=2000, max=2100, help="Default: this year.")] = None,
    as_json: AsJson = False,
) -> None:
    """年度资格验证: which vendors were visited, what the report decided, who is due. Exit 1 while one is overdue."""
    settings = load(context.obj)
    day = today(settings)
    wanted = year or day.year
    with reading(open_store(settings)) as session:
        registry = policy_for(session, Month.of(min(day, date(wanted, 12, 31)))).registry
        checks = [yearly_check(name, facts, wanted, day, registry) for name, facts in all_facts(session).items()]
    if as_json:
        print_json([check_json(check) for check in checks])
    else:
        out.print(checks_table(checks, wanted) if checks else "no vendor is registered: `callqa vendor add`")
    if any(check.state is CheckState.OVERDUE for check in checks):
        raise typer.Exit(1)


class _Desk:
    """Who records, under which policy and clock."""

    def __init__(self, settings: Settings, acting: str) -> None:
        self.settings = settings
        self.engine: Engine = open_store(settings)
        self.person: Person = sign_in(self.engine, acting, allowed=RECORD)
        self.now = datetime.now(UTC)
        with reading(self.engine) as session:
            self.policy: Policy = policy_for(session, Month.of(today(settings)))

    def fact(
        self,
        name: str,
        kind: FactKind,
        value: str,
        first: str,
        until: str | None,
        document: str,
        document_date: str | None,
        project: str = "",
    ) -> PlacedFact:
        """A fact from the command line. Raises UsageError where it makes no sense."""
        begins, ends = parse_day(first), parse_day(until) if until else None
        try:
            fact = Fact(
                vendor=name,
                kind=kind,
                value=value,
                valid_from=begins,
                person=self.person.name,
                recorded_at=self.now,
                project=project,
                valid_until=until_of(kind, value, begins, ends, self.policy.registry),
                document=document,
                document_date=parse_day(document_date) if document_date else None,
            )
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from error
        return PlacedFact(name, fact)

    def record(self, facts: Sequence[PlacedFact]) -> tuple[int, list[str]]:
        """Write all of them, or none where there is a reason against one: how many are new, and every reason."""
        rules = Rules(self.policy, script_names(self.settings.lexicons_path))
        with writing(self.engine) as session:
            return record_all(session, facts, self.person, rules, today(self.settings))

    def record_or_refuse(self, facts: Sequence[PlacedFact]) -> int:
        """Write all of them; returns how many are new. Raises DataError with the first reason against one."""
        new, problems = self.record(facts)
        if problems:
            raise DataError(problems[0])
        return new
