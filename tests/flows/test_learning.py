"""What verdicts teach, from a store to the queue: nothing changes before it is accepted, and few verdicts teach nothing."""

import json
import random
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.setup import initialise
from pipeline.checks.ruleset import load_ruleset
from pipeline.checks.tone.attitude import MANNERS, AttitudeModel, load_attitude
from pipeline.errors import DataError, UsageError
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.records.verdict import Decision
from pipeline.scoring.learning import is_held_out
from pipeline.services.drawing import open_store
from pipeline.services.learning import learn_confirmation
from pipeline.services.learning_attitude import MeasuredCall, accept_attitude, learn_attitude, measured_calls
from pipeline.services.reviewing import review
from pipeline.settings import CHECKOUT, load
from pipeline.store.engine import reading, writing
from pipeline.store.findings import to_review
from pipeline.store.hearings import mark_reviewed
from pipeline.store.verdict_labels import labelled_calls, labelled_findings
from tests.dialogue import shipped
from tests.heard import REVIEWER, at, hear, in_force

NOW = at("2026-03-06")
SHIPPED = load_attitude(CHECKOUT / "models" / "attitude" / "model.json")
RULES = tuple(f"phrase.{manner}" for manner in MANNERS)


def judged(engine: Engine, count: int) -> None:
    """So many calls with a taunt, nine in ten of them real, and noise, one in ten; everything is decided."""
    in_force(engine)
    hear(engine, "\n".join(
        f'华声 c{n} telemarketing A1 2026-03-05\n phrase.taunt minor 12.0-14.5 "活该"\n voice.noise minor 20.0-25.0' for n in range(count)
    ))  # fmt: skip
    dice = random.Random(5)
    with writing(engine) as session:
        for found in to_review(session):
            is_real = dice.random() < (0.9 if found.finding.rule == "phrase.taunt" else 0.1)
            review(session, found.finding_id, Decision.CONFIRMED if is_real else Decision.OVERTURNED, REVIEWER, NOW)


def test_it_ranks_held_out_verdicts_better_than_a_ranking_that_knows_nothing(engine: Engine) -> None:
    judged(engine, 60)
    with reading(engine) as session:
        found = learn_confirmation(session, None)
        again = learn_confirmation(session, found.model)
        labels = list(labelled_findings(session))
    held = [one for one in labels if is_held_out(one.vendor, one.call_id)]
    assert (found.verdicts, found.held_out) == (120 - len(held), len(held)) and 20 <= len(held) <= 44
    assert {one.call_id for one in held}.isdisjoint(one.call_id for one in labels if one not in held)
    # All are as likely as each other at present: what chance gives is half of them.
    now, then = found.ranked[0].now, found.ranked[0].then
    assert now == pytest.approx(found.held_out_faults / found.held_out) and then >= 0.85
    assert found.area_now == pytest.approx(0.5) and found.area_then > 0.8
    assert [one.first for one in found.ranked] == [10]
    # Against itself it is no better.
    assert [(one.now, one.then) for one in again.ranked] == [(one.then, one.then) for one in found.ranked]


def test_too_few_verdicts_are_refused_in_one_line(engine: Engine) -> None:
    judged(engine, 49)
    with (
        reading(engine) as session,
        pytest.raises(DataError, match="too few verdicts to learn from: 98 about findings") as told,
    ):
        learn_confirmation(session, None)
    assert "\n" not in str(told.value)


def test_the_command_changes_nothing_before_it_is_accepted(tmp_path) -> None:
    root = tmp_path / "work"
    initialise(root)
    settings = load(root)
    judged(open_store(settings), 60)
    told = calibrate(root, "--from-reviews")
    assert "Nothing has changed" in told and "stays as it is" in told
    assert not settings.learnt_path.exists()
    accepted = json.loads(calibrate(root, "--from-reviews", "--accept", "--json"))
    assert accepted["files"] == [str(settings.confirmation_path)]
    model = load_confirmation(settings.confirmation_path)
    assert model.weights["rule phrase.taunt"] > 0 > model.weights["rule voice.noise"]
    assert not [name for name in model.weights if "华声" in name]
    # From now on that is what a new one is held against.
    after = json.loads(calibrate(root, "--from-reviews", "--json"))
    assert after["area"]["now"] == pytest.approx(after["area"]["learnt"], abs=0.01)


def test_what_the_command_cannot_do_is_said(tmp_path) -> None:
    root = tmp_path / "work"
    initialise(root)
    for arguments in ([], ["--accept"], ["--from-reviews", "--out", "x"], ["--from-reviews", "--project", "survey"]):
        done = CliRunner().invoke(app, ["-C", str(root), "calibrate", *arguments])
        assert isinstance(done.exception, UsageError), arguments
    done = CliRunner().invoke(app, ["-C", str(root), "calibrate", "--from-reviews", "--accept"])
    assert isinstance(done.exception, DataError) and "too few verdicts" in str(done.exception)
    assert not load(root).learnt_path.exists()


def calibrate(root, *arguments) -> str:
    done = CliRunner().invoke(app, ["-C", str(root), "calibrate", *arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_a_call_is_labelled_as_far_as_it_was_judged(engine: Engine) -> None:
    in_force(engine)
    cold = 'phrase.coldness minor 3.0-4.0 "随便你"'
    hear(engine, f"""
        华声 c1 telemarketing A1 2026-03-05
            {cold}
        华声 c2 telemarketing A1 2026-03-05
            {cold}
        华声 c3 telemarketing A1 2026-03-05
            phrase.taunt major 3.0-4.0 "活该"
        华声 c4 telemarketing A1 2026-03-05
            {cold}
    """)  # fmt: skip
    with writing(engine) as session:
        for found in to_review(session):
            match found.row.call_id:
                case "c1" | "c3":
                    review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, NOW)
                case "c2":
                    review(session, found.finding_id, Decision.OVERTURNED, REVIEWER, NOW)
                case _:
                    review(session, found.finding_id, Decision.RECLASSIFIED, REVIEWER, NOW, rule="phrase.bluntness")
            if found.row.call_id in ("c1", "c3"):
                mark_reviewed(session, found.call_pk, REVIEWER, NOW)
    with reading(engine) as session:
        labels = {one.call_id: dict(one.has_fault) for one in labelled_calls(session, RULES)}
    cold, blunt, hasty = RULES
    assert labels == {
        "c1": {cold: True, blunt: False, hasty: False},
        "c2": {cold: False},
        "c3": {cold: False, blunt: False, hasty: False},
        "c4": {cold: False, blunt: True},
    }


def test_judged_calls_are_measured_from_the_store(engine: Engine) -> None:
    in_force(engine)
    hear(engine, '华声 c1 telemarketing A1 2026-03-05\n phrase.coldness minor 3.0-4.0 "爱办不办随便你"')
    with writing(engine) as session:
        (found,) = to_review(session)
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, NOW)
    looked = []
    with reading(engine) as session:
        (call,) = measured_calls(session, shipped().manners, lambda: looked.append(1))
    assert call.has_manner == {"coldness": True} and looked == [1]
    assert set(call.values) == set(SHIPPED.measures) and call.values["like_coldness"] > 0.15


def slow_when_cold(count: int) -> list[MeasuredCall]:
    """Calls in which the agent speaks slowly where people found it cold; otherwise all alike."""
    dice = random.Random(11)
    calls, rows = [], list(zip(SHIPPED.measures, SHIPPED.usual, SHIPPED.spread, strict=True))
    for number in range(count):
        is_cold = number % 3 == 0
        values = {measure: dice.gauss(usual + spread, 2 * spread) for measure, usual, spread in rows}
        values["speech_rate_cpm"] = dice.gauss(180 if is_cold else 260, 25)
        labels = {"coldness": is_cold, "impatience": number == 0}
        calls.append(MeasuredCall("华声", f"c{number}", values, labels))
    return calls


def points(model: AttitudeModel, manner: str, values) -> float:
    return model.bias[manner] + sum(
        weight * (values[measure] - usual) / spread
        for measure, usual, spread, weight in zip(model.measures, model.usual, model.spread, model.weights[manner], strict=True)
    )  # fmt: skip


def test_an_attitude_is_fitted_to_what_people_found_and_the_others_say_what_they_said(tmp_path) -> None:
    calls = slow_when_cold(240)
    learnt = learn_attitude(calls, SHIPPED)
    by_name = {one.manner: one for one in learnt.manners}
    cold, blunt, hasty = (by_name[manner] for manner in MANNERS)
    assert learnt.is_new and (cold.is_fitted, blunt.is_fitted, hasty.is_fitted) == (True, False, False)
    assert cold.area_then > 0.9 > 0.8 > cold.area_now
    assert (blunt.calls_with, blunt.calls_without, blunt.area_then) == (0, 0, None)
    values = calls[5].values
    for manner in ("bluntness", "impatience"):
        assert points(learnt.model, manner, values) == pytest.approx(points(SHIPPED, manner, values))
    file = tmp_path / "learnt" / "attitude.json"
    accept_attitude(file, learnt, NOW)
    kept = load_attitude(file)
    assert kept.weights["coldness"] == pytest.approx(learnt.model.weights["coldness"], abs=1e-4)
    ruleset = load_ruleset(CHECKOUT / "lexicons", attitude=file)
    assert ruleset.attitude == kept and shipped().attitude == SHIPPED
    assert ruleset.version == shipped().version


def test_with_too_few_calls_of_a_manner_nothing_is_new() -> None:
    learnt = learn_attitude([replace(call, has_manner={"coldness": False}) for call in slow_when_cold(90)], SHIPPED)
    assert not learnt.is_new and learnt.model is SHIPPED
