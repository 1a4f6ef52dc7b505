from pathlib import Path

import pytest

from pipeline.ledger.grades import Grading, YearFaults, grade_after, grade_entry, grade_in_force
from pipeline.policy.policy import Policy, load_policy
from pipeline.records.month import Month
from tests.ledger.text import at, posted, written
from tests.policy.changes import SHIPPED, changed

POLICY = load_policy(SHIPPED)


def graded(closed: str, before: int, faults: int, calls: int = 60, policy: Policy = POLICY) -> Grading:
    return grade_after("华声外呼", Month.parse(closed), before, YearFaults(faults, 0, 0, calls), policy)


@pytest.mark.parametrize(
    ("closed", "before", "faults", "calls", "grade"),
    [
        # Within the year nobody betters, and a limit that is crossed worsens at once.
        ("2026-02", 3, 0, 60, 3),
        ("2026-02", 1, 0, 60, 1),
        ("2026-02", 1, 1, 60, 2),
        ("2026-02", 1, 9, 60, 2),
        ("2026-02", 1, 10, 60, 3),
        ("2026-02", 2, 10, 60, 3),
        # On 1 January the whole year decides: none, fewer than 10, 10 and more.
        ("2026-12", 3, 0, 60, 1),
        ("2026-12", 3, 1, 60, 2),
        ("2026-12", 3, 9, 60, 2),
        ("2026-12", 3, 10, 60, 3),
        ("2026-12", 1, 10, 60, 3),
        # No call heard is no proof of anything; faults count all the same.
        ("2026-12", 3, 0, 0, 3),
        ("2026-12", 2, 0, 0, 2),
        ("2026-12", 2, 10, 0, 3),
    ],
)
def test_grades_by_the_faults_of_the_year(closed: str, before: int, faults: int, calls: int, grade: int) -> None:
    assert graded(closed, before, faults, calls).grade == grade


def test_calls_complaints_and_number_checks_are_faults_alike() -> None:
    faults = YearFaults(calls=4, complaints=3, number_checks=3, formal_calls=60)
    assert grade_after("华声外呼", Month(2026, 5), 1, faults, POLICY).grade == 3


def test_only_december_s_grade_is_final() -> None:
    assert [graded(month, 3, 0).provisional for month in ("2026-11", "2026-12")] == [True, False]
    assert graded("2026-12", 3, 0).since == Month(2027, 1)


@pytest.mark.parametrize(
    ("old", "new", "faults", "shipped", "other"),
    [
        ("grade_3_from = 10", "grade_3_from = 11", 10, 3, 2),
        ("grade_2_from = 1", "grade_2_from = 2", 1, 2, 1),
    ],
)
def test_the_limits_are_the_policy_s(tmp_path: Path, old: str, new: str, faults: int, shipped: int, other: int) -> None:
    assert graded("2026-12", 1, faults).grade == shipped
    assert graded("2026-12", 1, faults, policy=changed(tmp_path, old, new)).grade == other


def test_the_grade_a_vendor_begins_in_is_the_policy_s(tmp_path: Path) -> None:
    assert grade_in_force([], Month(2026, 3), POLICY) == 3
    assert grade_in_force([], Month(2026, 3), changed(tmp_path, "first_grade = 3", "first_grade = 2")) == 2


def test_a_close_s_grade_holds_from_the_next_month_on() -> None:
    ledger = posted("""
        2026-12-31 grade 华声外呼 - {grade 1}
        2027-04-30 grade 华声外呼 - {grade 2}
        2027-05-02 violation 华声外呼 telemarketing call 7 phrase.taunt major by 王敏/reviewer
    """)
    in_force = {
        month: grade_in_force(ledger, Month.parse(month), POLICY)
        for month in ("2026-12", "2027-01", "2027-04", "2027-05")
    }
    assert in_force == {"2026-12": 3, "2027-01": 1, "2027-04": 1, "2027-05": 2}


def test_the_entry_tells_the_count_with_its_n() -> None:
    grading = grade_after("华声外呼", Month(2026, 5), 2, YearFaults(7, 2, 1, 300), POLICY)
    entry = grade_entry(grading, POLICY, at("2026-05-31"))
    assert written(entry) == (
        "2026-05-31 grade 华声外呼 - {grade 3} (本年过错10次（抽检7，投诉2，号码抽查1），正式样本300通；2026-06起3级（暂定）)"
    )
    assert entry.key == "grade 2026-05 华声外呼"
    assert entry.policy == POLICY.version
