import itertools
from dataclasses import replace

import pytest

from pipeline.errors import DataError
from pipeline.policy.policy import load_policy
from pipeline.policy.scoring import ScorePolicy
from pipeline.records.finding import Severity
from pipeline.scoring.call_score import CallScore, Fault, score_call
from tests.policy.changes import SHIPPED

SHEET = load_policy(SHIPPED).score


def faults(text: str) -> list[Fault]:
    """`script.missing.content major` a line; sources are findings 1, 2, 3 …"""
    words = [line.split() for line in text.splitlines() if line.strip()]
    return [Fault(f"finding {n}", rule, Severity(severity)) for n, (rule, severity) in enumerate(words, 1)]


def score(text: str, policy: ScorePolicy = SHEET) -> CallScore:
    return score_call(faults(text), policy)


def lines(scored: CallScore) -> list[str]:
    return [f"{one.item} {one.fault.source}: {one.points} of {one.asked}" for one in scored.deductions]


WORKED = """
    script.missing.content major
    script.key_figure      major
    voice.dead_air         minor
"""


def test_a_call_without_faults_has_all_points() -> None:
    assert score_call([], SHEET) == CallScore(100, ())


def test_the_worked_example() -> None:
    """8 by a rule of its own, 10 by severity of which the cap of 15 leaves the item 15 − 10 = 5, 3 under another item."""
    scored = score(WORKED)
    assert lines(scored) == ["主体 finding 2: 10 of 10", "主体 finding 1: 5 of 8", "声音 finding 3: 3 of 3"]
    assert scored.points == 100 - 10 - 5 - 3


def test_a_fatal_fault_leaves_nothing() -> None:
    scored = score("phrase.abuse fatal\nvoice.dead_air minor")
    assert scored.points == 0
    assert lines(scored) == ["用语与态度 finding 1: 100 of 100", "声音 finding 2: 0 of 3"]


def test_a_notice_costs_nothing_unless_its_rule_has_points() -> None:
    assert score("script.order notice").points == 100
    assert score("script.missing.thanks notice").points == 98


@pytest.mark.parametrize(("count", "points"), [(1, 90), (2, 80), (3, 70), (4, 70)])
def test_an_item_loses_no_more_than_its_points(count: int, points: int) -> None:
    assert score("phrase.taunt major\n" * count).points == points


def test_the_order_in_which_faults_come_decides_nothing() -> None:
    scored = {score_call(order, SHEET) for order in itertools.permutations(faults(WORKED * 2))}
    assert len(scored) == 1


def test_every_missing_point_names_its_fault() -> None:
    scored = score(WORKED + "script.missing.thanks minor\nscript.overtime minor\nscript.overtime minor")
    assert scored.points + sum(one.points for one in scored.deductions) == 100


def test_a_rule_without_an_item_is_refused() -> None:
    with pytest.raises(DataError, match=r"finding 1: rule 'noise\.new' stands under no item"):
        score("noise.new minor")


def resized(**points: int) -> ScorePolicy:
    return replace(SHEET, items=tuple(replace(item, points=points.get(item.name, item.points)) for item in SHEET.items))


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        (SHEET, 100 - 10 - 3 - 2),
        (replace(SHEET, deduct={**SHEET.deduct, Severity.MAJOR: 12}), 100 - 12 - 3 - 2),
        (replace(SHEET, deduct={**SHEET.deduct, Severity.MINOR: 4}), 100 - 10 - 4 - 2),
        (replace(SHEET, by_rule={**SHEET.by_rule, "script.missing.thanks": 5}), 100 - 10 - 3 - 5),
        (replace(SHEET, by_rule={}), 100 - 10 - 3 - 3),
        (resized(用语与态度=5, 声音=40), 100 - 5 - 3 - 2),
    ],
)
def test_every_number_is_the_policy_s(policy: ScorePolicy, points: int) -> None:
    assert score("phrase.taunt major\nvoice.dead_air minor\nscript.missing.thanks minor", policy).points == points
