"""How likely a reviewer confirms a finding, learnt from what reviewers decided about others (`callqa calibrate --from-reviews`).

    phrase.taunt, exact, heard with confidence 0.95 on a clear line     0.91
    phrase.coldness, near, 0.55, noise at 9 dB                          0.22

A logistic regression over what is known of a finding when it is made; its confidence holds how surely the words were recognised. Whose call it is, is
no part of it: a vendor's findings must not go to the end of the queue because others of it were overturned. It ranks, it never decides; without an
accepted file nothing is ranked by it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Protocol

from pipeline.errors import ModelError
from pipeline.records.finding import Match, Severity

_KIND = "confirmation"
# Middle and unit of what is measured, so that one weight weighs about as much as another; a measure that is not there is in its middle.
_SNR_DB = (20.0, 10.0)
_MOST_UNITS = 3.0
_FARTHEST = 35.0  # e^35 is certain enough, and no overflow


class Sighting(Protocol):
    """What of a finding is weighed: a `Finding`, or as much of it as a queue knows."""

    @property
    def rule(self) -> str:
        """Its rule's name."""

    @property
    def match(self) -> Match:
        """How words or sounds matched."""

    @property
    def severity(self) -> Severity:
        """How grave it is."""

    @property
    def counts(self) -> bool:
        """Whether it counts without a reviewer."""

    @property
    def confidence(self) -> float:
        """How sure the machine is, 0-1."""


@dataclass(frozen=True, slots=True, eq=False)
class Confirmation:
    """Weights of terms; a term that nobody has decided about yet weighs nothing."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, finding: Sighting, snr_db: float | None = None) -> float:
        """How likely the finding is confirmed, 0-1. `snr_db` is the call's; None = it could not be measured."""
        values = terms(finding, snr_db)
        pushed = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in values.items())
        return 1 / (1 + exp(-max(-_FARTHEST, min(_FARTHEST, pushed))))


def terms(finding: Sighting, snr_db: float | None = None) -> dict[str, float]:
    """What of a finding is weighed, by name."""
    return {
        f"rule {finding.rule}": 1.0,
        f"match {finding.match.value}": 1.0,
        f"severity {finding.severity.value}": 1.0,
        "counts": float(finding.counts),
        "confidence": 2 * finding.confidence - 1,
        "snr": _units(snr_db, *_SNR_DB),
    }


def load(path: Path) -> Confirmation | None:
    """The accepted model; None where none was accepted. Raises ModelError for a file that is none."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["kind"] != _KIND:
            raise ValueError(f"its kind is {kept['kind']!r}")
        return Confirmation(float(kept["bias"]), {str(name): float(kept["weights"][name]) for name in kept["weights"]})
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path}: is no model of confirmations ({error}); delete it, and the queue ranks as before"
        ) from error


def written(model: Confirmation, about: Mapping[str, object]) -> str:
    """The model as a file's text: plain numbers, with what it was made from."""
    weights = {name: round(weight, 4) for name, weight in sorted(model.weights.items())}
    kept = {"kind": _KIND, **about, "bias": round(model.bias, 4), "weights": weights}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _units(value: float | None, middle: float, unit: float) -> float:
    return 0.0 if value is None else max(-_MOST_UNITS, min(_MOST_UNITS, (value - middle) / unit))
