from datetime import date

from pipeline.scoring.frame import (
    Explanation,
    FrameDay,
    Gap,
    GapKind,
    ManifestCount,
    OperatorCount,
    not_payable,
    reconcile,
)


def day(number: int, project: str = "流量包") -> FrameDay:
    return FrameDay("华声外呼", project, date(2026, 3, number))


def gaps(
    operator: dict[int, tuple[int, int, int]],
    manifest: dict[int, tuple[int, int, int]],
    explained: dict[tuple[int, GapKind], Explanation] | None = None,
) -> tuple[Gap, ...]:
    """By day of March: issued, records, successes against rows, successes, drawn successes without a recording."""
    return reconcile(
        {day(number): OperatorCount(*counts) for number, counts in operator.items()},
        {day(number): ManifestCount(*counts) for number, counts in manifest.items()},
        {(day(number), kind): why for (number, kind), why in (explained or {}).items()},
    )


def told(found: tuple[Gap, ...]) -> list[str]:
    return [f"{gap.at.day.day} {gap.kind} {gap.calls}" for gap in found]


def test_what_fits_is_no_gap() -> None:
    assert gaps({2: (500, 480, 61)}, {2: (480, 61, 0)}) == ()
    assert gaps({2: (500, 480, 61)}, {2: (480, 60, 0)}) == ()


def test_the_worked_example() -> None:
    found = gaps({2: (500, 480, 61)}, {2: (471, 64, 2)})
    assert told(found) == ["2 missing_calls 9", "2 successes_over 3", "2 not_produced 2"]


def test_a_day_left_out_of_the_manifests_altogether() -> None:
    assert told(gaps({2: (500, 480, 61), 3: (0, 20, 1)}, {2: (480, 61, 0)})) == ["3 missing_calls 20"]


def test_rows_that_the_operator_knows_nothing_of() -> None:
    assert told(gaps({2: (500, 480, 61)}, {2: (481, 61, 0), 3: (7, 1, 0)})) == ["2 unknown_calls 1", "3 no_record 7"]


def test_numbers_issued_serve_the_rest_of_the_month() -> None:
    assert gaps({1: (100, 40, 0), 2: (0, 60, 0)}, {1: (40, 0, 0), 2: (60, 0, 0)}) == ()
    found = gaps({1: (100, 40, 0), 2: (0, 65, 0), 3: (0, 1, 0)}, {1: (40, 0, 0), 2: (65, 0, 0), 3: (1, 0, 0)})
    assert told(found) == ["2 over_issued 5", "3 over_issued 1"]


def test_numbers_issued_later_do_not_serve_an_earlier_day() -> None:
    assert told(gaps({1: (0, 5, 0), 2: (5, 0, 0)}, {1: (5, 0, 0)})) == ["1 over_issued 5"]


def test_projects_do_not_lend_each_other_numbers() -> None:
    operator = {day(1): OperatorCount(100, 10, 0), day(1, "关怀"): OperatorCount(0, 10, 0)}
    manifest = {at: ManifestCount(10, 0, 0) for at in operator}
    assert [(gap.at.project, gap.kind) for gap in reconcile(operator, manifest, {})] == [("关怀", GapKind.OVER_ISSUED)]


def test_a_success_without_recording_is_not_payable_until_explained() -> None:
    books = ({2: (500, 480, 61)}, {2: (471, 64, 2)})
    assert not_payable(gaps(*books)) == {("华声外呼", "流量包"): 2}
    explained = {(2, GapKind.NOT_PRODUCED): Explanation(2, "存储故障，已补业务单", "王敏")}
    assert not_payable(gaps(*books, explained)) == {("华声外呼", "流量包"): 0}
    assert [gap.is_open for gap in gaps(*books, explained)] == [True, True, False]


def test_an_explanation_covers_no_more_calls_than_it_was_given_for() -> None:
    explained = {(2, GapKind.NOT_PRODUCED): Explanation(2, "存储故障", "王敏")}
    grown = gaps({2: (500, 480, 61)}, {2: (480, 61, 3)}, explained)
    assert [gap.is_open for gap in grown] == [True]
    assert not_payable(grown) == {("华声外呼", "流量包"): 3}
    shrunk = gaps({2: (500, 480, 61)}, {2: (480, 61, 1)}, explained)
    assert [gap.is_open for gap in shrunk] == [False]
