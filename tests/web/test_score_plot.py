from dataclasses import replace
from datetime import UTC

from pipeline.records.closed import ScoreLine
from pipeline.records.month import Month
from pipeline.services.explained_chinese import Chinese
from pipeline.services.explained_english import English
from pipeline.web.score_plot import curves, months_of, score_plot


def line(vendor, project, month, score, calls=100, status="scored"):
    """Five points to either side."""
    score_c = None if score is None else score * 100
    low, high = (None, None) if score_c is None else (score_c - 500, min(10_000, score_c + 500))
    return ScoreLine(
        vendor, project, Month.parse(month), 0, calls, 30, 30, 0, 0, 0, 0, 30, 0, 0, 0, None, None, None, score_c, low, high,
        10_000, 0, 0, 0, 0, 3, status, "p",
    )  # fmt: skip


LINES = [
    line("华声", "survey", "2026-01", 80, calls=300),
    line("华声", "win-back", "2026-01", 60, calls=100),
    line("华声", "survey", "2026-03", 90),
    line("远达", "survey", "2026-02", None, status="not_inspected"),
    line("远达", "survey", "2026-03", 70, calls=10, status="too_few"),
]


def test_a_vendors_months_are_the_mean_of_its_projects_by_their_calls():
    huasheng, yuanda = curves(LINES, of_projects=False)
    assert huasheng.by_month[Month(2026, 1)].value == (80 * 300 + 60 * 100) / 400
    assert [str(month) for month in months_of([huasheng])] == ["2026-01", "2026-02", "2026-03"]
    assert set(yuanda.by_month.values()) == {None}, "exempt months and those with too few calls have no point"


def test_a_single_vendor_is_drawn_by_its_projects():
    assert [one.name for one in curves(LINES[:3], of_projects=True)] == ["survey", "win-back"]


def test_band_and_line_share_their_months_and_a_month_without_a_score_is_a_gap():
    drawn = score_plot(curves(LINES, of_projects=False), 80, "警告线")
    low, band, value = drawn["series"][:3]
    assert low["data"][1] is None and low["data"][2] == 85.0
    assert [a + b for a, b in zip(low["data"][::2], band["data"][::2], strict=True)][1] == 95.0
    assert value["data"][1] is None and value["data"][2]["value"] == 90.0
    assert [stroke[0]["coord"][0] for stroke in value["markLine"]["data"]] == ["2026-01", "2026-03"]
    assert drawn["series"][-1]["markLine"]["data"] == [{"yAxis": 80}]
    assert drawn["yAxis"]["min"] == 70, "the lowest bound, down to a whole ten"


def test_nothing_is_drawn_where_nothing_has_a_score():
    assert score_plot(curves(LINES[3:], of_projects=False), 80, "警告线") is None
    assert score_plot([], None, "") is None


def whole(score, calls=3, low=None):
    """Every call was heard."""
    made = line("华声", "survey", "2026-04", score, calls=calls)
    return replace(
        made,
        drawn=calls,
        reviewed=calls,
        score_low_c=score * 100 if low is None else low * 100,
        score_high_c=score * 100,
    )


def test_a_month_that_was_heard_whole_is_no_estimate():
    assert whole(60).is_of_all
    assert not whole(60, low=59).is_of_all, "what has an interval shows it"
    assert not replace(whole(60), calls=4).is_of_all and not replace(whole(60), calls=0, reviewed=0).is_of_all
    assert not replace(whole(60), score_c=None, score_low_c=None, score_high_c=None).is_of_all
    (drawn,) = curves([*LINES[:1], whole(60)], of_projects=True)
    assert drawn.of_all == {Month(2026, 4)}
    value = score_plot([drawn], None, "警告线")["series"][2]
    assert [one["name"] for one in value["data"] if one] == ["2026-01: 80.0 (75.0–85.0)", "2026-04: 60.0"]
    both = [whole(60), replace(line("华声", "win-back", "2026-04", 90), calls=7)]
    assert curves(both, of_projects=False)[0].of_all == frozenset(), "half of an estimate is one"


def test_an_explanation_says_so_in_both_languages():
    for say, told in (
        (Chinese, "60.00（全部通话都查了，没有抽样误差）"),
        (English, "60.00 (all calls heard, no sampling error)"),
    ):
        assert say(UTC, with_names=True).score(whole(60))[0].endswith(told)
        assert "59.00" in say(UTC, with_names=True).score(whole(60, low=59))[0]
