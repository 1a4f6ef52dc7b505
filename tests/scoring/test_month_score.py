import random
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from statistics import mean

import pytest

from pipeline.policy.policy import load_policy
from pipeline.records.estimate import MonthStatus
from pipeline.scoring.month_score import SampledCall, estimate_month
from tests.policy.changes import SHIPPED
from tests.scoring.samples import Vendor, population, sample

POLICY = load_policy(SHIPPED).score
ANY = replace(POLICY, smallest_sample=1)


def calls(text: str) -> list[SampledCall]:
    """A stratum a line: `D1 甲 2/10: 90 100! 100=90!` are two calls of ten, and a formal one that a reviewer scored 90. `!` marks a fault."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        (draw, stratum, share), scores = line.split(":")[0].split(), line.split(":")[1].split()
        num, den = map(int, share.split("/"))
        for score in scores:
            machine, reviewed, final = score.partition("=")
            final = final or machine
            found.append(
                SampledCall(
                    draw, stratum, num, den, bool(reviewed), bool(reviewed),
                    int(machine.rstrip("!")), machine.endswith("!"), int(final.rstrip("!")), final.endswith("!"),
                )
            )  # fmt: skip
    return found


def test_calls_weigh_by_their_probability() -> None:
    """The call of ten weighs 10, each of five of ten weighs 2."""
    estimate = estimate_month(calls("D1 甲 1/10: 90=90\nD1 乙 5/10: 100=100 100=100 100=100 100=100 100=100"), ANY)
    assert estimate.score is not None
    assert estimate.score.value == pytest.approx(95.0)


def test_a_month_heard_and_reviewed_whole_has_no_error() -> None:
    estimate = estimate_month(calls("D1 甲 4/4: 100=100 90!=90! 0!=0! 97=87!"), ANY)
    assert estimate.score is not None
    assert estimate.rate is not None
    assert (estimate.score.low, estimate.score.value, estimate.score.high) == pytest.approx((69.25,) * 3)
    assert (estimate.rate.low, estimate.rate.value, estimate.rate.high) == pytest.approx((0.75,) * 3)


def test_the_machine_s_rate_is_corrected_by_the_reviewed_part() -> None:
    """Flagged 40 of 400; of 10 reviewed flagged ones 9 are right, of 90 others 1 was missed: 0.1 · 0.9 + 0.9 / 90 = 0.1."""
    flagged = "90!=90! " * 9 + "90!=100 " + "90! " * 30
    others = "100=100 " * 89 + "100=90! " + "100 " * 270
    estimate = estimate_month(calls(f"D1 甲 400/40000: {flagged}{others}"), POLICY)
    assert estimate.rate is not None
    assert estimate.score is not None
    assert (estimate.inspected, estimate.reviewed) == (400, 100)
    assert estimate.rate.value == pytest.approx(0.1)
    # 1 point is lost by the machine's word; 10 points in a hundred calls were wrong, 10 more were missed.
    assert estimate.score.value == pytest.approx(99.0 + 0.1 - 0.1)


def test_a_reviewer_s_word_counts_only_in_the_formal_sample() -> None:
    formal = calls("D1 甲 40/400: " + "100=100 " * 40)
    other = [replace(call, formal=False, final_points=0, final_fault=True) for call in formal[:10]]
    estimate = estimate_month([*other, *formal[10:]], POLICY)
    assert estimate.reviewed == 30
    assert estimate.score is not None
    assert estimate.score.value == 100.0


def test_nobody_s_ear_no_score() -> None:
    estimate = estimate_month(
        [replace(call, reviewed=False) for call in calls("D1 甲 40/400: " + "100=100 " * 40)], ANY
    )
    assert (estimate.score, estimate.rate, estimate.reviewed) == (None, None, 0)


@pytest.mark.parametrize(
    ("judged", "reviewed", "smallest", "status"),
    [
        (30, 30, 30, MonthStatus.SCORED),
        (29, 29, 30, MonthStatus.TOO_FEW),
        (300, 29, 30, MonthStatus.TOO_FEW),
        (30, 30, 31, MonthStatus.TOO_FEW),
        (0, 0, 30, MonthStatus.TOO_FEW),
    ],
)
def test_few_calls_are_shown_and_decide_nothing(judged: int, reviewed: int, smallest: int, status: MonthStatus) -> None:
    sampled = calls("D1 甲 300/3000: " + "100=100 " * reviewed + "100 " * (judged - reviewed))
    assert estimate_month(sampled, replace(POLICY, smallest_sample=smallest)).status is status


def test_an_exempt_month_is_not_inspected_and_never_100() -> None:
    estimate = estimate_month(calls("D1 甲 40/400: " + "100=100 " * 40), POLICY, inspected=False)
    assert (estimate.status, estimate.score, estimate.rate) == (MonthStatus.NOT_INSPECTED, None, None)


def test_two_calls_say_next_to_nothing() -> None:
    estimate = estimate_month(calls("D1 甲 2/100000: 100=100 100=100"), POLICY)
    assert estimate.rate is not None
    assert estimate.rate.high > 0.6
    assert estimate.status is MonthStatus.TOO_FEW


def test_a_targeted_call_weighs_in_no_estimate() -> None:
    with pytest.raises(ValueError, match="only calls drawn at random weigh in"):
        estimate_month(calls("T1 targeted 0/1: 0!=0!"), POLICY)


def test_the_order_of_the_calls_decides_nothing() -> None:
    chance = random.Random(5)
    sampled = list(sample(population(Vendor(), chance), chance))
    expected = estimate_month(sampled, POLICY)
    for _ in range(5):
        chance.shuffle(sampled)
        assert estimate_month(sampled, POLICY) == expected


def test_memory_does_not_grow_with_the_calls() -> None:
    def many(count: int) -> Iterator[SampledCall]:
        for n in range(count):
            yield SampledCall(f"D{n % 30}", "甲", 1000, 10_000, n % 50 == 0, n % 50 == 0, 97, n % 7 == 0, 97, False)

    def peak(count: int) -> int:
        tracemalloc.start()
        estimate_month(many(count), POLICY)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(30_000) < 1.2 * peak(3_000) + 20_000


MONTHS, SAMPLES = 60, 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("vendor", "formal"),
    [
        pytest.param(Vendor(), 60, id="plausible"),
        pytest.param(Vendor(), 30, id="as few reviewed as count"),
        pytest.param(Vendor(major=0.01, fatal=0.001, minor=0.02, false=0.002), 60, id="rare faults"),
        pytest.param(Vendor(major=0.004, fatal=0.0005, minor=0.0, false=0.0, recall=0.8), 60, id="hardly any"),
        pytest.param(Vendor(fatal=0.01, recall=0.3), 60, id="a machine that misses most"),
        pytest.param(Vendor(false=0.2), 60, id="a machine that invents"),
        pytest.param(Vendor(recall=1.0, false=0.0), 60, id="a machine without fault"),
        pytest.param(Vendor(calls_a_day=20), 60, id="days so small that all is drawn"),
        pytest.param(Vendor(major=0.4, fatal=0.1, minor=0.4), 60, id="a bad vendor"),
    ],
)
def test_intervals_hold_the_truth(vendor: Vendor, formal: int) -> None:
    """At least 93 of 100 do, for score and rate, and on average the estimates are right."""
    chance = random.Random(20260301)
    scores = rates = 0
    score_errors, rate_errors = [], []
    for _ in range(MONTHS):
        month = population(vendor, chance)
        true = [call for day in month for call in day]
        score = sum(call.points for call in true) / len(true)
        rate = sum(call.fault for call in true) / len(true)
        for _ in range(SAMPLES):
            estimate = estimate_month(sample(month, chance, formal=formal), ANY)
            assert estimate.score is not None
            assert estimate.rate is not None
            scores += estimate.score.low <= score <= estimate.score.high
            rates += estimate.rate.low <= rate <= estimate.rate.high
            score_errors.append(estimate.score.value - score)
            rate_errors.append(estimate.rate.value - rate)
    assert scores >= 0.93 * MONTHS * SAMPLES
    assert rates >= 0.93 * MONTHS * SAMPLES
    assert abs(mean(score_errors)) < 0.2
    assert abs(mean(rate_errors)) < 0.006
