"""sample: calls drawn by plan, drawn by name, and draws made again to be compared."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.hearing import parse_day
from flows.console import out, print_json
from flows.signing_in import sign_in
from pipeline.errors import UsageError
from pipeline.records.draw import Draw, DrawKind
from pipeline.review.rights import ROLES, Act
from pipeline.sampling.draw import replay
from pipeline.services.drawing import draw_due, open_store, policy_of, yesterday
from pipeline.services.targeting import draw_on_purpose
from pipeline.services.withdrawing import withdraw_call
from pipeline.settings import Settings, load
from pipeline.store.drawn import draw_ids, frame_of, load_draw
from pipeline.store.engine import reading, writing
from pipeline.store.states import named_call


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("sample")(sample_command)
    app.command("withdraw")(withdraw_command)


def past_day(text: str, settings: Settings) -> date:
    """A day whose calls can all be there. Raises UsageError where it is none, or is not over in the configured zone."""
    day = parse_day(text)
    if day > (latest := yesterday(settings)):
        raise UsageError(f"{day} is not over in {settings.timezone}: name a day up to {latest}")
    return day


def sample_command(
    context: typer.Context,
    day: Annotated[
        str | None, typer.Option("--date", help="Draw what is due up to this day of calls (YYYY-MM-DD).")
    ] = None,
    replay_id: Annotated[
        str | None, typer.Option("--replay", metavar="ID", help="Draw again from the frozen list and compare.")
    ] = None,
    call: Annotated[
        list[str] | None, typer.Option(metavar="VENDOR/CALL", help="定向抽检: draw a named call on purpose.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="With --call: why it is drawn.")] = None,
    acting: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="With --call: the supervisor who answers for it.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="For simulated and test runs only; else the system gives one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Draw calls by plan, draw a named call, or replay a draw."""
    settings = load(context.obj)
    if sum(option is not None for option in (day, replay_id, call)) != 1:
        raise UsageError("sample takes exactly one of --date DAY, --replay ID, --call VENDOR/CALL")
    if call is None and (reason, acting) != (None, None):
        raise UsageError("--reason and --as go with --call VENDOR/CALL; what is drawn by plan needs neither")
    if replay_id is not None:
        _replay(settings, replay_id, as_json)
        return
    draws = _targeted(settings, call, reason, acting) if call else _due(settings, past_day(day or "", settings), seed)
    if as_json:
        print_json([_draw_json(draw) for draw in draws])
    else:
        _show_draws(draws)


def withdraw_command(
    context: typer.Context,
    call: Annotated[str, typer.Argument(metavar="VENDOR/CALL")],
    reason: Annotated[str, typer.Option(help="Why it is withdrawn.")],
    acting: Annotated[str, typer.Option("--as", metavar="NAME", help="The supervisor who answers for it.")],
) -> None:
    """Take a call out, in the operator's name: it is counted as withdrawn, and nothing can be decided about it any more."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=ROLES[Act.WITHDRAW])
    with writing(engine) as session:
        row = named_call(session, call)
        withdraw_call(session, row, reason, person, datetime.now(UTC))
        out.print(f"call {row.call_id} of {row.vendor} is withdrawn", markup=False)


def _due(settings: Settings, day: date, seed: str | None) -> list[Draw]:
    """Draw what is missing up to the day; all draws of the day, also those made before."""
    engine = open_store(settings)
    made = draw_due(settings, engine, day, seed)
    with reading(engine) as session:
        known = {draw.draw_id for draw in made}
        return made + [load_draw(session, draw_id) for draw_id in draw_ids(session, day) if draw_id not in known]


def _targeted(settings: Settings, names: list[str], reason: str | None, acting: str | None) -> list[Draw]:
    """All of the named calls, or none. Raises StoreError for one that was drawn or heard already."""
    if reason is None or acting is None:
        raise UsageError("sample --call takes a reason and a supervisor: --reason TEXT --as NAME")
    engine, now = open_store(settings), datetime.now(UTC)
    person, policy = sign_in(engine, acting, allowed=ROLES[Act.DRAW_ON_PURPOSE]), policy_of(settings).version
    with writing(engine) as session:
        rows = [named_call(session, name) for name in dict.fromkeys(names)]
        return [draw_on_purpose(session, row, reason, person, policy, now) for row in rows]


def _replay(settings: Settings, draw_id: str, as_json: bool) -> None:
    with reading(open_store(settings)) as session:
        draw = load_draw(session, draw_id)
        differences = replay(draw, frame_of(session, draw_id))
    if as_json:
        print_json({**_draw_json(draw), "differences": list(differences)})
    elif differences:
        out.print(f"{draw_id} does NOT replay:")
        for difference in differences:
            out.print(f"  {difference}", markup=False)
    else:
        out.print(f"{draw_id} replays: the same {len(draw.drawn)} calls from the same frame and seed")
    if differences:
        raise typer.Exit(1)


def _draw_json(draw: Draw) -> dict[str, object]:
    return {
        "draw": draw.draw_id,
        "kind": draw.kind.value,
        "vendor": draw.vendor,
        "project": draw.project,
        "day": draw.day.isoformat(),
        "frame_sha256": draw.frame_sha256,
        "seed_sha256": draw.seed_sha256,
        "seed": draw.seed,
        "policy": draw.plan.policy_version,
        "calls": [
            {
                "call_id": call.call_id,
                "stratum": call.stratum,
                "probability": [call.probability_num, call.probability_den],
                "formal": call.formal,
            }
            for call in draw.drawn
        ],
    }


def _show_draws(draws: list[Draw]) -> None:
    table = Table(title="Draws")
    for heading in ("draw", "vendor", "project", "day", "calls", "formal", "frame"):
        table.add_column(heading)
    for draw in draws:
        formal = sum(call.formal for call in draw.drawn)
        kind = "" if draw.kind is DrawKind.RANDOM else " (targeted)"
        row = (draw.draw_id + kind, draw.vendor, draw.project, str(draw.day), str(len(draw.drawn)), str(formal))
        table.add_row(*row, draw.frame_sha256[:12])
    out.print(table if draws else "nothing to draw: no connected calls up to that day")
