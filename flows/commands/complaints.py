"""complaint, number-check, project-check: what counts against a vendor beside its calls (P-40, P-41)."""

from typing import Annotated

import typer

from flows.commands.hearing import parse_day
from flows.console import out, print_json
from flows.desk import sit_down
from flows.options import ActingAs, AsJson, parse_month
from flows.showing_review import (
    complaint_json,
    number_check_json,
    posted_json,
    posted_line,
    project_check_json,
    table_of,
)
from pipeline.review.rights import Act
from pipeline.services.complaining import Counted, check_number, check_project, decide_complaint
from pipeline.services.drawing import open_store
from pipeline.services.objects import Json
from pipeline.settings import load
from pipeline.store.complaints import answer_complaint, complaints, record_complaint
from pipeline.store.engine import reading, writing
from pipeline.store.number_checks import NumberCheck, number_checks
from pipeline.store.project_checks import ProjectCheck, project_checks
from pipeline.store.tables.review import ComplaintState
from pipeline.text.masking import mask

complaint = typer.Typer(no_args_is_help=True, help="Customers' complaints (投诉), answered and decided.")
number = typer.Typer(no_args_is_help=True, help="Numbers called to check what was done there (号码抽查).")
project = typer.Typer(no_args_is_help=True, help="What projects fall short of (项目检查).")

OfVendor = Annotated[str, typer.Option("--vendor")]
OfProject = Annotated[str, typer.Option("--project")]
ComplaintId = Annotated[int, typer.Argument(metavar="COMPLAINT")]
Text = Annotated[str, typer.Option(help="In your words.")]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="Default: today.")]
Call = Annotated[str | None, typer.Option("--call", metavar="CALL_ID")]
Vendor = Annotated[str | None, typer.Option("--vendor")]
InMonth = Annotated[str | None, typer.Option("--month", metavar="MONTH", help="2026-03")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(complaint, name="complaint")
    app.add_typer(number, name="number-check")
    app.add_typer(project, name="project-check")


@complaint.command("add")
def add_complaint_command(
    context: typer.Context,
    vendor: OfVendor,
    of: OfProject,
    text: Text,
    acting: ActingAs,
    on: On = None,
    call: Call = None,
    as_json: AsJson = False,
) -> None:
    """Record a complaint on the day it was received."""
    desk = sit_down(context, acting, Act.RECORD_COMPLAINT)
    day = parse_day(on) if on else desk.today
    with writing(desk.engine) as session:
        made = record_complaint(session, vendor, of, day, text, desk.person, desk.now, today=desk.today, call_id=call)
    _say(complaint_json(made), f"complaint {made.complaint_id} is recorded", as_json)


@complaint.command("answer")
def answer_command(
    context: typer.Context, complaint_id: ComplaintId, text: Text, acting: ActingAs, as_json: AsJson = False
) -> None:
    """The vendor's answer, given once and before the decision."""
    desk = sit_down(context, acting, Act.ANSWER_COMPLAINT)
    with writing(desk.engine) as session:
        made = answer_complaint(session, complaint_id, text, desk.person, desk.now)
    _say(complaint_json(made), f"complaint {complaint_id} is answered", as_json)


@complaint.command("decide")
def decide_command(
    context: typer.Context,
    complaint_id: ComplaintId,
    justified: Annotated[bool, typer.Option("--justified/--unjustified", help="有理由 or not.")],
    text: Text,
    acting: ActingAs,
    as_json: AsJson = False,
) -> None:
    """Decide a complaint, once and for all: a supervisor who has not recorded it. A justified one is a fault."""
    desk = sit_down(context, acting, Act.DECIDE_COMPLAINT)
    with writing(desk.engine) as session:
        done = decide_complaint(
            session, complaint_id, justified=justified, decision=text, person=desk.person, now=desk.now
        )
    what = "justified" if justified else "unjustified"
    _counted(done, f"complaint {complaint_id} is {what}", as_json)


@complaint.command("list")
def list_complaints_command(
    context: typer.Context,
    vendor: Vendor = None,
    month: InMonth = None,
    state: Annotated[ComplaintState | None, typer.Option()] = None,
    as_json: AsJson = False,
) -> None:
    """Complaints as they were recorded."""
    with reading(open_store(load(context.obj))) as session:
        found = complaints(session, vendor, month=parse_month(month) if month else None, state=state)
    if as_json:
        print_json([complaint_json(one) for one in found])
        return
    rows = (
        (
            *(str(one.complaint_id), one.vendor, one.project, f"{one.received_on}", one.call_id or "", one.state.value),
            *(mask(one.text), mask(one.answer or "")),
        )
        for one in found
    )
    headings = ("complaint", "vendor", "project", "received", "call", "state", "text", "answer")
    out.print(table_of("Complaints", headings, rows) if found else "no complaints")


@number.command("add")
def add_number_command(
    context: typer.Context,
    vendor: OfVendor,
    of: OfProject,
    called: Annotated[str, typer.Argument(metavar="NUMBER")],
    acting: ActingAs,
    fault: Annotated[str | None, typer.Option(help="What was wrong; without it all was in order.")] = None,
    on: On = None,
    call: Call = None,
    as_json: AsJson = False,
) -> None:
    """Record a number that was called to check on it. A fault counts against the vendor."""
    desk = sit_down(context, acting, Act.CHECK_NUMBER)
    day = parse_day(on) if on else desk.today
    with writing(desk.engine) as session:
        done = check_number(
            session, vendor, of, day, called, fault, desk.person, desk.now, zone=desk.zone, call_id=call
        )
    _counted(done, "the check is recorded", as_json)


@number.command("list")
def list_numbers_command(
    context: typer.Context, vendor: Vendor = None, month: InMonth = None, as_json: AsJson = False
) -> None:
    """Checked numbers as they were recorded."""
    with reading(open_store(load(context.obj))) as session:
        found = number_checks(session, vendor, month=parse_month(month) if month else None)
    if as_json:
        print_json([number_check_json(one) for one in found])
        return
    rows = (
        (
            *(str(one.check_id), one.vendor, one.project, f"{one.checked_on}", mask(one.number), one.call_id or ""),
            one.fault or "in order",
        )
        for one in found
    )
    headings = ("check", "vendor", "project", "day", "number", "call", "fault")
    out.print(table_of("Number checks", headings, rows) if found else "no number checks")


@project.command("add")
def add_project_command(
    context: typer.Context,
    vendor: OfVendor,
    of: OfProject,
    month: Annotated[str, typer.Option(metavar="MONTH", help="2026-03")],
    item: Annotated[str, typer.Option(help="Which requirement.")],
    points: Annotated[int, typer.Option(min=1, max=100, help="So many are lost.")],
    text: Text,
    acting: ActingAs,
    as_json: AsJson = False,
) -> None:
    """Record what a project fell short of in a month; it loses points."""
    wanted = parse_month(month)
    desk = sit_down(context, acting, Act.CHECK_PROJECT)
    with writing(desk.engine) as session:
        done = check_project(session, vendor, of, wanted, item, points, text, desk.person, desk.now, zone=desk.zone)
    _counted(done, "the check is recorded", as_json)


@project.command("list")
def list_projects_command(
    context: typer.Context, vendor: Vendor = None, month: InMonth = None, as_json: AsJson = False
) -> None:
    """Project checks as they were recorded."""
    with reading(open_store(load(context.obj))) as session:
        found = project_checks(session, vendor, month=parse_month(month) if month else None)
    if as_json:
        print_json([project_check_json(one) for one in found])
        return
    rows = (
        (str(one.check_id), one.vendor, one.project, one.month, one.item, f"-{one.points}", one.text) for one in found
    )
    headings = ("check", "vendor", "project", "month", "item", "points", "text")
    out.print(table_of("Project checks", headings, rows) if found else "no project checks")


def _counted(done: Counted, said: str, as_json: bool) -> None:
    made = done.record
    if isinstance(made, NumberCheck):
        shown = number_check_json(made)
    else:
        shown = project_check_json(made) if isinstance(made, ProjectCheck) else complaint_json(made)
    _say({**shown, "posted": posted_json([done.posted])}, f"{said}; {posted_line([done.posted])}", as_json)


def _say(shown: Json, said: str, as_json: bool) -> None:
    if as_json:
        print_json(shown)
    else:
        out.print(said, markup=False, soft_wrap=True)
