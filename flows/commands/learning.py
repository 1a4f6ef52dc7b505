"""calibrate --from-reviews: what verdicts teach, shown against what is in force, and put in force by --accept."""

from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from flows.console import out, print_json, progress
from pipeline.checks.ruleset import load_ruleset
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.services.drawing import open_store
from pipeline.services.learning import LearntRanking, accept_confirmation, learn_confirmation
from pipeline.services.learning_attitude import (
    FEWEST_OF_A_KIND,
    LearntAttitude,
    LearntManner,
    accept_attitude,
    learn_attitude,
    measured_calls,
)
from pipeline.services.queueing import refresh_queue
from pipeline.settings import Settings
from pipeline.store.engine import reading


def learn_from_reviews(settings: Settings, accept: bool, as_json: bool) -> None:
    """Fit, show, and where it is accepted put in force. Raises DataError where there are too few verdicts; nothing is written then."""
    engine, now = open_store(settings), datetime.now(UTC)
    ruleset = load_ruleset(settings.lexicons_path, attitude=settings.attitude_path)
    with reading(engine) as session:
        ranking = learn_confirmation(session, load_confirmation(settings.confirmation_path))
        with progress("measuring judged calls", None) as steps:
            calls = measured_calls(session, ruleset.manners, steps.advance)
    attitude = learn_attitude(calls, ruleset.attitude)
    files = []
    if accept:
        files = _accept(settings, ranking, attitude, now)
        refresh_queue(engine, now, ranking.model)
    if as_json:
        print_json(_learnt_json(ranking, attitude, files))
    else:
        _show(ranking, attitude, files)


def _accept(settings: Settings, ranking: LearntRanking, attitude: LearntAttitude, now: datetime) -> list[Path]:
    if attitude.is_new:
        accept_attitude(settings.attitude_path, attitude, now)
    accept_confirmation(settings.confirmation_path, ranking, now)
    return [settings.confirmation_path, *([settings.attitude_path] if attitude.is_new else [])]


def _show(ranking: LearntRanking, attitude: LearntAttitude, files: list[Path]) -> None:
    out.print(
        f"learnt from {ranking.verdicts} verdicts, {ranking.faults} of them faults; "
        f"held against {ranking.held_out} others, {ranking.held_out_faults} of them faults"
    )
    table = Table(title="queue: share of faults among the first, of verdicts that nothing was learnt from")
    for heading in ("", "now", "learnt"):
        table.add_column(heading, justify="right")
    for one in ranking.ranked:
        table.add_row(f"first {one.first}", f"{one.now:.0%}", f"{one.then:.0%}")
    table.add_row("area under the ROC curve", _area(ranking.area_now), _area(ranking.area_then))
    out.print(table)
    for manner in attitude.manners:
        out.print(f"{manner.manner}: {_told(manner)}", markup=False, soft_wrap=True)
    if files:
        names = " and ".join(map(str, files))
        out.print(f"In force from now on: {names}. Delete a file to go back.", markup=False, soft_wrap=True)
    else:
        out.print("Nothing has changed. `callqa calibrate --from-reviews --accept` puts it in force.")


def _told(manner: LearntManner) -> str:
    calls = f"{manner.calls_with} calls with it, {manner.calls_without} without"
    if not manner.is_fitted:
        return f"{calls}: at least {FEWEST_OF_A_KIND} of either are needed; stays as it is"
    judged = f"area under the ROC curve {_area(manner.area_now)} now, {_area(manner.area_then)} learnt"
    return f"{calls}; of {manner.held_out} others: {judged}"


def _area(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _learnt_json(ranking: LearntRanking, attitude: LearntAttitude, files: list[Path]) -> dict[str, object]:
    return {
        "verdicts": ranking.verdicts,
        "faults": ranking.faults,
        "held_out": ranking.held_out,
        "held_out_faults": ranking.held_out_faults,
        "precision_at": [{"first": one.first, "now": one.now, "learnt": one.then} for one in ranking.ranked],
        "area": {"now": ranking.area_now, "learnt": ranking.area_then},
        "attitudes": [
            {
                "manner": one.manner,
                "calls_with": one.calls_with,
                "calls_without": one.calls_without,
                "fitted": one.is_fitted,
                "held_out": one.held_out,
                "area": {"now": one.area_now, "learnt": one.area_then},
            }
            for one in attitude.manners
        ],
        "files": [str(file) for file in files],
    }
