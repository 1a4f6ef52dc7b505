"""Makes `models/attitude/model.json`: python -m models.attitude.recipe.train DROP… [--judge DROP]

Each DROP is a folder of `callqa simulate DROP --faults words …`: in it agents who say something cold, blunt or impatient sound so
throughout the call. The calls are inspected as in a night and a logistic regression (scikit-learn) is fitted per manner, an L2 prior
on measures in units of their own spread. `--judge` prints how well a call of another drop is told: the area under the ROC curve, and the
share of true ones among the tenth of calls ranked highest.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from flows.inspection import Inspector, Job
from flows.side_by_side import side_by_side
from pipeline.checks.check import CallFacts, HeardCall
from pipeline.checks.ruleset import load_ruleset
from pipeline.checks.tone.attitude import MANNERS, measure_attitude
from pipeline.records.tone import Voice
from pipeline.scoring.truth import read_truth
from pipeline.settings import CHECKOUT, load

HERE = Path(__file__).resolve().parents[1]
_STRENGTH = 0.3


def main(arguments: Sequence[str]) -> None:
    """Fit, write the model, and judge it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("drops", nargs="+", type=Path)
    parser.add_argument("--judge", type=Path)
    asked = parser.parse_args(arguments)
    rows = [row for drop in asked.drops for row in measured(drop)]
    names = tuple(rows[0][0])
    values, usual, spread = standard([values for values, _ in rows], names)
    weights, bias = {}, {}
    for manner in MANNERS:
        is_so = np.array([f"phrase.{manner}" in rules for _, rules in rows])
        fitted = LogisticRegression(C=_STRENGTH, class_weight=None).fit(values, is_so)
        weights[manner] = [round(float(weight), 4) for weight in fitted.coef_[0]]
        bias[manner] = round(float(fitted.intercept_[0]), 4)
        print(f"{manner}: {is_so.sum()} of {len(rows)} calls", dict(zip(names, weights[manner], strict=True)))
    rounded = {"usual": [round(float(x), 4) for x in usual], "spread": [round(float(x), 4) for x in spread]}
    model = {"measures": names, **rounded, "weights": weights, "bias": bias}
    (HERE / "model.json").write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if asked.judge:
        judge(measured(asked.judge), names, usual, spread, weights)


def judge(rows, names, usual, spread, weights) -> None:
    """How the model ranks the calls of another drop."""
    values, _, _ = standard([values for values, _ in rows], names, usual, spread)
    for manner in MANNERS:
        is_so, score = np.array([f"phrase.{manner}" in rules for _, rules in rows]), values @ np.array(weights[manner])
        first = np.argsort(-score)[: max(1, len(rows) // 10)]
        print(
            f"{manner}: {is_so.sum()} of {len(rows)}, AUC {roc_auc_score(is_so, score):.3f}, of the first tenth {is_so[first].mean():.2f}"
        )


def standard(rows, names, usual=None, spread=None):
    """(calls, measures) in units of the spread from the usual; what could not be measured is as usual."""
    table = np.array([[np.nan if row[name] is None else row[name] for name in names] for row in rows], float)
    usual = np.nanmean(table, axis=0) if usual is None else usual
    spread = np.maximum(np.nanstd(table, axis=0), 1e-6) if spread is None else spread
    return np.nan_to_num((table - usual) / spread), usual, spread


def measured(drop: Path):
    """(measures, planted rules) of each call of a drop in which the agent is known."""
    settings = load(Path("."))
    truths = list(read_truth(drop / "truth.jsonl"))
    jobs = [Job(drop / truth.file, truth.file, CallFacts()) for truth in truths]
    rules = {truth.file: {fault.rule for fault in truth.faults} for truth in truths}
    found = []
    ruleset = load_ruleset(CHECKOUT / "lexicons")
    with Inspector(settings, ruleset) as inspector:
        for job, result in side_by_side(inspector.inspect, jobs, inspector.at_once):
            heard = result.result()
            call = HeardCall(heard.turns, Voice(heard.tone, (), (), ()), False, heard.recording.decoded_ms, True)
            if heard.recording.channels == 2 and (values := measure_attitude(call, ruleset.manners)) is not None:
                found.append((values.values, rules[job.name]))
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
