"""policy: its versions, proposed and approved (P-11)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine

from flows.console import out, print_json
from flows.options import ActingAs, AsJson, parse_month, today
from flows.signing_in import sign_in
from pipeline.records.month import Month
from pipeline.services.drawing import open_store
from pipeline.services.policy_file import read_policy
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.policies import (
    APPROVE,
    PROPOSE,
    PolicyVersion,
    approve_policy,
    policy_for,
    policy_text,
    policy_versions,
    propose_policy,
)

policy = typer.Typer(no_args_is_help=True, help="Every number of the plan, by version: proposed, approved, in force.")


@policy.command("check")
def check_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: the configured one.")] = None,
) -> None:
    """Read a policy file; what does not add up is told with key and reason."""
    place = file or load(context.obj).lexicons_path / "policy.toml"
    out.print(
        f"{place}: version {read_policy(place)[1].version}, everything in it adds up", markup=False, soft_wrap=True
    )


@policy.command("propose")
def propose_command(
    context: typer.Context,
    acting: ActingAs,
    from_month: Annotated[str, typer.Option("--from", metavar="MONTH", help="The first month it counts in, 2026-03.")],
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: the configured one.")] = None,
) -> None:
    """Propose a version; it counts once the vice-president has approved it."""
    settings = load(context.obj)
    place, month = file or settings.lexicons_path / "policy.toml", parse_month(from_month)
    content, _ = read_policy(place)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=PROPOSE)
    with writing(engine) as session:
        version = propose_policy(session, content, str(place), month, person, datetime.now(UTC)).version
    out.print(f"{version} is proposed from {month}: `callqa policy approve {version} --as NAME`", markup=False)


@policy.command("approve")
def approve_command(
    context: typer.Context, version: Annotated[str, typer.Argument(metavar="VERSION")], acting: ActingAs
) -> None:
    """Put a proposed version in force: the vice-president's word, and never on his own proposal."""
    engine = open_store(load(context.obj))
    person = sign_in(engine, acting, allowed=APPROVE)
    with writing(engine) as session:
        approve_policy(session, version, person, datetime.now(UTC))
    out.print(f"{version} is approved by {person.name}", markup=False)


@policy.command("show")
def show_command(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Default: the one in force.")] = None,
    month: Annotated[str | None, typer.Option(help="In force in this month; default the current one.")] = None,
) -> None:
    """The text of a version, as it was proposed."""
    settings = load(context.obj)
    engine = open_store(settings)
    with reading(engine) as session:
        wanted = version or policy_for(session, parse_month(month) if month else Month.of(today(settings))).version
        text = policy_text(session, wanted)
    out.print(text, markup=False, soft_wrap=True, end="")


@policy.command("history")
def history_command(context: typer.Context, as_json: AsJson = False) -> None:
    """All versions: who proposed them, who approved them, from when they count."""
    versions = _versions(open_store(load(context.obj)))
    if as_json:
        print_json([_version_json(one) for one in versions])
        return
    table = Table(title="Policy versions")
    for heading in ("version", "from", "proposed", "approved"):
        table.add_column(heading)
    for one in versions:
        approved = (
            f"{one.approved_by} {one.approved_at:%Y-%m-%d}" if one.approved_at else "replaced" if one.replaced else ""
        )
        table.add_row(one.version, str(one.from_month), f"{one.proposed_by} {one.proposed_at:%Y-%m-%d}", approved)
    out.print(table if versions else "no policy is recorded: `callqa policy propose --from MONTH --as NAME`")


def _versions(engine: Engine) -> tuple[PolicyVersion, ...]:
    with reading(engine) as session:
        return policy_versions(session)


def _version_json(one: PolicyVersion) -> dict[str, object]:
    return {
        "version": one.version,
        "from_month": str(one.from_month),
        "proposed_by": one.proposed_by,
        "proposed_at": one.proposed_at.isoformat(),
        "approved_by": one.approved_by,
        "approved_at": one.approved_at.isoformat() if one.approved_at else None,
        "replaced": one.replaced,
    }
