"""The nightly flow in Prefect: draw what is due, then batches until nothing is open, then what follows by itself, then a report.

Prefect sees one task for the draws, one per batch of calls and one for the report, so it costs next to nothing; it retries what can pass (a
locked database, a drop that does not answer). What was inspected is told by our own tables, never by Prefect's history.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from flows.night import Tally, inspector_for, work_batch
from flows.orchestration import heed_keyboard
from flows.readiness import check_ready
from flows.worker import is_gone, worker_name
from pipeline.errors import StorageError, StoreError
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.records.month import Month
from pipeline.services.cases import open_what_is_due
from pipeline.services.drawing import draw_due, open_store, yesterday
from pipeline.services.queueing import refresh_queue
from pipeline.settings import load
from pipeline.store.engine import reading, writing
from pipeline.store.leases import release_gone, release_owner
from pipeline.store.nights import complete_nights
from pipeline.store.policies import find_policy
from pipeline.store.runs import end_run, start_run
from pipeline.store.work import give_up, open_work


@dataclass(slots=True)
class Watch:
    """What the command line sets to show progress: told the calls left before the first batch, then of each call."""

    on_open: Callable[[int], None] | None = None
    on_call: Callable[[], None] | None = None


watch = Watch()


def _can_pass(task: Any, run: Any, state: Any) -> bool:
    """Whether trying again may help: a locked database or a drop that does not answer, not a broken model."""
    return isinstance(state.result(raise_on_failure=False), StorageError | StoreError)


@task(name="draw", retries=2, retry_delay_seconds=5, retry_condition_fn=_can_pass)
def draw_task(root: str, until: str, seed: str | None) -> int:
    """Draw every missed night up to a day; returns how many draws were made."""
    settings = load(Path(root))
    return len(draw_due(settings, open_store(settings), date.fromisoformat(until), seed))


@task(name="batch", retries=2, retry_delay_seconds=5, retry_condition_fn=_can_pass)
def batch_task(root: str, owner: str) -> Tally | None:
    """One batch of claimed calls from archive to store."""
    settings = load(Path(root))
    return work_batch(settings, open_store(settings), inspector_for(settings.root), owner, watch.on_call)


@task(name="consequences", retries=2, retry_delay_seconds=5, retry_condition_fn=_can_pass)
def consequences_task(root: str) -> int:
    """What has followed since last night by itself (P-61): overdue rectifications open cases. None before a policy was approved."""
    settings, now = load(Path(root)), datetime.now(UTC)
    zone = ZoneInfo(settings.timezone)
    with writing(open_store(settings)) as session:
        if find_policy(session, Month.of(now.astimezone(zone).date())) is None:
            return 0
        return len(open_what_is_due(session, now, zone=zone))


@task(name="queue", retries=2, retry_delay_seconds=5, retry_condition_fn=_can_pass)
def queue_task(root: str) -> None:
    """The reviewers' queue put in order anew, with what was found between calls."""
    settings = load(Path(root))
    refresh_queue(open_store(settings), datetime.now(UTC), load_confirmation(settings.confirmation_path))


@task(name="report")
def report_task(day: str, calls: dict[str, int], stages_s: dict[str, float], draws: int) -> None:
    """The run report as Prefect artifacts: counts, and where the time went."""
    counted = [{"what": "draws", "count": draws}, *({"what": k, "count": v} for k, v in sorted(calls.items()))]
    create_table_artifact(
        table=counted, key=f"night-{day}-calls", description=f"Calls of the run that drew up to {day}"
    )
    spent = [{"stage": k, "seconds": round(v, 2)} for k, v in sorted(stages_s.items())]
    create_table_artifact(table=spent, key=f"night-{day}-stages", description="Seconds by stage")


def _why(failure: BaseException) -> str:
    """How a run's record says that it ended early."""
    if isinstance(failure, KeyboardInterrupt):
        return "stopped by the keyboard"
    return f"{type(failure).__name__}: {failure}" if isinstance(failure, Exception) else "stopped by a signal"


@flow(name="nightly", validate_parameters=False)
def nightly(root: str, day: str | None = None, seed: str | None = None) -> Tally:
    """One night. `day` is the calls' day and defaults to yesterday; nights missed before it are filled too.

    Raises the first error that no retry could pass; what was finished until then is kept, and what was not is free for the next run.
    """
    heed_keyboard()
    settings = load(Path(root))
    until = date.fromisoformat(day) if day else yesterday(settings)
    engine = open_store(settings)
    with writing(engine) as session:
        run_id = start_run(session, "nightly", socket.gethostname(), datetime.now(UTC))
        release_gone(session, is_gone)
        give_up(session, datetime.now(UTC))
    tally, draws, error, owner = Tally(), 0, None, worker_name()
    began = time.perf_counter()
    try:
        check_ready(settings)
        drawing = time.perf_counter()
        draws = draw_task(root, until.isoformat(), seed)
        tally.stages_s["draw"] += time.perf_counter() - drawing
        if watch.on_open:
            with reading(engine) as session:
                watch.on_open(open_work(session))
        while (done := batch_task(root, owner)) is not None:
            tally.add(done)
        with writing(engine) as session:
            give_up(session, datetime.now(UTC))
            complete_nights(session, datetime.now(UTC))
        consequences_task(root)
        queue_task(root)
    except BaseException as failure:
        error = _why(failure)
        raise
    finally:
        tally.stages_s["whole"] = time.perf_counter() - began
        with writing(engine) as session:
            release_owner(session, owner)
            end_run(session, run_id, datetime.now(UTC), {**tally.calls, "draws": draws}, tally.stages_s, error)
    report_task(until.isoformat(), dict(tally.calls), dict(tally.stages_s), draws)
    return tally
