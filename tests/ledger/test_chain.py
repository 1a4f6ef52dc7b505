import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger.chain import COLUMNS, START, chained, columns_of, digest, entry_of
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span

FULL = Entry(
    key="reversal verdict 7", kind=EntryKind.REVERSAL, month=Month(2026, 4), vendor="华声外呼", project="telemarketing",
    recorded_at=datetime(2026, 4, 2, 1, 30, 0, 5, tzinfo=UTC), subject="verdict 7", call_id="0007", agent="A1",
    rule="phrase.taunt", severity=Severity.MAJOR, match=Match.NEAR, span=Span(12_000, 14_500), words="你怎么“这么”笨\n\\",
    points=10, amount_fen=12_050, reverses=17, person="王敏", role=Role.SUPERVISOR, policy="a1b2", ruleset="e5f6",
    model="demo-asr@1234", note="申诉成立",
)  # fmt: skip
OTHER = {
    "key": "x", "kind": EntryKind.WARNING, "month": Month(2026, 5), "vendor": "远达", "project": "survey",
    "recorded_at": FULL.recorded_at + timedelta(microseconds=1), "subject": "", "call_id": "0008", "agent": "A2",
    "rule": "phrase.insult", "severity": Severity.MINOR, "match": Match.EXACT, "span": Span(12_000, 14_501), "words": "",
    "points": -10, "amount_fen": -12_050, "reverses": 16, "person": "李", "role": Role.REVIEWER, "policy": "a1b3",
    "ruleset": "e5f7", "model": "demo-asr@1235", "note": "申诉成立 ",
}  # fmt: skip


def test_the_bytes_that_are_hashed_are_json_that_anybody_can_write() -> None:
    line = json.dumps(["ab" * 32, 18, *columns_of(FULL)], ensure_ascii=False, separators=(",", ":"))
    assert line.startswith(f'["{"ab" * 32}",18,"reversal verdict 7","reversal","2026-04","华声外呼","telemarketing",')
    assert '"2026-04-02 01:30:00.000005"' in line
    assert digest("ab" * 32, 18, FULL) == hashlib.sha256(line.encode()).hexdigest()


def test_the_form_never_changes() -> None:
    # Ledgers that were written hold these hashes: where this fails, the code is wrong and not the test.
    assert digest(START, 1, FULL) == "97092c8cd342ce79ca2a48b2294e2c073811a5ff7d728daaa24cd3b975ba6075"


def test_every_field_and_place_is_in_the_hash() -> None:
    assert set(OTHER) == {field.name for field in fields(Entry)}
    changed = [replace(FULL, **{name: value}) for name, value in OTHER.items()]
    without = [replace(FULL, **{name: None}) for name in ("project", "call_id", "span", "reverses", "person", "model")]
    hashes = [digest(START, 1, entry) for entry in (FULL, *changed, *without)]
    assert len({*hashes, digest(START, 2, FULL), digest("ab" * 32, 1, FULL)}) == len(hashes) + 2


def test_what_slips_from_one_column_to_the_next_is_another_entry() -> None:
    shifted = replace(FULL, vendor="华声外呼telemarketing", project="")
    quoted = replace(FULL, vendor='华声外呼","telemarketing', project=None)
    assert len({digest(START, 1, entry) for entry in (FULL, shifted, quoted, replace(FULL, project=None))}) == 4


def test_one_instant_has_one_hash_in_every_zone() -> None:
    local = FULL.recorded_at.astimezone(timezone(timedelta(hours=8)))
    assert digest(START, 1, replace(FULL, recorded_at=local)) == digest(START, 1, FULL)
    with pytest.raises(ValueError, match="needs a time zone"):
        digest(START, 1, replace(FULL, recorded_at=datetime(2026, 4, 2)))


def test_each_entry_names_the_one_before() -> None:
    first, *rest = chained(0, START, [FULL, replace(FULL, key="b"), replace(FULL, key="c")])
    assert (first.number, first.previous) == (1, "")
    assert all(
        after.number == before.number + 1 and after.previous == before.sha256
        for before, after in pairwise((first, *rest))
    )
    assert [*chained(1, first.sha256, [replace(FULL, key="b")])] == rest[:1]


words = st.text(max_size=8)
maybe = st.none() | words
entries = st.builds(
    Entry, words, st.sampled_from(EntryKind), st.builds(Month, st.integers(2000, 2100), st.integers(1, 12)), words, maybe,
    st.datetimes(timezones=st.just(UTC)), words, maybe, maybe, maybe, st.none() | st.sampled_from(Severity),
    st.none() | st.sampled_from(Match), st.none() | st.builds(lambda a, b: Span(a, a + b), st.integers(0, 9**9), st.integers(0, 9**9)),
    words, st.integers(), st.integers(), st.none() | st.integers(), maybe, st.none() | st.sampled_from(Role), words, maybe, maybe, words,
)  # fmt: skip


@given(entries)
def test_an_entry_comes_back_from_its_columns(entry: Entry) -> None:
    columns = columns_of(entry)
    assert len(columns) == len(COLUMNS)
    assert entry_of(columns) == entry
    assert entry_of(columns).recorded_at.tzinfo is UTC


@given(entries, entries)
def test_two_entries_never_share_a_hash(one: Entry, other: Entry) -> None:
    assert (digest(START, 1, one) == digest(START, 1, other)) == (one == other)


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "bribe"), ("month", "2026-13"), ("month", None), ("role", "king")]
)
def test_a_row_that_is_no_entry_names_the_value(column: str, value: str | None) -> None:
    (posted,) = chained(0, START, [FULL])
    columns = tuple(value if name == column else given for name, given in zip(COLUMNS, columns_of(FULL), strict=True))
    assert entry_of(columns_of(posted.entry)) == FULL
    with pytest.raises(ValueError, match=r"no entry|is no month"):
        entry_of(columns)
