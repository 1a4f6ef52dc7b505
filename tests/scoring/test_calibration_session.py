"""People side by side; the worked example of the module is checked here."""

from pipeline.records.calibration_session import SessionFault, SessionOpinion
from pipeline.records.finding import Severity
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.scoring.calibration_session import compare

ABUSE = SessionFault(1, 7, "phrase.abuse", Severity.FATAL, Span(61_000, 62_000), "滚")
TAUNT = SessionFault(2, 7, "phrase.taunt", Severity.MAJOR, Span(12_000, 13_000), "活该")
AGREED, DENIED, OTHER, NEW = Decision.CONFIRMED, Decision.OVERTURNED, Decision.RECLASSIFIED, Decision.ADDED


def says(person, fault, decision, rule=None, severity=None):
    """Somebody's opinion of a finding."""
    return SessionOpinion(
        7, fault.finding_id, person, decision, rule or fault.rule, severity or fault.severity, fault.span, fault.words, ""
    )  # fmt: skip


def adds(person, rule, start_ms, end_ms, call_pk=7):
    return SessionOpinion(call_pk, None, person, NEW, rule, Severity.MINOR, Span(start_ms, end_ms), "", "")


EXAMPLE = [
    says("刘洋", ABUSE, AGREED), says("王敏", ABUSE, DENIED), says("赵静", ABUSE, AGREED),
    says("刘洋", TAUNT, AGREED), says("王敏", TAUNT, AGREED), says("赵静", TAUNT, AGREED),
    adds("王敏", "voice.noise", 1000, 9000),
]  # fmt: skip


def test_what_people_disagree_about_comes_first():
    found = compare([TAUNT, ABUSE], EXAMPLE)
    assert found.people == ("刘洋", "王敏", "赵静")
    assert [(one.rule, one.differing) for one in found.faults] == [
        ("voice.noise", 2), ("phrase.abuse", 2), ("phrase.taunt", 0)
    ]  # fmt: skip
    assert found.faults[0].silent == ("刘洋", "赵静")


def test_each_two_are_compared_by_whether_there_is_a_fault():
    pairs = {(one.first, one.second): one for one in compare([TAUNT, ABUSE], EXAMPLE).pairs}
    assert len(pairs) == 3
    # 刘洋 and 赵静 neither added the noise: nobody can count what both did not add.
    alike = pairs["刘洋", "赵静"]
    assert (alike.findings, alike.alike.value, alike.faults) == (2, 1, 2)
    apart = pairs["刘洋", "王敏"]
    assert (apart.findings, apart.alike.value, apart.faults, apart.positive.value) == (2, 0.5, 3, 0.5)


def test_another_rule_is_a_difference_though_both_see_a_fault():
    found = compare([TAUNT], [says("a", TAUNT, AGREED), says("b", TAUNT, OTHER, "phrase.sarcasm")])
    assert found.faults[0].differing == 1
    assert found.pairs[0].alike.value == 1


def test_the_last_opinion_of_a_person_counts():
    found = compare([TAUNT], [says("a", TAUNT, DENIED), says("b", TAUNT, AGREED), says("a", TAUNT, AGREED)])
    assert found.faults[0].differing == 0


def test_who_has_not_judged_a_finding_says_nothing_of_it():
    found = compare([TAUNT, ABUSE], [says("a", TAUNT, AGREED), says("b", ABUSE, AGREED)])
    assert [one.differing for one in found.faults] == [0, 0]
    assert found.pairs == ()


def test_what_two_add_is_one_fault_where_it_touches_and_two_where_not():
    found = compare([], [adds("a", "voice.noise", 1000, 3000), adds("b", "voice.noise", 2500, 4000)])
    assert [(set(one.said), one.differing) for one in found.faults] == [({"a", "b"}, 0)]
    found = compare([], [adds("a", "voice.noise", 1000, 3000), adds("b", "voice.noise", 8000, 9000)])
    assert [one.differing for one in found.faults] == [1, 1]
    assert found.pairs[0].positive.value == 0


def test_who_has_not_opened_a_call_is_not_silent_about_it():
    found = compare([], [adds("a", "voice.noise", 1000, 3000), adds("b", "voice.noise", 1, 2, call_pk=8)])
    assert [one.silent for one in found.faults] == [(), ()]


def test_of_nothing_said_there_is_nothing_to_compare():
    found = compare([TAUNT], [])
    assert (found.people, found.pairs, found.faults[0].said) == ((), (), {})
