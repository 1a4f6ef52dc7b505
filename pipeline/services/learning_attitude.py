"""What verdicts teach of how agents come across: the model of attitudes fitted anew to calls that people judged.

    coldness      31 calls with it, 140 without      fitted anew
    impatience     4 calls with it, 160 without      too few: stays as it is

A call has a manner where a fault of `phrase.<manner>` stands in it. The model that is shipped knows simulated voices only; what is usual here, and
how much it varies, is measured anew as soon as one manner is fitted, and the others are rewritten so that they say what they said.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean, pstdev

from sqlalchemy.orm import Session

from pipeline.checks.tone.attitude import MANNERS, AttitudeModel, Measured, measure_attitude
from pipeline.export.files import write_bytes
from pipeline.records.inspection import Status
from pipeline.scoring.learning import area, fit, is_held_out
from pipeline.services.stored import call_of
from pipeline.store.inspections import find_inspection
from pipeline.store.verdict_labels import labelled_calls
from pipeline.text.likeness import Likeness

FEWEST_OF_A_KIND = 20
_STRENGTH = 0.3  # as in `models/attitude/recipe`
_LEAST_SPREAD = 1e-6
_STEREO = 2


@dataclass(frozen=True, slots=True)
class MeasuredCall:
    """A call's measures, and which manners people found in it as far as they judged that."""

    vendor: str
    call_id: str
    values: Mapping[str, float | None]
    has_manner: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class LearntManner:
    """Calls with and without a manner that a model could be fitted to, and how well held-out calls are told, now and then; None: cannot be said."""

    manner: str
    calls_with: int
    calls_without: int
    is_fitted: bool
    held_out: int
    area_now: float | None
    area_then: float | None


@dataclass(frozen=True, slots=True)
class LearntAttitude:
    """The model, the same as before where no manner could be fitted."""

    model: AttitudeModel
    manners: tuple[LearntManner, ...]

    @property
    def is_new(self) -> bool:
        """Whether there is anything to accept."""
        return any(one.is_fitted for one in self.manners)


def measured_calls(session: Session, manners: Likeness, heard: Callable[[], None] = lambda: None) -> list[MeasuredCall]:
    """Judged calls in which the agent's voice is by itself; `heard` is told after each call that was looked at."""
    rules = {f"phrase.{manner}": manner for manner in MANNERS}
    found = []
    for labelled in labelled_calls(session, tuple(rules)):
        heard()
        stored = find_inspection(session, labelled.vendor, labelled.call_id)
        if stored is None or stored.inspection.status is not Status.INSPECTED:
            continue
        if stored.inspection.recording.channels != _STEREO:
            continue
        measured: Measured | None = measure_attitude(call_of(stored), manners)
        if measured is not None:
            labels = {rules[rule]: value for rule, value in labelled.has_fault.items()}
            found.append(MeasuredCall(labelled.vendor, labelled.call_id, measured.values, labels))
    return found


def learn_attitude(calls: Sequence[MeasuredCall], in_force: AttitudeModel) -> LearntAttitude:
    """Fit what there is enough for; held-out calls are only judged by."""
    learnt_from = [call for call in calls if not is_held_out(call.vendor, call.call_id)]
    held = [call for call in calls if is_held_out(call.vendor, call.call_id)]
    enough = {manner for manner in MANNERS if _is_enough(manner, learnt_from)}
    model = _fitted(learnt_from, in_force, enough) if enough else in_force
    return LearntAttitude(
        model, tuple(_judged(manner, learnt_from, held, in_force, model, manner in enough) for manner in MANNERS)
    )


def accept_attitude(file: Path, learnt: LearntAttitude, now: datetime) -> None:
    """Put the model in force for calls that are inspected from now on. Raises StorageError where it cannot be written."""
    model = learnt.model
    kept = {
        "made_at": now.isoformat(timespec="seconds"),
        "calls": {one.manner: [one.calls_with, one.calls_without] for one in learnt.manners if one.is_fitted},
        "measures": list(model.measures),
        "usual": [round(value, 4) for value in model.usual],
        "spread": [round(value, 6) for value in model.spread],
        "weights": {manner: [round(weight, 4) for weight in model.weights[manner]] for manner in MANNERS},
        "bias": {manner: round(model.bias[manner], 4) for manner in MANNERS},
    }
    write_bytes(file, (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode())


def _is_enough(manner: str, calls: Sequence[MeasuredCall]) -> bool:
    labels = _labels(manner, calls)
    return min(sum(labels), len(labels) - sum(labels)) >= FEWEST_OF_A_KIND


def _labels(manner: str, calls: Sequence[MeasuredCall]) -> list[bool]:
    return [call.has_manner[manner] for call in calls if manner in call.has_manner]


def _fitted(calls: Sequence[MeasuredCall], before: AttitudeModel, manners: set[str]) -> AttitudeModel:
    usual, spread = _usual(calls, before)
    scaled = AttitudeModel(before.measures, usual, spread, {}, {})
    weights, bias = {}, {}
    for manner in MANNERS:
        if manner in manners:
            rows = [_scaled(call, scaled) for call in calls if manner in call.has_manner]
            found = fit(rows, _labels(manner, calls), _STRENGTH)
            weights[manner] = tuple(found.weights.get(measure, 0.0) for measure in before.measures)
            bias[manner] = found.bias
        else:
            weights[manner], bias[manner] = _rescaled(before, manner, usual, spread)
    return AttitudeModel(before.measures, usual, spread, weights, bias)


def _usual(calls: Sequence[MeasuredCall], before: AttitudeModel) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread of each measure; what no call has stays as it was."""
    usual, spread = [], []
    for place, measure in enumerate(before.measures):
        values = [value for call in calls if (value := call.values[measure]) is not None]
        usual.append(fmean(values) if values else before.usual[place])
        spread.append(max(_LEAST_SPREAD, pstdev(values)) if values else before.spread[place])
    return tuple(usual), tuple(spread)


def _rescaled(
    before: AttitudeModel, manner: str, usual: Sequence[float], spread: Sequence[float]
) -> tuple[tuple[float, ...], float]:
    """The same function of the measures in other units: w·(x − u)/s is w·s'/s·(x − u')/s' + w·(u' − u)/s."""
    rows = list(zip(before.weights[manner], before.usual, before.spread, usual, spread, strict=True))
    weights = tuple(weight * new_s / old_s for weight, _, old_s, _, new_s in rows)
    moved = sum(weight * (new_u - old_u) / old_s for weight, old_u, old_s, new_u, _ in rows)
    return weights, before.bias[manner] + moved


def _scaled(call: MeasuredCall, model: AttitudeModel) -> dict[str, float]:
    """Measures in units of their spread; what could not be measured is as usual."""
    found = {}
    for measure, usual, spread in zip(model.measures, model.usual, model.spread, strict=True):
        value = call.values[measure]
        found[measure] = 0.0 if value is None else (value - usual) / spread
    return found


def _points(call: MeasuredCall, manner: str, model: AttitudeModel) -> float:
    values = _scaled(call, model)
    return model.bias[manner] + sum(
        weight * values[measure] for measure, weight in zip(model.measures, model.weights[manner], strict=True)
    )


def _judged(
    manner: str,
    calls: Sequence[MeasuredCall],
    held: Sequence[MeasuredCall],
    before: AttitudeModel,
    model: AttitudeModel,
    is_fitted: bool,
) -> LearntManner:
    labels, judged = _labels(manner, calls), [call for call in held if manner in call.has_manner]
    truth = _labels(manner, judged)
    now, then = ([_points(call, manner, by) for call in judged] for by in (before, model))
    return LearntManner(
        manner, sum(labels), len(labels) - sum(labels), is_fitted, len(judged), area(now, truth), area(then, truth)
    )
