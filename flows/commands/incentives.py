"""points, ranking: the points account, its exchange, and who should get more of the work (P-43)."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from flows.console import out, print_json
from flows.importing import InMonth, OfVendor
from flows.options import ActingAs, AsJson, parse_month, today
from flows.signing_in import sign_in
from pipeline.ledger.incentives import balance, exchange_entry
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.services.drawing import open_store
from pipeline.services.ranking import TypeRanking, rank_types
from pipeline.settings import load
from pipeline.store.cases import lock_ledger
from pipeline.store.engine import reading, writing
from pipeline.store.facts import known_vendor
from pipeline.store.ledger import entries, open_month, post
from pipeline.store.month_lines import find_closing
from pipeline.store.policies import policy_for, policy_of_version

points = typer.Typer(no_args_is_help=True, help="The points accounts of vendors.")
EXCHANGE = (Role.MARKETING, Role.VICE_PRESIDENT)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(points, name="points")
    app.command("ranking")(ranking_command)


@points.command("show")
def show_command(context: typer.Context, vendor: OfVendor, as_json: AsJson = False) -> None:
    """What a vendor's months have earned, what was exchanged, what is left."""
    with reading(open_store(load(context.obj))) as session:
        posted = list(entries(session, vendor=vendor, kinds=(EntryKind.POINTS,)))
    if as_json:
        print_json({"vendor": vendor, "balance": balance(posted), "entries": [_entry_json(one) for one in posted]})
        return
    table = Table(title=f"Points of {vendor}")
    for heading in ("entry", "month", "project", "for", "points", "yuan"):
        table.add_column(heading, justify="right" if heading in ("entry", "points", "yuan") else "left")
    for number, entry in ((one.number, one.entry) for one in posted):
        yuan = f"{entry.amount_fen / 100:.2f}" if entry.amount_fen else ""
        table.add_row(str(number), str(entry.month), entry.project or "", entry.note, f"{entry.points:+d}", yuan)
    out.print(table if posted else f"{vendor}: no month has earned or lost points")
    out.print(f"balance: {balance(posted)}")


@points.command("exchange")
def exchange_command(
    context: typer.Context,
    vendor: OfVendor,
    count: Annotated[int, typer.Argument(metavar="POINTS", min=1)],
    acting: ActingAs,
) -> None:
    """Exchange points for cash (兑换): the entry in the ledger is the order to pay."""
    settings = load(context.obj)
    engine, now, day = open_store(settings), datetime.now(UTC), today(settings)
    person = sign_in(engine, acting, allowed=EXCHANGE)
    with writing(engine) as session:
        # Two at once must not both spend the same points.
        lock_ledger(session)
        known_vendor(session, vendor, day)
        month = open_month(session, Month.of(day))
        standing = balance(entries(session, vendor=vendor, kinds=(EntryKind.POINTS,)))
        entry = exchange_entry(vendor, count, standing, month, person, policy_for(session, month), now)
        (posted,) = post(session, [entry])
    told = f"entry {posted.number}: {vendor} gets {entry.amount_fen / 100:.2f} yuan for {count} points"
    out.print(f"{told}, {standing - count} are left", markup=False)


def ranking_command(context: typer.Context, month: InMonth, as_json: AsJson = False) -> None:
    """The order of vendors in a closed month, by business type, and advice on who gets more of the work."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        closing = find_closing(session, parse_month(month))
        policy, zone = policy_of_version(session, closing.policy), ZoneInfo(settings.timezone)
        rankings = rank_types(session, closing, policy, today(settings), zone)
    if as_json:
        print_json([one for ranking in rankings for one in _ranking_json(ranking)])
        return
    for ranking in rankings:
        _show_ranking(ranking)
    if not rankings:
        out.print(f"no calls were made in {month}")


def _entry_json(posted: Posted) -> dict[str, object]:
    entry = posted.entry
    return {
        "entry": posted.number,
        "month": str(entry.month),
        "project": entry.project,
        "points": entry.points,
        "amount_fen": entry.amount_fen,
        "note": entry.note,
    }


def _ranking_json(ranking: TypeRanking) -> list[dict[str, object]]:
    return [
        {
            "type": ranking.business_type.value,
            "vendor": one.name,
            "rank": one.rank,
            "score": one.measured.value,
            "score_low": one.measured.low,
            "score_high": one.measured.high,
            "worse_than": list(one.worse_than),
            "share_bp": advice.share_bp,
            "advised_bp": advice.advised_bp,
            "gets_work": advice.gets_work,
        }
        for one, advice in zip(ranking.ranked, ranking.advice, strict=True)
    ]


def _show_ranking(ranking: TypeRanking) -> None:
    table = Table(title=ranking.business_type.value)
    for heading in ("rank", "vendor", "score", "95 %", "share", "advised"):
        table.add_column(heading, justify="left" if heading == "vendor" else "right")
    for one, advice in zip(ranking.ranked, ranking.advice, strict=True):
        score, between = f"{one.measured.value:.2f}", f"{one.measured.low:.2f}-{one.measured.high:.2f}"
        shares = (f"{share / 100:.2f} %" for share in (advice.share_bp, advice.advised_bp))
        name = one.name if advice.gets_work else f"{one.name} (no new work)"
        table.add_row(str(one.rank), name, score, between, *shares)
    out.print(table if ranking.ranked else f"{ranking.business_type.value}: no vendor has a score that counts")
