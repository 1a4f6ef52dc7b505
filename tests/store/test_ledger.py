import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice, pairwise

import pytest
from sqlalchemy import Engine

from pipeline.errors import StoreError
from pipeline.ledger.verification import problems_of
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.ledger import entries, entry, find_entry, head, is_closed, open_month, post, post_many
from pipeline.store.ledger_rows import stored_links
from tests.ledger import text
from tests.ledger.test_chain import FULL

MARCH = Month(2026, 3)
LEDGER = """
    2026-03-05  violation   华声外呼 telemarketing  call 0007  phrase.taunt major near  12.0-14.5  -10 points  "你真笨"  [verdict 1]
    2026-03-06  violation   远达呼叫 survey         call 0009  -5 points  [verdict 2]
    2026-04-01  close       - -  for 2026-03  [close 2026-03]
    2026-04-02  reversal    华声外呼 telemarketing  reverses 1  +10 points  [reversal 1]
"""


def post_text(engine: Engine, ledger: str) -> list[Posted]:
    with writing(engine) as session:
        return post(session, text.entries(ledger))


def everything(engine: Engine) -> list[Posted]:
    with reading(engine) as session:
        assert list(problems_of(stored_links(session))) == []
        return list(entries(session))


def refused(engine: Engine, given: Sequence[Entry]) -> str:
    before = everything(engine)
    with pytest.raises(StoreError) as error, writing(engine) as session:
        post(session, given)
    assert everything(engine) == before, "a refused posting leaves nothing behind"
    assert "\n" not in str(error.value)
    return str(error.value)


def test_entries_come_back_as_they_were_posted(engine: Engine) -> None:
    done = post_text(engine, LEDGER)
    assert done == text.posted(LEDGER)
    assert everything(engine) == done
    with reading(engine) as session:
        assert entry(session, 2) == done[1]
        assert find_entry(session, "reversal 1") == done[3]
        assert find_entry(session, "reversal 9") is None
        assert head(session) == (4, done[3].sha256)


def test_every_field_comes_back(engine: Engine) -> None:
    post_text(engine, "2026-03-05 violation 华声外呼 - -10 points -120.50 yuan")
    with writing(engine) as session:
        post(session, [replace(FULL, reverses=1)])
    assert everything(engine)[1].entry == replace(FULL, reverses=1)


def test_an_empty_ledger_has_no_head(engine: Engine) -> None:
    with reading(engine) as session:
        assert head(session) == (0, "")
        assert not is_closed(session, MARCH)
        with pytest.raises(StoreError, match="no entry 1: its last is 0"):
            entry(session, 1)
    with writing(engine) as session:
        assert post(session, []) == []


def test_entries_are_chosen_by_what_they_are(engine: Engine) -> None:
    post_text(engine, LEDGER)

    def numbers(**which: object) -> list[int]:
        with reading(engine) as session:
            return [posted.number for posted in entries(session, **which)]  # type: ignore[arg-type]

    assert numbers() == [1, 2, 3, 4]
    assert numbers(month=MARCH) == [1, 2, 3]
    assert numbers(vendor="华声外呼") == [1, 4]
    assert numbers(project="survey") == [2]
    assert numbers(kinds=[EntryKind.CLOSE, EntryKind.REVERSAL]) == [3, 4]
    assert numbers(kinds=[]) == []
    assert numbers(after=2, month=MARCH) == [3]


def test_reading_may_stop_early(engine: Engine) -> None:
    post_text(engine, LEDGER)
    with reading(engine) as session:
        assert [posted.number for posted in islice(entries(session), 2)] == [1, 2]
        assert head(session)[0] == 4


def test_what_is_posted_while_entries_are_read_does_not_join_them(engine: Engine) -> None:
    with writing(engine) as session:
        post_many(session, many(3000))
        copies = (replace(posted.entry, key=f"copy of {posted.number}") for posted in entries(session))
        assert post_many(session, copies) == 3000
    assert len(everything(engine)) == 6000


def test_the_same_key_again_is_what_stands_there(engine: Engine) -> None:
    first = post_text(engine, LEDGER)
    later = [replace(one, recorded_at=one.recorded_at + timedelta(days=3)) for one in text.entries(LEDGER)]
    with writing(engine) as session:
        assert post(session, later[:1]) == first[:1], "though its month is closed meanwhile"
        assert post(session, [*later[::-1], *later[:1]]) == [*first[::-1], *first[:1]]
    assert everything(engine) == first


def test_the_same_key_twice_in_one_posting_is_one_entry(engine: Engine) -> None:
    (one,) = text.entries("2026-03-05 violation 华声外呼 - -10 points [verdict 1]")
    with writing(engine) as session:
        assert {posted.number for posted in post(session, [one] * 1500)} == {1}
    assert refused(engine, [replace(one, key="new"), replace(one, key="new", points=-9)])


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("points", -9, "points -10 (given -9)"),
        ("month", Month(2026, 4), "month '2026-03' (given '2026-04')"),
        ("project", None, "project 'telemarketing' (given None)"),
        ("words", "你真苯", "words '你真笨' (given '你真苯')"),
    ],
)
def test_a_known_key_with_another_content_is_refused(engine: Engine, field: str, value: object, says: str) -> None:
    post_text(engine, LEDGER.split("2026-04-01")[0])
    (one, *_) = text.entries(LEDGER)
    said = refused(engine, [replace(one, key="new"), replace(one, **{field: value})])
    assert said.startswith("entry 'verdict 1' stands as number 1 with another content: ")
    assert says in said


def test_a_closed_month_takes_restatements_only(engine: Engine) -> None:
    post_text(engine, LEDGER)
    with reading(engine) as session:
        assert is_closed(session, MARCH)
        assert not is_closed(session, Month(2026, 4))
        assert (open_month(session, MARCH), open_month(session, Month(2026, 2))) == (Month(2026, 4), Month(2026, 2))
    late = text.entries("2026-04-05 violation 华声外呼 - for 2026-03 [late]")
    assert "2026-03 is closed: post it into the next open month, 2026-04" in refused(engine, late)
    assert "2026-03 is closed" in refused(engine, text.entries("2026-04-05 close - - for 2026-03 [close again]"))
    (restated,) = post_text(engine, "2026-04-05 restatement - - for 2026-03 [r1]")
    assert restated.number == 5


def test_a_close_counts_from_its_own_place_on(engine: Engine) -> None:
    both = text.entries("""
        2026-04-01 close     - -        for 2026-03
        2026-04-01 violation 华声外呼 - for 2026-03
    """)
    assert "2026-03 is closed" in refused(engine, both)
    with writing(engine) as session:
        assert len(post(session, both[::-1])) == 2


def test_an_entry_is_reversed_once_and_exactly(engine: Engine) -> None:
    post_text(engine, LEDGER)
    back = "2026-04-05 reversal 华声外呼 telemarketing reverses {} {} points [again]"
    assert "entry 1 is reversed already, by entry 4" in refused(engine, text.entries(back.format(1, "+10")))
    assert "is a reversal itself" in refused(engine, text.entries(back.format(4, "-10")))
    assert "is of '远达呼叫'" in refused(engine, text.entries(back.format(2, "+5")))
    assert "no entry 99 before it" in refused(engine, text.entries(back.format(99, "+5")))


def test_an_entry_may_be_reversed_in_the_posting_that_records_it_and_then_no_more(engine: Engine) -> None:
    both = """
        2026-03-05  violation  华声外呼 -  -10 points
        2026-03-06  reversal   华声外呼 -  reverses 1  +10 points
        2026-03-07  reversal   华声外呼 -  reverses 1  +10 points
    """
    assert "entry 1 is reversed already, by entry 2" in refused(engine, text.entries(both))
    with writing(engine) as session:
        assert [posted.number for posted in post(session, text.entries(both)[:2])] == [1, 2]
    assert "no entry 3 before it" in refused(engine, text.entries("2026-03-05 reversal 华声外呼 - reverses 3 [self]"))


def many(count: int, mark: str = "") -> Iterator[Entry]:
    (one,) = text.entries("2026-03-05 violation 华声外呼 telemarketing -10 points")
    return (replace(one, key=f"verdict {number}{mark}") for number in range(count))


def test_thousands_are_posted_as_they_come(engine: Engine) -> None:
    with writing(engine) as session:
        assert post_many(session, many(2500)) == 2500
        assert post_many(session, many(2600)) == 2600
    posted = everything(engine)
    assert [one.entry.key for one in posted] == [f"verdict {number}" for number in range(2600)]
    assert all(after.previous == before.sha256 for before, after in pairwise(posted))


def test_a_refusal_in_the_middle_of_thousands_leaves_nothing(engine: Engine) -> None:
    (late,) = text.entries("2026-04-05 violation 华声外呼 - for 2026-02 [late]")
    post_text(engine, "2026-03-01 close - - for 2026-02")
    assert "2026-02 is closed" in refused(engine, [*many(2500), late, *many(10, "b")])


def post_alternately(url: str, mark: str, start) -> None:  # type: ignore[no-untyped-def]
    engine = open_engine(url)
    for number in range(40):
        if number < 2:
            start.wait()  # the second time, the other has posted too
        with writing(engine) as session:
            post(session, [*many(3, f" {mark} {number}"), *many(1, f" of both {number}")])
    engine.dispose()


@pytest.mark.slow
def test_two_processes_that_post_at_once_queue(engine: Engine, url: str) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    processes = [context.Process(target=post_alternately, args=(url, mark, start)) for mark in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0, 0]
    posted = everything(engine)
    assert [one.number for one in posted] == list(range(1, 2 * 40 * 3 + 40 + 1))
    own = [[one.number for one in posted if f" {mark} " in one.entry.key] for mark in "ab"]
    assert own[0][0] < own[1][-1] and own[1][0] < own[0][-1], "they did post at once"


def post_and_die(url: str) -> None:
    engine = open_engine(url)
    with writing(engine) as session:
        post_many(session, many(5000))
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_killed_before_the_commit_nothing_of_it_is_there_and_the_next_one_posts(engine: Engine, url: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=post_and_die, args=(url,))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert everything(engine) == []
    assert len(post_text(engine, LEDGER)) == 4
