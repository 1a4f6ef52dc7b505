"""What the machine did."""

from pipeline.services.objects import Json
from pipeline.store.runs import Run


def run_json(run: Run) -> Json:
    """A run; `ended_at` null: it goes on, or was killed."""
    return {
        "run": run.run_id,
        "kind": run.kind,
        "host": run.host,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "error": run.error,
        "counts": dict(run.counts),
        "stages_s": dict(run.stages_s),
    }
