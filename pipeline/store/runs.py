"""Records of runs: what the nightly flow did, where and how fast. Prefect's own history is never the record of what was inspected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline.store.tables import RunCountRow, RunRow, RunStageRow


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `ended_at` None: going on, or killed. `error`: the line it failed with."""

    run_id: int
    kind: str
    host: str
    started_at: datetime
    ended_at: datetime | None
    error: str | None
    counts: tuple[tuple[str, int], ...]
    stages_s: tuple[tuple[str, float], ...]


def start_run(session: Session, kind: str, host: str, now: datetime) -> int:
    """Note that a run begins; returns its id."""
    row = RunRow(kind=kind, host=host, started_at=now)
    session.add(row)
    session.flush()
    return row.id


def end_run(
    session: Session,
    run_id: int,
    now: datetime,
    counts: Mapping[str, int],
    stages_s: Mapping[str, float],
    error: str | None = None,
) -> None:
    """Note how a run ended: its counts, the wall seconds of its stages, and the line it failed with, if it did."""
    row = session.get_one(RunRow, run_id)
    row.ended_at = now
    row.error = error
    if counts:
        session.execute(insert(RunCountRow), [{"run_id": run_id, "name": n, "count": c} for n, c in counts.items()])
    if stages_s:
        session.execute(
            insert(RunStageRow), [{"run_id": run_id, "stage": s, "seconds": x} for s, x in stages_s.items()]
        )


def latest_runs(session: Session, count: int, before: int | None = None) -> tuple[Run, ...]:
    """The latest runs, newest first; `before` a run's number pages on."""
    query = select(RunRow).order_by(RunRow.id.desc()).limit(count)
    rows = session.scalars(query if before is None else query.where(RunRow.id < before)).all()
    return tuple(_run_of(session, row) for row in rows)


def _run_of(session: Session, row: RunRow) -> Run:
    counts = select(RunCountRow.name, RunCountRow.count).where(RunCountRow.run_id == row.id)
    stages = select(RunStageRow.stage, RunStageRow.seconds).where(RunStageRow.run_id == row.id)
    return Run(
        run_id=row.id,
        kind=row.kind,
        host=row.host,
        started_at=row.started_at,
        ended_at=row.ended_at,
        error=row.error,
        counts=tuple(session.execute(counts.order_by(RunCountRow.name)).tuples()),
        stages_s=tuple(session.execute(stages.order_by(RunStageRow.stage)).tuples()),
    )
