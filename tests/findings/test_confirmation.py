"""How likely a finding is confirmed: what is weighed, and what a file may be."""

import json

import pytest

from pipeline.errors import ModelError
from pipeline.findings.confirmation import Confirmation, load, terms, written
from tests.heard import finding

TAUNT = finding('phrase.taunt major 12.0-14.5 "活该"')


def test_weights_of_what_a_finding_has_decide():
    model = Confirmation(0.0, {"rule phrase.taunt": 1.0, "match near": -5.0, "rule voice.noise": -9.0})
    assert model.probability(TAUNT) == pytest.approx(1 / (1 + 2.718281828**-1))
    assert model.probability(finding("phrase.rudeness major")) == 0.5


def test_what_was_not_measured_weighs_nothing():
    model = Confirmation(0.0, {"snr": 1.0})
    assert model.probability(TAUNT) == model.probability(TAUNT, 20.0) == 0.5
    assert model.probability(TAUNT, 5.0) < 0.5 < model.probability(TAUNT, 35.0)
    # One broken measure does not decide alone.
    assert terms(TAUNT, -900.0)["snr"] == -3.0


def test_the_vendor_is_no_part_of_it():
    assert not [name for name in terms(TAUNT) if "vendor" in name or "agent" in name]


def test_a_file_keeps_what_is_needed(tmp_path):
    file = tmp_path / "confirmation.json"
    assert load(file) is None
    model = Confirmation(-0.25, {"rule phrase.taunt": 1.23456})
    file.write_text(written(model, {"verdicts": 80}), "utf-8")
    assert load(file).probability(TAUNT) == pytest.approx(model.probability(TAUNT), abs=1e-4)
    assert json.loads(file.read_text("utf-8"))["verdicts"] == 80


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "attitude"}', '{"kind": "confirmation", "bias": "x", "weights": {}}']
)
def test_another_file_is_refused_in_one_line(tmp_path, text):
    file = tmp_path / "confirmation.json"
    file.write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"confirmation\.json: is no model of confirmations .* ranks as before"):
        load(file)


def test_a_weight_beyond_all_measure_is_certain_and_no_error():
    assert Confirmation(9000.0, {}).probability(TAUNT) == pytest.approx(1)
    assert Confirmation(-9000.0, {}).probability(TAUNT) == pytest.approx(0)
