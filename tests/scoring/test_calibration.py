import shutil
from dataclasses import fields
from datetime import date
from pathlib import Path

import matplotlib.image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.check import Standard
from pipeline.checks.ruleset import load_ruleset
from pipeline.checks.tone.limits import LIMITS
from pipeline.errors import LexiconError
from pipeline.records.limit import CallFigures, Limit, Side
from pipeline.scoring import calibration_plots
from pipeline.scoring.calibration import Calibration, calibrate, propose
from pipeline.scoring.proposed_standard import number, proposed_standard
from pipeline.settings import CHECKOUT

LEXICONS = CHECKOUT / "lexicons"
DAY = date(2026, 3, 2)
RATE = Limit("rate_max_cpm", Side.HIGH, 5)
LEVEL = Limit("level_low_dbfs", Side.LOW, 0.5)


def calls(project: str, name: str, values: list[float]) -> list[CallFigures]:
    return [CallFigures(project, ((name, value),)) for value in values]


def a_calibration(projects: tuple[str, ...] = ("survey", "续约")) -> Calibration:
    """Sixty calls a project with every figure, ten of another."""
    shift = {"rate_min_cpm": 150, "rate_max_cpm": 250, "level_low_dbfs": -30, "level_high_dbfs": -30}
    scale = {"clipped_share": 1e-5, "interruption_count": 0.05, "level_low_dbfs": 0.2, "level_high_dbfs": 0.2}
    found = [
        CallFigures(project, tuple((x.name, shift.get(x.name, 0) + n * scale.get(x.name, 1)) for x in LIMITS))
        for project, count in (*((name, 60) for name in projects), ("win-back", 10))
        for n in range(count)
    ]
    standard = load_ruleset(LEXICONS).standard
    return calibrate(found, LIMITS, {field.name: getattr(standard, field.name) for field in fields(Standard)})


def test_percentiles_lie_between_the_figures_and_shares_are_counted() -> None:
    found = calibrate(calls("survey", RATE.name, [200.0 + n for n in range(1, 101)]), [RATE], {RATE.name: 290})
    (spread,) = found.together
    assert [spread.percentile(p) for p in (5, 50, 95)] == pytest.approx([205.95, 250.5, 295.05])
    assert (spread.claimed(290).calls, spread.claimed(290).share) == (10, 0.1)
    assert spread.claimed(290).interval == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert (spread.proposed, spread.claimed(300).calls) == (300, 0)


@pytest.mark.parametrize(
    ("limit", "values", "proposed"),
    [
        (RATE, [300.0] * 50, 300),
        (RATE, [300.1] * 50, 305),
        (LEVEL, [-30.0] * 50, -30),
        (LEVEL, [-30.1] * 50, -30.5),
        (Limit("clipped_share", Side.HIGH, 0.0005, least=0.0005), [0.0] * 50, 0.0005),
        (Limit("clipped_share", Side.HIGH, 0.0005), [0.0015] * 50, 0.0015),
        # A count at its limit is past it, so the limit lies above what is usual.
        (Limit("interruption_count", Side.HIGH, 1, least=2, claims_at=True), [2.0] * 50, 3),
        (Limit("interruption_count", Side.HIGH, 1, least=2, claims_at=True), [0.0] * 50, 2),
        # Below what a limit may be nothing is proposed, whatever it then claims.
        (Limit("rate_min_cpm", Side.LOW, 5, least=5), [0.0] * 50, 5),
    ],
)
def test_a_proposal_lies_on_its_step_away_from_the_middle(limit: Limit, values: list[float], proposed: float) -> None:
    assert propose(limit, values) == proposed


@given(st.sampled_from(LIMITS), st.lists(st.integers(0, 200), min_size=50, max_size=120))
def test_a_proposal_claims_no_more_than_about_one_in_twenty(limit: Limit, steps: list[int]) -> None:
    values = [(limit.least or 0) + step * limit.step / 2 for step in steps]
    at = propose(limit, values)
    assert at is not None
    past = sum(limit.is_past(value, at) for value in values)
    assert past <= 0.05 * len(values) + 1


def test_of_49_calls_nothing_is_proposed_and_of_50_something_is() -> None:
    few = calibrate(calls("survey", RATE.name, [300.0] * 49), [RATE], {RATE.name: 350})
    assert (few.projects, few.together, few.too_few) == ((), (), (("survey", 49),))
    assert calibrate(calls("survey", RATE.name, [300.0] * 50), [RATE], {RATE.name: 350}).proposals[0].proposed == 300


def test_a_measure_that_few_calls_have_keeps_its_limit() -> None:
    mixed = [*calls("survey", LEVEL.name, [-20.0] * 60), *calls("survey", RATE.name, [300.0] * 10)]
    found = calibrate(mixed, [RATE, LEVEL], {RATE.name: 350, LEVEL.name: -34})
    assert [spread.limit.name for spread in found.proposals] == [LEVEL.name]
    assert [len(spread.values) for spread in found.together] == [10, 60]


def test_calls_of_a_project_with_too_few_do_not_weigh_in() -> None:
    mixed = [*calls("survey", RATE.name, [300.0] * 60), *calls("win-back", RATE.name, [900.0] * 40)]
    found = calibrate(mixed, [RATE], {RATE.name: 350})
    assert (found.proposals[0].proposed, found.too_few) == (300, (("win-back", 40),))


def test_the_new_standard_loads_and_says_where_each_limit_comes_from(tmp_path: Path) -> None:
    shutil.copytree(LEXICONS, tmp_path / "lexicons")
    file = tmp_path / "lexicons" / "standard.toml"
    before, calibration = load_ruleset(tmp_path / "lexicons"), a_calibration()
    file.write_text(proposed_standard(file.read_text("utf-8"), calibration.proposals, DAY), "utf-8")
    after = load_ruleset(tmp_path / "lexicons")
    assert (after.standard.rate_max_cpm, after.standard.slow_response_ms) == (310, 100)
    assert (after.standard.raised_db, after.hours) == (before.standard.raised_db, before.hours)
    assert after.version != before.version
    text = file.read_text("utf-8")
    assert "# 校准 2026-03-02：原值 350；按 120 通的第 95 百分位 306.05 提出。\nrate_max_cpm = 310\n" in text
    assert "# 语速：每分钟汉字数" in text
    assert text.count("# 校准 ") == len(calibration.proposals) == len(LIMITS)
    again = proposed_standard(text, calibration.proposals, DAY)
    assert again.count("# 校准 ") == len(LIMITS)


def test_a_limit_without_a_line_of_its_own_is_refused() -> None:
    with pytest.raises(LexiconError, match="no line `rate_max_cpm = …`"):
        proposed_standard("[hours]\n", a_calibration().proposals, DAY)


@pytest.mark.parametrize(("value", "written"), [(320.0, "320"), (-31.5, "-31.5"), (0.0005, "0.0005"), (0.0, "0")])
def test_numbers_are_written_as_a_person_would(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize("projects", [("survey",), ("survey", "续约")])
def test_every_limit_has_its_picture_whatever_fonts_there_are(tmp_path: Path, projects: tuple[str, ...]) -> None:
    files = calibration_plots.draw(a_calibration(projects), tmp_path)
    assert [file.name for file in files] == [f"{limit.name}.png" for limit in LIMITS]
    for file in files:
        picture = matplotlib.image.imread(file)
        assert picture.shape[1] == 1040 and picture.std() > 0.05


def test_every_limit_has_its_words_in_both_languages() -> None:
    names = {limit.name for limit in LIMITS}
    assert names == set(calibration_plots.CHINESE.names) == set(calibration_plots.ENGLISH.names)
