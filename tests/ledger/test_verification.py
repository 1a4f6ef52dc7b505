"""A ledger of twelve entries, altered in every way there is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from pipeline.ledger.chain import COLUMNS, START, Link, columns_of, link_after
from pipeline.ledger.checkpoints import Checkpoint
from pipeline.ledger.verification import Fault, problems_of
from tests.ledger.text import entries

LEDGER = """
    2026-03-05  violation   华声外呼 telemarketing  call 0007  agent A1  phrase.taunt major near  12.0-14.5  -10 points  "你真笨"  by 王敏/reviewer
    2026-03-06  violation   华声外呼 telemarketing  call 0008  -10 points
    2026-03-07  complaint   华声外呼 telemarketing  {complaint 1}
    2026-03-08  violation   远达呼叫 survey         call 0009  -5 points
    2026-03-09  adjustment  远达呼叫 survey         -120.50 yuan
    2026-03-10  violation   远达呼叫 survey         call 0010  -5 points
    2026-04-01  close       - -                     for 2026-03
    2026-04-02  reversal    华声外呼 telemarketing  reverses 1  +10 points
    2026-04-03  violation   华声外呼 telemarketing  call 0011  -10 points
    2026-04-04  violation   华声外呼 telemarketing  call 0012  -10 points
    2026-04-05  restatement - -                     for 2026-03
    2026-05-01  close       - -                     for 2026-04
"""


def chain(columns: Sequence[tuple[str | int | None, ...]]) -> list[Link]:
    links: list[Link] = []
    for each in columns:
        links.append(link_after(len(links), links[-1].sha256 if links else START, each))
    return links


WHOLE = chain([columns_of(entry) for entry in entries(LEDGER)])


def found(links: Sequence[Link], signed: Sequence[Link] = ()) -> list[tuple[str, int, int]]:
    checkpoints = [Checkpoint(link.number, link.sha256, "2026-04-01 00:00:00.000000", "", "") for link in signed]
    return [(problem.fault.value, problem.first, problem.last) for problem in problems_of(links, checkpoints)]


def altered(number: int, column: str, value: object) -> list[Link]:
    """The ledger with one column of one row changed."""
    place = COLUMNS.index(column)
    return [
        replace(link, columns=(*link.columns[:place], value, *link.columns[place + 1 :]))
        if link.number == number
        else link
        for link in WHOLE
    ]


def renumbered(links: Sequence[Link]) -> list[Link]:
    return [replace(link, number=number) for number, link in zip(count(1), links)]


def test_a_ledger_nobody_touched_has_no_problem() -> None:
    assert found(WHOLE, WHOLE) == []
    assert found([]) == []


@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_every_row_is_watched(number: int, column: str) -> None:
    before = WHOLE[number - 1].columns[COLUMNS.index(column)]
    values: list[object] = ["altered", 7, None, "", 0, b"altered", 7.5, f"{before} ", f"{before}"]
    for value in values:
        if value != before or type(value) is not type(before):
            assert (Fault.EDITED, number, number) in found(altered(number, column, value)), value


@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("column", ["previous", "sha256"])
def test_the_hashes_themselves_are_watched_and_only_their_row_is_named(number: int, column: str) -> None:
    links = [replace(link, **{column: "ab" * 32}) if link.number == number else link for link in WHOLE]
    assert found(links) == [("edited", number, number)]


def test_a_row_edited_with_its_own_hash_made_anew_is_not_what_the_next_one_follows() -> None:
    before = WHOLE[3]
    columns = altered(4, "points", 0)[3].columns
    edited = link_after(3, before.previous, columns)
    assert found([*WHOLE[:3], edited, *WHOLE[4:]]) == [("unlinked", 5, 5)]


def test_a_deleted_row_leaves_a_gap() -> None:
    assert found([*WHOLE[:3], *WHOLE[5:]]) == [("missing", 4, 5)]
    assert found(WHOLE[1:]) == [("missing", 1, 1)]


def test_a_deleted_row_is_missed_also_when_the_rest_is_numbered_anew() -> None:
    assert found(renumbered([*WHOLE[:3], *WHOLE[4:]])) == [("displaced", 4, 11)]


def test_a_row_put_in_displaces_all_after_it() -> None:
    put_in = link_after(3, WHOLE[2].sha256, altered(4, "key", "new")[3].columns)
    assert found(renumbered([*WHOLE[:3], put_in, *WHOLE[3:]])) == [("displaced", 5, 13)]


def test_rows_in_another_order_are_found() -> None:
    swapped = renumbered([*WHOLE[:3], WHOLE[4], WHOLE[3], *WHOLE[5:]])
    assert ("displaced", 4, 5) in found(swapped)
    backward = renumbered(WHOLE[::-1])
    assert {fault for fault, _, _ in found(backward)} >= {"displaced"}


def test_a_number_that_stands_twice_is_found() -> None:
    assert ("displaced", 3, 3) in found([*WHOLE[:3], *WHOLE[2:]])


def test_a_tail_cut_off_is_found_by_what_was_signed_and_by_nothing_else() -> None:
    assert found(WHOLE[:9]) == []
    assert found(WHOLE[:9], [WHOLE[8]]) == []
    assert found(WHOLE[:9], [WHOLE[4], WHOLE[11]]) == [("cut_off", 10, 12)]
    assert found([], [WHOLE[11]]) == [("cut_off", 1, 12)]


def test_a_chain_made_anew_is_found_by_what_was_signed_and_by_nothing_else() -> None:
    anew = chain([link.columns for link in altered(6, "points", 0)])
    assert found(anew) == []
    assert found(anew, [WHOLE[4]]) == []
    assert found(anew, [WHOLE[4], WHOLE[7], WHOLE[11]]) == [("rewritten", 6, 12)]


def test_two_checkpoints_that_contradict_each_other_are_found() -> None:
    forked = replace(WHOLE[7], sha256="ab" * 32)
    assert found(WHOLE, [WHOLE[7], forked]) == [("rewritten", 1, 8)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2026-05-02 violation 华声外呼 telemarketing for 2026-04 -10 points", ("after_close", 13, 13)),
        ("2026-05-02 close - - for 2026-03", ("after_close", 13, 13)),
        ("2026-05-02 reversal 华声外呼 telemarketing reverses 1 +10 points", ("reversed_twice", 13, 13)),
        ("2026-05-02 reversal 华声外呼 telemarketing reverses 13 +10 points", ("reverses_nothing", 13, 13)),
        ("2026-05-02 reversal 华声外呼 telemarketing +10 points", ("reverses_nothing", 13, 13)),
    ],
)
def test_what_the_ledger_would_have_refused_is_found_though_every_hash_fits(
    line: str, problem: tuple[str, int, int]
) -> None:
    (entry,) = entries(line)
    assert found([*WHOLE, link_after(12, WHOLE[-1].sha256, columns_of(entry))]) == [problem]


@pytest.mark.parametrize("number", range(1, 12))
def test_every_single_change_is_told_in_few_lines(number: int) -> None:
    ways: list[Callable[[list[Link]], list[Link]]] = [
        lambda links: [*links[:number], *links[number + 1 :]],
        lambda links: renumbered([*links[:number], *links[number + 1 :]]),
        lambda links: renumbered([*links[:number], links[0], *links[number:]]),
    ]
    for way in ways:
        assert 1 <= len(found(way(list(WHOLE)), [WHOLE[-1]])) <= 5
