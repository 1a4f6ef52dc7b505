"""What the database itself refuses, and what is found when somebody has switched that off."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipeline.ledger.chain import COLUMNS
from pipeline.ledger.verification import Problem, problems_of
from pipeline.store.engine import writing
from pipeline.store.ledger import post
from pipeline.store.ledger_rows import stored_links
from tests.ledger.text import entries

LEDGER = """
    2026-03-05  violation  华声外呼 telemarketing  call 0007  agent A1  phrase.taunt major near  12.0-14.5  -10 points  "你真笨"  by 王敏/reviewer
    2026-03-06  violation  远达呼叫 survey         call 0009  -5 points
    2026-03-07  reversal   华声外呼 telemarketing  reverses 1  +10 points
    2026-03-08  violation  远达呼叫 survey         call 0010  -5 points
"""
# Entry 3 reverses it: not even an unguarded database lets its number go.
UNMOVABLE = {("number", 1)}
COPIED = ", ".join(f'"{name}"' for name in COLUMNS if name not in ("key", "reverses"))


@pytest.fixture
def ledger(engine: Engine) -> Engine:
    with writing(engine) as session:
        post(session, entries(LEDGER))
    return engine


def insert(number: int, key: str, previous: int, verb: str = "INSERT", reverses: str = "NULL") -> str:
    """A copy of the last row under another number and key, following the entry `previous`."""
    before = f"(SELECT sha256 FROM entries WHERE number = {previous})"
    values = f"SELECT {number}, '{key}', {reverses}, {before}, 'ab', {COPIED} FROM entries WHERE number = 4"
    return f"{verb} INTO entries (number, key, reverses, previous, sha256, {COPIED}) {values}"


ON_BOTH = [
    "UPDATE entries SET points = 0 WHERE number = 2",
    "UPDATE entries SET number = 9 WHERE number = 4",
    "UPDATE entries SET sha256 = 'ab'",
    "DELETE FROM entries WHERE number = 4",
    "DELETE FROM entries",
    insert(6, "gap", 4),
    insert(0, "before", 4),
    insert(5, "not after the last", 3),
    insert(4, "number again", 3),
    insert(5, "line 2", 4),
    insert(5, "reversed twice", 4, reverses="1"),
    insert(5, "of nothing", 4, reverses="77"),
]
ON_SQLITE = [
    insert(4, "in its place", 3, "INSERT OR REPLACE"),
    insert(5, "line 2", 4, "INSERT OR REPLACE"),
    insert(5, "reversed twice", 4, "REPLACE", reverses="1"),
    insert(2, "in its place", 1, "REPLACE"),
    insert(5, "line 2", 4) + " ON CONFLICT (key) DO UPDATE SET points = 0",
    "UPDATE OR REPLACE entries SET number = 3 WHERE number = 4",
]
ON_POSTGRESQL = [
    "TRUNCATE entries",
    "TRUNCATE entries CASCADE",
    insert(5, "line 2", 4) + " ON CONFLICT (key) DO UPDATE SET points = 0",
    insert(4, "number again", 3) + " ON CONFLICT (number) DO UPDATE SET points = 0",
]


def refuses(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        before = connection.execute(text("SELECT * FROM entries ORDER BY number")).all()
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
        pytest.fail(f"taken: {statement}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM entries ORDER BY number")).all() == before


def test_the_database_refuses_what_would_change_the_past(ledger: Engine) -> None:
    for statement in (*ON_BOTH, *(ON_SQLITE if ledger.dialect.name == "sqlite" else ON_POSTGRESQL)):
        refuses(ledger, statement)


def test_the_copies_would_go_in_at_their_place(ledger: Engine) -> None:
    with ledger.begin() as connection:
        connection.execute(text(insert(5, "next", 4)))


def unguarded(connection: Connection) -> None:
    """Take the guards away, as somebody may who has the database."""
    if connection.dialect.name == "sqlite":
        for name in ("entries_no_update", "entries_no_delete", "entries_in_place"):
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))


def found_after(engine: Engine, *statements: str, **values: object) -> list[Problem]:
    """What verification says after an alteration, which is taken back."""
    with Session(engine) as session:
        session.connection().execute(text("SELECT 1"))
        unguarded(session.connection())
        for statement in statements:
            session.execute(text(statement), values)
        found = list(problems_of(stored_links(session)))
        session.rollback()
    return found


def other_values(column: str, before: object) -> Iterator[object]:
    if column in ("start_ms", "end_ms", "points", "amount_fen", "number"):
        yield from (12, -(before or 1) if isinstance(before, int) else 5)
    elif column == "recorded_at":
        yield from ("2026-03-05 04:00:00.000001+00:00", "2030-01-01 00:00:00+00:00")
    elif column == "reverses":
        yield 2
    elif column == "kind":
        yield from ("warning", "bribe")
    else:
        yield from ("altered", "")


def test_each_column_of_each_row_altered_behind_the_guards_is_found(ledger: Engine) -> None:
    described = {one["name"]: bool(one["nullable"]) for one in inspect(ledger).get_columns("entries")}
    assert set(described) == {"number", *COLUMNS, "previous", "sha256"}
    with ledger.connect() as connection:
        rows = connection.execute(text("SELECT * FROM entries ORDER BY number")).mappings().all()
    tried = 0
    for number, row in enumerate(rows, start=1):
        for column, nullable in described.items():
            for value in [*other_values(column, row[column]), *([None] if nullable else [])]:
                if value == row[column] or (column, number) in UNMOVABLE:
                    continue
                update = f'UPDATE entries SET "{column}" = :value WHERE number = {number}'
                problems = found_after(ledger, update, value=value)
                place = f"{column} of {number}: {row[column]!r} → {value!r}"
                assert problems, place
                assert column == "number" or any(one.first <= number <= one.last for one in problems), place
                tried += 1
    assert tried > len(rows) * len(described)


def test_rows_taken_out_put_in_and_moved_behind_the_guards_are_found(ledger: Engine) -> None:
    def faults(*statements: str) -> set[tuple[str, int, int]]:
        return {(problem.fault.value, problem.first, problem.last) for problem in found_after(ledger, *statements)}

    assert faults("SELECT 1") == set()
    assert faults("DELETE FROM entries WHERE number = 2") == {("missing", 2, 2)}
    moved = [f"UPDATE entries SET number = {to} WHERE number = {number}" for number, to in ((4, 44), (2, 4), (44, 2))]
    assert ("displaced", 2, 2) in faults(*moved)
    assert faults(
        "UPDATE entries SET number = 5 WHERE number = 4", insert(4, "put in", 3).replace("number = 4", "number = 5")
    ) == {
        ("edited", 4, 4),
        ("displaced", 5, 5),
    }
