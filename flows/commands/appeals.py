"""appeal: a vendor's word against a verdict, and what becomes of it."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows.console import out, print_json
from flows.desk import sit_down
from flows.options import ActingAs, AsJson
from flows.showing_review import appeal_json, posted_json, posted_line, state_of, table_of
from pipeline.errors import UsageError
from pipeline.review.rights import Act
from pipeline.services.appealing import appeal, decide_appeal, verdict_behind
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.appeals import appeals
from pipeline.store.engine import reading, writing

appealing = typer.Typer(no_args_is_help=True, help="Vendors' appeals (申诉) against verdicts.")

Reason = Annotated[str, typer.Option(help="Why.")]


@appealing.command("file")
def file_command(
    context: typer.Context,
    acting: ActingAs,
    reason: Reason,
    verdict_id: Annotated[int | None, typer.Argument(metavar="[VERDICT]")] = None,
    number: Annotated[int | None, typer.Option("--entry", metavar="N", help="The ledger's entry instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Appeal against a verdict or the entry it made: the vendor whose call it is, in time, once."""
    if (verdict_id is None) == (number is None):
        raise UsageError("appeal file takes either a VERDICT or --entry N")
    desk = sit_down(context, acting, Act.APPEAL)
    with writing(desk.engine) as session:
        against = verdict_id if verdict_id is not None else verdict_behind(session, number or 0)
        filed = appeal(session, against, reason, desk.person, desk.now, desk.zone)
    if as_json:
        print_json(appeal_json(filed))
    else:
        out.print(f"appeal {filed.appeal_id} against verdict {filed.verdict_id} is filed", markup=False)


@appealing.command("decide")
def decide_command(
    context: typer.Context,
    appeal_id: Annotated[int, typer.Argument(metavar="APPEAL")],
    acting: ActingAs,
    reason: Reason,
    upheld: Annotated[bool, typer.Option("--uphold/--reject", help="The vendor is right, or is not.")],
    as_json: AsJson = False,
) -> None:
    """Decide an appeal, once and for all: a supervisor who had no hand in the verdict."""
    desk = sit_down(context, acting, Act.DECIDE_APPEAL)
    with writing(desk.engine) as session:
        done = decide_appeal(
            session, appeal_id, upheld=upheld, decision=reason, person=desk.person, now=desk.now, model=desk.model
        )
    if as_json:
        print_json({**appeal_json(done.appeal), "posted": posted_json(done.posted)})
    else:
        told = f"appeal {appeal_id} is {state_of(done.appeal)}; {posted_line(done.posted)}"
        out.print(told, markup=False, soft_wrap=True)


@appealing.command("list")
def list_command(
    context: typer.Context,
    vendor: Annotated[str | None, typer.Option()] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that nobody has decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """Appeals as they were filed."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        found = appeals(session, vendor, only_open=only_open)
    if as_json:
        print_json([appeal_json(one) for one in found])
        return
    zone = ZoneInfo(settings.timezone)
    rows = (
        (
            str(one.appeal_id),
            str(one.verdict_id),
            one.vendor,
            f"{one.filed_at.astimezone(zone):%Y-%m-%d}",
            state_of(one),
            one.reason,
            one.decision or "",
        )
        for one in found
    )
    headings = ("appeal", "verdict", "vendor", "filed", "state", "reason", "decision")
    out.print(table_of("Appeals", headings, rows) if found else "no appeals")
