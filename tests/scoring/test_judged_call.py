"""What the machine found, what people decided, and what stands after both."""

import pytest

from pipeline.policy.policy import load_policy
from pipeline.records.finding import Severity
from pipeline.scoring.judged_call import (
    Decided,
    DrawnPlace,
    Found,
    final_score,
    machine_faults,
    sampled,
    standing_faults,
)
from pipeline.settings import CHECKOUT

POLICY = load_policy(CHECKOUT / "lexicons" / "policy.toml")
BY_MACHINE = POLICY.posting.by_machine
MINOR, MAJOR, FATAL = Severity.MINOR, Severity.MAJOR, Severity.FATAL
TAUNT = Found(12, "phrase.taunt", MAJOR, counts=True)
ABUSE = Found(13, "phrase.abuse", FATAL, counts=True)
NEAR = Found(15, "phrase.coldness", MINOR, counts=False)
HOURS = Found(16, "call.out_of_hours", MAJOR, counts=True)
PLACE = DrawnPlace("D1", "s", 1, 10, formal=True)


def decided(finding, is_fault=True, rule=None, severity=None):
    number = finding.finding_id if finding else None
    return Decided(100 + (number or 0), number, rule or finding.rule, severity or finding.severity, is_fault)


def sources(faults):
    return [fault.source for fault in faults]


def test_the_machine_says_what_counts_and_nothing_near():
    assert sources(machine_faults([TAUNT, NEAR], [], BY_MACHINE)) == ["finding 12"]


def test_an_overturned_fatal_finding_is_the_machines_no_more_but_an_overturned_major_one_is():
    """Fatal ones are reviewed in every call; a major one's verdict would make formal calls differ from the others."""
    verdicts = [decided(ABUSE, is_fault=False), decided(TAUNT, is_fault=False)]
    assert sources(machine_faults([TAUNT, ABUSE], verdicts, BY_MACHINE)) == ["finding 12"]


def test_an_undecided_fatal_finding_weighs_on_neither_side_unless_it_posts_by_itself():
    silent = Found(17, "audio.silent", FATAL, counts=True)
    assert sources(machine_faults([TAUNT, ABUSE, silent], [], BY_MACHINE)) == ["finding 12", "finding 17"]
    assert sources(standing_faults([TAUNT, ABUSE, silent], [], BY_MACHINE)) == ["finding 17"]
    assert sources(machine_faults([ABUSE], [decided(ABUSE)], BY_MACHINE)) == ["verdict 113"]
    call = sampled(PLACE, False, [TAUNT, ABUSE], [], POLICY)
    assert (call.machine_points, call.machine_fault) == (90, True)


def test_people_say_what_stands_and_clocks_speak_for_themselves():
    added = Decided(7, None, "phrase.insult", FATAL, is_fault=True)
    found = [TAUNT, ABUSE, NEAR, HOURS]
    verdicts = [decided(NEAR), decided(ABUSE, is_fault=False), added]
    assert sources(standing_faults(found, verdicts, BY_MACHINE)) == [
        "verdict 115",
        "verdict 7",
        "finding 16",
    ]
    assert sources(standing_faults(found, [*verdicts, decided(HOURS, is_fault=False)], BY_MACHINE)) == [
        "verdict 115",
        "verdict 7",
    ]


@pytest.mark.parametrize(
    ("verdicts", "points"),
    [((), 100), ((decided(TAUNT),), 90), ((decided(TAUNT, rule="phrase.abuse", severity=FATAL),), 0)],
)
def test_the_final_score_is_of_what_was_decided(verdicts, points):
    assert final_score([TAUNT], verdicts, POLICY).points == points


def test_a_sampled_call_has_both_sides():
    call = sampled(PLACE, True, [TAUNT, NEAR], [decided(TAUNT, is_fault=False), decided(NEAR)], POLICY)
    assert (call.machine_points, call.machine_fault) == (90, True)
    assert (call.final_points, call.final_fault) == (97, False)
    assert (call.draw_id, call.probability_num, call.probability_den, call.formal, call.reviewed) == (
        "D1",
        1,
        10,
        True,
        True,
    )
