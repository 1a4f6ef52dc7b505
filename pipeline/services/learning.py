"""What verdicts teach of which findings come first: how likely one is confirmed, held against the ranking in force.

    learnt = learn_confirmation(session, in_force)
    learnt.ranked        of the held-out verdicts, the share of faults among the first 10, 50, … as they are ranked now, and as they would be
    accept_confirmation(settings.confirmation_path, learnt, now)      from now on the queue ranks by it

Both rankings are the queue's own (`findings/ranking.py`): what the fault weighs times how likely it is one; neither has learnt from the calls on
which they are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.export.files import write_bytes
from pipeline.findings.confirmation import Confirmation, terms, written
from pipeline.findings.ranking import Suspicion, worst
from pipeline.scoring.learning import area, fit, is_held_out, precision_at
from pipeline.store.verdict_labels import LabelledFinding, labelled_findings

FEWEST_VERDICTS = 100
FEWEST_OF_A_KIND = 20
FIRST = (10, 50, 100, 500, 1000)
_STRENGTH = 0.5


@dataclass(frozen=True, slots=True)
class Precision:
    """The share of faults among the `first`, as they are ranked now and as they would be."""

    first: int
    now: float
    then: float


@dataclass(frozen=True, slots=True)
class LearntRanking:
    """A model and what it was fitted to: verdicts, and how many of them are faults. It is judged by those `held_out`.

    `area_now`, `area_then`: how often a fault is held for more likely than what is none; None where all that is held out is of one kind.
    """

    model: Confirmation
    verdicts: int
    faults: int
    held_out: int
    held_out_faults: int
    ranked: tuple[Precision, ...]
    area_now: float | None
    area_then: float | None


def learn_confirmation(session: Session, in_force: Confirmation | None) -> LearntRanking:
    """Fit a model to all verdicts but those held out. Raises DataError, in one line, where there are too few."""
    labels = list(labelled_findings(session))
    _refuse_few(labels)
    held = [one for one in labels if is_held_out(one.vendor, one.call_id)]
    learnt_from = [one for one in labels if not is_held_out(one.vendor, one.call_id)]
    kinds = [one.is_fault for one in learnt_from]
    if len(set(kinds)) < 2:
        raise DataError("the verdicts that may be learnt from are all of one kind: more of the other are needed")
    found = fit([terms(one.finding, one.finding.snr_db) for one in learnt_from], kinds, _STRENGTH)
    model = Confirmation(found.bias, found.weights)
    truth = [one.is_fault for one in held]
    now, then = ([_likelihood(one.finding, by) for one in held] for by in (in_force, model))
    return LearntRanking(
        model,
        len(learnt_from),
        sum(kinds),
        len(held),
        sum(truth),
        _compared(held, in_force, model),
        area(now, truth),
        area(then, truth),
    )


def accept_confirmation(file: Path, learnt: LearntRanking, now: datetime) -> None:
    """Put the model in force. Raises StorageError where it cannot be written."""
    about = {"made_at": now.isoformat(timespec="seconds"), "verdicts": learnt.verdicts, "faults": learnt.faults}
    write_bytes(file, written(learnt.model, about).encode())


def _compared(
    held: Sequence[LabelledFinding], in_force: Confirmation | None, model: Confirmation
) -> tuple[Precision, ...]:
    truth = [one.is_fault for one in held]
    now, then = ([float(worst([one.finding], by).points) for one in held] for by in (in_force, model))
    firsts = [first for first in FIRST if first <= len(held)]
    return tuple(
        Precision(first, precision_at(first, now, truth), precision_at(first, then, truth)) for first in firsts
    )


def _likelihood(finding: Suspicion, model: Confirmation | None) -> float:
    return float(worst([finding], model).likelihood_bp)


def _refuse_few(labels: Sequence[LabelledFinding]) -> None:
    faults = sum(one.is_fault for one in labels)
    if len(labels) < FEWEST_VERDICTS or min(faults, len(labels) - faults) < FEWEST_OF_A_KIND:
        raise DataError(
            f"too few verdicts to learn from: {len(labels)} about findings, {faults} faults and {len(labels) - faults} overturned; at least "
            f"{FEWEST_VERDICTS} are needed, {FEWEST_OF_A_KIND} of either kind"
        )
