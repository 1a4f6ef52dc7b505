"""review calls, review done: calls of the formal sample, heard whole."""

from typing import Annotated

import typer

from flows.console import out, print_json
from flows.desk import sit_down
from flows.options import ActingAs, AsJson, parse_month
from flows.showing_review import table_of
from pipeline.review.rights import Act
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.hearings import mark_reviewed, to_hear
from pipeline.store.states import named_call
from pipeline.text.clock import clock

CallName = Annotated[str, typer.Argument(metavar="VENDOR/CALL")]


def calls_command(
    context: typer.Context,
    month: Annotated[str, typer.Argument(metavar="MONTH", help="2026-03")],
    vendor: Annotated[str | None, typer.Option()] = None,
    project: Annotated[str | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Calls of the formal sample to be heard whole, before looking at what was found in them."""
    with reading(open_store(load(context.obj))) as session:
        waiting = to_hear(session, parse_month(month), vendor, project)
    if as_json:
        print_json(
            [
                {
                    "vendor": one.row.vendor,
                    "project": one.row.project,
                    "call_id": one.row.call_id,
                    "day": one.day.isoformat(),
                }
                for one in waiting[:limit]
            ]
        )
        return
    rows = (
        (f"{one.row.vendor}/{one.row.call_id}", one.row.project, f"{one.day}", clock(one.row.duration_ms))
        for one in waiting[:limit]
    )
    table = table_of(f"To hear: {len(waiting)}", ("call", "project", "day", "length"), rows)
    out.print(table if waiting else "no call of the formal sample waits to be heard whole")


def done_command(context: typer.Context, call: CallName, acting: ActingAs) -> None:
    """The call was heard whole, and everything in it is decided or added."""
    desk = sit_down(context, acting, Act.REVIEW)
    with writing(desk.engine) as session:
        new = mark_reviewed(session, named_call(session, call).id, desk.person, desk.now)
    out.print(f"{call} {'is' if new else 'was already'} heard whole by {desk.person.name}", markup=False)
