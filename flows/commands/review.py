"""review: what the machine found, decided by people, to the second. Appeals, complaints and checks are registered along with it."""

from typing import Annotated

import typer

from flows.commands import appeals, complaints, whole_calls
from flows.console import out, print_json
from flows.desk import Desk, sit_down
from flows.options import ActingAs, AsJson, parse_month, today
from flows.showing_review import findings_table, posted_line, reviewed_json
from pipeline.checks.catalogue import RULES, entry
from pipeline.errors import UsageError
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.review.rights import Act
from pipeline.services.drawing import open_store, policy_of
from pipeline.services.objects.review import stored_finding_json, verdict_json
from pipeline.services.reviewing import Reviewed, add, change, review
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.findings import FAULTS, Wanted, archived_as, find_finding, to_review
from pipeline.store.inspections import load_inspection
from pipeline.store.verdicts import history, verdict_of
from pipeline.text.clock import clock

AROUND_MS = 15_000

reviewing = typer.Typer(no_args_is_help=True, help="What the machine found, decided by people.")

FindingId = Annotated[int, typer.Argument(metavar="FINDING", help="The number that `review list` shows.")]
Note = Annotated[str, typer.Option(help="Why, for whoever reads it later.")]
NewRule = Annotated[str | None, typer.Option(help="The rule it is a fault of instead.")]
NewSeverity = Annotated[Severity | None, typer.Option(help="The severity it has instead.")]
OfMonth = Annotated[
    str | None, typer.Option(help="Of this month's calls, as 2026-03; default: as long as recordings must be there.")
]
OfVendor = Annotated[str | None, typer.Option()]
OfProject = Annotated[str | None, typer.Option()]


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those of appeals, complaints and checks."""
    reviewing.command("calls")(whole_calls.calls_command)
    reviewing.command("done")(whole_calls.done_command)
    app.add_typer(reviewing, name="review")
    app.add_typer(appeals.appealing, name="appeal")
    complaints.register(app)


@reviewing.command("list")
def list_command(
    context: typer.Context,
    month: OfMonth = None,
    vendor: OfVendor = None,
    project: OfProject = None,
    rule: Annotated[str | None, typer.Option()] = None,
    severity: Annotated[list[Severity] | None, typer.Option(help="Default: all that are faults.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Findings that nobody has decided, the gravest first."""
    settings = load(context.obj)
    wanted = Wanted(
        month=parse_month(month) if month else Month.of(today(settings)),
        months_before=0 if month else policy_of(settings).retention.keep_months,
        vendor=vendor,
        project=project,
        rule=rule,
        severities=tuple(severity) if severity else FAULTS,
    )
    with reading(open_store(settings)) as session:
        found = to_review(session, wanted, limit)
    if as_json:
        print_json([stored_finding_json(one) for one in found])
    else:
        out.print(findings_table(found) if found else "nothing waits for a reviewer")


@reviewing.command("show")
def show_command(context: typer.Context, finding_id: FindingId, as_json: AsJson = False) -> None:
    """A finding with its grounds, what was said around it, its recording, and what was decided about it."""
    settings = load(context.obj)
    with reading(open_store(settings)) as session:
        found = find_finding(session, finding_id)
        verdict = verdict_of(session, finding_id)
        decided = history(session, verdict) if verdict is not None else []
        inspection = load_inspection(session, found.inspection_id)
        number, place = archived_as(session, found.inspection_id)
    path = str(settings.archive_path / place)
    span = found.finding.span
    turns = [
        turn
        for turn in inspection.turns
        if span is None
        or (turn.span.end_ms >= span.start_ms - AROUND_MS and turn.span.start_ms <= span.end_ms + AROUND_MS)
    ]
    if as_json:
        said = [
            {
                "speaker": turn.speaker.value,
                "start_ms": turn.span.start_ms,
                "end_ms": turn.span.end_ms,
                "text": turn.text,
            }
            for turn in turns
        ]
        print_json(
            {
                **stored_finding_json(found),
                "said": said,
                "recording": {"archive": number, "path": path},
                "verdicts": [verdict_json(one) for one in decided],
            }
        )
        return
    out.print(findings_table([found]))
    out.print(f"{found.finding.explanation} {entry(found.finding.rule).remedy}", markup=False)
    for turn in turns:
        mark = ">" if span is not None and turn.span.overlap_ms(span) else " "
        out.print(f"{mark} {clock(turn.span.start_ms)} {turn.speaker.value:8} {turn.text}", markup=False)
    out.print(f"recording {number}: {path}", markup=False, soft_wrap=True)
    for one in decided:
        out.print(f"verdict {one.verdict_id}: {one.decision.value} by {one.person}  {one.note}", markup=False)


@reviewing.command("confirm")
def confirm_command(
    context: typer.Context, finding_id: FindingId, acting: ActingAs, note: Note = "", as_json: AsJson = False
) -> None:
    """It is a fault."""
    _decide(sit_down(context, acting, Act.REVIEW), finding_id, Decision.CONFIRMED, as_json, note=note)


@reviewing.command("overturn")
def overturn_command(
    context: typer.Context, finding_id: FindingId, acting: ActingAs, note: Note = "", as_json: AsJson = False
) -> None:
    """It is none."""
    _decide(sit_down(context, acting, Act.REVIEW), finding_id, Decision.OVERTURNED, as_json, note=note)


@reviewing.command("reclassify")
def reclassify_command(
    context: typer.Context,
    finding_id: FindingId,
    acting: ActingAs,
    rule: NewRule = None,
    severity: NewSeverity = None,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """It is a fault of another rule, or of another severity."""
    desk = sit_down(context, acting, Act.REVIEW)
    _decide(desk, finding_id, Decision.RECLASSIFIED, as_json, rule=rule, severity=severity, note=note)


@reviewing.command("revise")
def revise_command(
    context: typer.Context,
    verdict_id: Annotated[int, typer.Argument(metavar="VERDICT")],
    decision: Annotated[Decision, typer.Argument(help="confirmed, overturned or reclassified.")],
    acting: ActingAs,
    note: Note,
    rule: NewRule = None,
    severity: NewSeverity = None,
    as_json: AsJson = False,
) -> None:
    """Put another verdict in the place of one: a supervisor who had no hand in it, and why."""
    if decision is Decision.ADDED:
        raise UsageError("a verdict is revised to confirmed, overturned or reclassified; `review add` adds a fault")
    desk = sit_down(context, acting, Act.REVISE)
    with writing(desk.engine) as session:
        done = change(
            session, verdict_id, decision, desk.person, desk.now,
            rule=rule, severity=severity, note=note, model=desk.model,
        )  # fmt: skip
    _say(done, as_json)


@reviewing.command("add")
def add_command(
    context: typer.Context,
    call: whole_calls.CallName,
    rule: Annotated[str, typer.Argument(metavar="RULE")],
    acting: ActingAs,
    start_s: Annotated[float | None, typer.Option("--from", min=0, metavar="SECONDS")] = None,
    end_s: Annotated[float | None, typer.Option("--to", min=0, metavar="SECONDS")] = None,
    words: Annotated[str, typer.Option(help="As they were said.")] = "",
    severity: NewSeverity = None,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """A fault that no finding named; without a time it is about the whole call."""
    if rule not in RULES:
        raise UsageError(f"there is no rule {rule!r}; for example phrase.abuse, script.missing.thanks, voice.noise")
    charge = Charge(rule, severity or entry(rule).severity, _span(start_s, end_s), words)
    vendor, _, call_id = call.rpartition("/")
    desk = sit_down(context, acting, Act.REVIEW)
    with writing(desk.engine) as session:
        done = add(session, vendor, call_id, charge, desk.person, desk.now, note=note, model=desk.model)
    _say(done, as_json)


def _decide(
    desk: Desk,
    finding_id: int,
    decision: Decision,
    as_json: bool,
    *,
    rule: str | None = None,
    severity: Severity | None = None,
    note: str = "",
) -> None:
    with writing(desk.engine) as session:
        done = review(
            session, finding_id, decision, desk.person, desk.now,
            rule=rule, severity=severity, note=note, model=desk.model,
        )  # fmt: skip
    _say(done, as_json)


def _say(done: Reviewed, as_json: bool) -> None:
    if as_json:
        print_json(reviewed_json(done))
        return
    verdict = done.verdict
    out.print(
        f"verdict {verdict.verdict_id}: {verdict.charge.rule} {verdict.decision.value}; {posted_line(done.posted)}",
        markup=False,
        soft_wrap=True,
    )


def _span(start_s: float | None, end_s: float | None) -> Span | None:
    if start_s is None and end_s is None:
        return None
    if start_s is None or end_s is None or end_s <= start_s:
        raise UsageError("give both --from and --to in seconds, the later one after the earlier; or neither")
    return Span(round(start_s * 1000), round(end_s * 1000))
