"""What findings are worth and what is missed; the worked example of the module is checked here."""

import pytest

from pipeline.records.finding import Match
from pipeline.records.quality import AddedTwice, ControlCounts, Judged, NamedFault, RuleCount, Sitting
from pipeline.records.span import Span
from pipeline.scoring.effort import efforts, ratio
from pipeline.scoring.inspection_quality import by_match, by_rule, by_version, missed_faults
from pipeline.scoring.intervals import wilson
from pipeline.scoring.second_hearings import by_pair, matched

COUNTS = [
    RuleCount("phrase.taunt", 1, Match.EXACT, 8, 1, 1),
    RuleCount("phrase.taunt", 2, Match.NEAR, 2, 0, 8),
    RuleCount("voice.noise", 1, Match.ACOUSTIC, 5, 0, 0),
]


def test_precision_is_of_what_was_decided_and_what_nobody_decided_is_not_there():
    taunt, noise, abuse = by_rule(COUNTS, {"phrase.abuse": 3})
    assert (taunt.rule, taunt.decided, taunt.precision.value) == ("phrase.taunt", 20, 0.5)
    assert (taunt.precision.low, taunt.precision.high) == pytest.approx(wilson(10, 20))
    assert (noise.precision.value, noise.precision.high) == (1, 1)
    assert (abuse.rule, abuse.added, abuse.precision) == ("phrase.abuse", 3, None)


def test_versions_and_ways_of_matching_stand_by_themselves():
    assert [(one.rule, one.version, one.rate.value) for one in by_version(COUNTS)] == [
        ("phrase.taunt", 1, 0.1),
        ("phrase.taunt", 2, 0.8),
        ("voice.noise", 1, 0.0),
    ]
    assert {one.match: (one.confirmed, one.decided) for one in by_match(COUNTS)} == {
        Match.EXACT: (8, 10),
        Match.NEAR: (2, 10),
        Match.ACOUSTIC: (5, 5),
    }


def test_what_is_missed_follows_from_the_calls_heard_whole():
    found = missed_faults(ControlCounts(1000, 200, 100, 90, 50, 2))
    assert found.faulty.value == pytest.approx(0.212)
    assert found.missed.value == pytest.approx(32)
    assert found.found.value == pytest.approx(180 / 212)
    assert found.missed.high == pytest.approx(800 * wilson(2, 50)[1])
    assert found.faulty.low < 0.212 < found.faulty.high


def test_where_no_unflagged_call_was_heard_nothing_is_said_of_what_is_missed():
    found = missed_faults(ControlCounts(1000, 200, 100, 90, 0, 0))
    assert (found.miss_rate, found.missed, found.faulty, found.found) == (None, None, None, None)
    assert found.precision.value == 0.9


def test_no_fault_in_thirty_calls_is_no_proof_that_none_is_missed():
    found = missed_faults(ControlCounts(1000, 0, 0, 0, 30, 0))
    assert (found.missed.value, found.faulty.value) == (0, 0)
    assert found.missed.high == pytest.approx(1000 * wilson(0, 30)[1]) and found.missed.high > 100


def judged(finding, first, second, first_says, second_says):
    return Judged(1, finding, "phrase.taunt", first, second, first_says, second_says)


def test_a_pair_is_one_pair_whoever_heard_first():
    (pair,) = by_pair(
        [
            judged(1, "王敏", "刘洋", True, True),
            judged(2, "刘洋", "王敏", True, False),
            judged(3, "王敏", "刘洋", False, True),
            judged(4, "刘洋", "王敏", False, False),
        ]
    )
    # 刘洋 called 1, 2 and 3 faults, 王敏 only 1.
    assert (pair.first, pair.second, pair.findings, pair.alike.value) == ("刘洋", "王敏", 4, 0.5)
    assert (pair.faults, pair.positive.value) == (3, 0.5)


def test_added_faults_count_in_positive_agreement_alone():
    (pair,) = by_pair([judged(1, "a", "b", True, True), judged(None, "a", "b", True, False)])
    assert (pair.findings, pair.alike.value, pair.faults, pair.positive.value) == (1, 1, 2, 2 / 3)


def test_the_same_fault_added_by_two_is_one_of_both():
    taunt, elsewhere = NamedFault("phrase.taunt", Span(1000, 2000)), NamedFault("phrase.taunt", Span(9000, 9500))
    touching, whole = NamedFault("phrase.taunt", Span(2000, 2500)), NamedFault("script.order", None)
    found = matched(AddedTwice(7, "a", "b", (taunt, whole), (elsewhere, touching)))
    assert [(one.rule, one.is_fault_to_first, one.is_fault_to_second) for one in found] == [
        ("phrase.taunt", True, True),
        ("script.order", True, False),
        ("phrase.taunt", False, True),
    ]


def test_minutes_of_calls_without_a_fault_count_too():
    together, ann, bo = efforts([Sitting("a", 1, 120_000, 2), Sitting("a", 2, 60_000, 0), Sitting("b", 3, 180_000, 0)])
    assert (together.person, together.calls, together.minutes, together.minutes_per_fault.value) == (None, 3, 6, 3)
    assert (ann.person, ann.minutes_per_fault.value, ann.median_s) == ("a", 1.5, 90)
    assert (bo.faults, bo.minutes_per_fault) == (0, None)
    assert efforts([]) == ()


def test_a_ratio_has_cochrans_interval():
    # Amounts in proportion to counts leave no doubt.
    sure = ratio([2, 4, 6], [1, 2, 3])
    assert (sure.value, sure.low, sure.high) == (2, 2, 2)
    # Σ(t − 2f)² = 2 over 3 sittings: s = √(3/2 · 2) / 6, times 4.303.
    unsure = ratio([3, 4, 5], [1, 2, 3])
    assert unsure.high - 2 == pytest.approx(4.3027 * 3**0.5 / 6, abs=1e-3)
