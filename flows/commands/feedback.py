"""feedback: what each vendor is told on the day itself, delivered, acknowledged, overdue (P-40)."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import parse_day
from flows.console import out, print_json
from flows.options import ActingAs, AsJson, today
from flows.signing_in import sign_in
from pipeline.errors import UsageError
from pipeline.export.feedback import is_overdue
from pipeline.records.feedback import Letter
from pipeline.records.person import Role
from pipeline.services.drawing import open_store
from pipeline.services.feedback import write_feedback, write_reminders
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.outbox import Kept, acknowledge, find_letter, letters

feedback = typer.Typer(
    no_args_is_help=True, help="Letters to vendors: what was found that day, and what is to be corrected."
)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(feedback, name="feedback")


@feedback.command("write")
def write_command(
    context: typer.Context,
    day: Annotated[
        str | None, typer.Option("--date", help="The day of the decisions; default yesterday and today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write each vendor's letter of a day, and reminders of what is overdue. Again, only what is new is told."""
    settings, now = load(context.obj), datetime.now(UTC)
    engine, current = open_store(settings), today(settings)
    days = [current - timedelta(days=1), current] if day is None else [parse_day(day)]
    if days[-1] > current:
        raise UsageError(f"{days[-1]} is to come: nothing was decided then")
    written = [letter for each in days for letter in write_feedback(settings, engine, each, now)]
    written += write_reminders(engine, current, now)
    if as_json:
        print_json([_letter_json(letter) for letter in written])
        return
    for letter in written:
        out.print(f"{letter.vendor}: {letter.title}", markup=False, soft_wrap=True)
    out.print(f"{len(written)} letters written; `callqa feedback send` delivers them")


@feedback.command("send")
def send_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Deliver what was written; exit 1 where a letter could not be, which the next run tries again."""
    from pipeline.services.delivery import deliver

    settings = load(context.obj)
    done = deliver(settings, open_store(settings))
    if as_json:
        print_json(
            [{"letter": one.letter_id, "vendor": one.vendor, "title": one.title, "error": one.error} for one in done]
        )
    else:
        for one in done:
            became = "delivered" if one.error is None else f"NOT delivered: {one.error}"
            out.print(f"{one.letter_id} {one.vendor}: {one.title}: {became}", markup=False, soft_wrap=True)
        out.print(f"{sum(one.error is None for one in done)} of {len(done)} letters delivered")
    if any(one.error is not None for one in done):
        raise typer.Exit(1)


@feedback.command("list")
def list_command(
    context: typer.Context,
    vendor: Annotated[str | None, typer.Option()] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only demands that nobody acknowledged in time.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the letters, whether they went out, and whether their demands were acknowledged."""
    settings = load(context.obj)
    current = today(settings)
    with reading(open_store(settings)) as session:
        found = letters(session, vendor, only_unacknowledged=overdue)
    shown = [kept for kept in found if not overdue or is_overdue(kept.acknowledge_by, current)]
    if as_json:
        print_json([_kept_json(kept, current) for kept in shown])
        return
    table = Table(title=f"{len(shown)} letters")
    for heading in ("letter", "vendor", "day", "title", "sent", "acknowledged"):
        table.add_column(heading)
    for kept in shown:
        sent = str(kept.sent_at.date()) if kept.sent_at else f"no ({kept.attempts} tries)" if kept.attempts else "no"
        letter = kept.letter
        table.add_row(str(kept.letter_id), letter.vendor, str(letter.day), letter.title, sent, _state(kept, current))
    out.print(table)


@feedback.command("show")
def show_command(context: typer.Context, letter_id: Annotated[int, typer.Argument(metavar="LETTER")]) -> None:
    """Print a letter."""
    with reading(open_store(load(context.obj))) as session:
        kept = find_letter(session, letter_id)
    out.print(kept.letter.body, markup=False, soft_wrap=True, end="")


@feedback.command("acknowledge")
def acknowledge_command(
    context: typer.Context, letter_id: Annotated[int, typer.Argument(metavar="LETTER")], name: ActingAs
) -> None:
    """Confirm, as the vendor, that a demand has arrived."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, name, allowed=(Role.VENDOR,))
    with writing(engine) as session:
        kept = acknowledge(session, letter_id, person, datetime.now(UTC))
    out.print(f"letter {letter_id} to {kept.letter.vendor} is acknowledged by {person.name}", markup=False)


def _state(kept: Kept, current: date) -> str:
    if kept.acknowledged_by is not None:
        return f"by {kept.acknowledged_by}"
    due = kept.acknowledge_by
    if due is None:
        return f"within {kept.letter.acknowledge_days} days of its delivery" if kept.waits else "–"
    return f"OVERDUE since {due}" if is_overdue(due, current) else f"due {due}"


def _letter_json(letter: Letter) -> dict[str, object]:
    return {
        "vendor": letter.vendor,
        "kind": letter.kind.value,
        "day": letter.day.isoformat(),
        "title": letter.title,
        "subjects": list(letter.subjects),
        "acknowledge_days": letter.acknowledge_days,
    }


def _kept_json(kept: Kept, current: date) -> dict[str, object]:
    return {
        "letter": kept.letter_id,
        **_letter_json(kept.letter),
        "created_at": kept.created_at.isoformat(),
        "attempts": kept.attempts,
        "last_error": kept.last_error,
        "sent_at": None if kept.sent_at is None else kept.sent_at.isoformat(),
        "acknowledge_by": None if kept.acknowledge_by is None else kept.acknowledge_by.isoformat(),
        "acknowledged_by": kept.acknowledged_by,
        "acknowledged_at": None if kept.acknowledged_at is None else kept.acknowledged_at.isoformat(),
        "overdue": kept.acknowledged_at is None and is_overdue(kept.acknowledge_by, current),
    }
