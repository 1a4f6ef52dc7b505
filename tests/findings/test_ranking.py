from datetime import date, timedelta

import pytest

from pipeline.findings.confirmation import Confirmation
from pipeline.findings.ranking import Suspicion, Worst, priority, turns, worst, worth
from pipeline.records.finding import Match, Severity

DAY = date(2026, 3, 5)


def sees(rule="phrase.abuse", severity=Severity.FATAL, confidence=0.9, counts=True, match=Match.EXACT):
    return Suspicion(rule, severity, match, confidence, counts)


def points(*found, value_fen=0, day=DAY, turn=0):
    return priority(worth(worst(found), value_fen, day), turn)


def test_the_example_of_the_docstring():
    at = worst([sees()])
    assert at == Worst(Severity.FATAL, 9000, 1800)
    assert worth(at, 1500, DAY) == 1800 + 15 + 269_650
    assert priority(worth(at, 1500, DAY), 5) == 271_375


def test_the_worst_finding_ranks_a_call_however_many_there_are():
    minor = sees("script.missing.thanks", Severity.MINOR, 1.0)
    assert worst([minor, sees(confidence=0.3), minor]) == Worst(Severity.FATAL, 3000, 600)
    assert points(minor, minor, minor) == points(minor)


@pytest.mark.parametrize(("more", "less"), [(Severity.FATAL, Severity.MAJOR), (Severity.MAJOR, Severity.MINOR)])
def test_graver_goes_first_where_both_are_as_sure(more, less):
    assert points(sees(severity=more)) > points(sees(severity=less))


def test_what_does_not_count_by_itself_is_half_as_likely():
    assert worst([sees(confidence=0.8, counts=False)]).likelihood_bp == 4000


def test_an_accepted_model_says_how_likely_it_is_instead():
    doubtful = Confirmation(0.0, {"rule phrase.abuse": -35.0})
    assert worst([sees(confidence=1.0)], doubtful).likelihood_bp == 0
    assert worst([sees(confidence=0.1, counts=False)], Confirmation(35.0, {})).likelihood_bp == 10_000


def test_money_counts_a_point_a_yuan_up_to_a_hundred():
    nothing = points(sees())
    assert [points(sees(), value_fen=fen) - nothing for fen in (99, 100, 3000, 10_000, 1_000_000)] == [
        0,
        1,
        30,
        100,
        100,
    ]


def test_a_minor_fault_overtakes_a_fresh_major_one_after_a_month():
    major = points(sees(severity=Severity.MAJOR, confidence=1.0))
    older = [
        points(sees(severity=Severity.MINOR, confidence=1.0), day=DAY - timedelta(days=days)) for days in (29, 30, 31)
    ]
    assert [one - major for one in older] == [-10, 0, 10]


def test_each_doubling_of_those_before_it_costs_the_same():
    first = points(sees())
    assert [first - points(sees(), turn=turn) for turn in (0, 1, 2, 3, 4, 1023, 1024)] == [0, 30, 60, 60, 90, 300, 330]


def test_turns_follow_the_points_and_of_equals_the_order_given():
    assert turns([5, 9, 5, 7]) == [2, 0, 3, 1]
    assert turns([]) == []


def test_a_vendor_with_thousands_of_faults_does_not_keep_another_unheard():
    """A major fault of another vendor goes first, and a minor one after 512 of five thousand."""
    many = [points(sees(severity=Severity.MAJOR), turn=turn) for turn in range(5000)]
    major, minor = points(sees(severity=Severity.MAJOR)), points(sees(severity=Severity.MINOR))
    assert sum(one > major for one in many) == 0
    assert sum(one >= minor for one in many) == 512
