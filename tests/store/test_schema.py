import sqlite3
import threading
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from pipeline.errors import StoreError, UsageError
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.runs import latest_runs, start_run
from pipeline.store.schema import check_current, check_whole, configure, newest, upgrade
from pipeline.store.search_index import TABLE
from pipeline.store.tables import metadata

from .samples import NOW, register, row


def line(error: pytest.ExceptionInfo[StoreError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def of_the_models(name: str | None, kind: str, _: object) -> bool:
    """The search index has no model: SQLite keeps it in tables of its own making."""
    return not (kind == "table" and name is not None and name.startswith(TABLE))


def test_migrations_make_exactly_the_tables_of_the_code(engine: Engine) -> None:
    check_current(engine)
    with engine.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"include_name": of_the_models}), metadata)
            == []
        )
        made = inspect(connection)
        for table in metadata.tables.values():
            assert {index["name"] for index in made.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_the_models_and_the_migrations_agree_on_what_is_indexed_where(tmp_path: Path) -> None:
    """The comparison above does not see partial indexes' conditions: SQLite's own words for them must be the same."""
    upgrade(f"sqlite:///{tmp_path / 'migrated.db'}")
    direct = open_engine(f"sqlite:///{tmp_path / 'direct.db'}", create=True)
    metadata.create_all(direct)
    direct.dispose()
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = []
    for name in ("migrated.db", "direct.db"):
        with sqlite3.connect(tmp_path / name) as connection:
            found.append(dict(connection.execute(query).fetchall()))
        connection.close()
    assert found[0] == found[1]
    assert sum(" WHERE " in sql for sql in found[0].values()) == 5


def test_upgrading_again_changes_nothing(url: str) -> None:
    assert upgrade(url) == newest()
    engine = open_engine(url)
    register(engine, row())
    assert upgrade(url) == newest()
    with reading(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM calls")) == 1
    engine.dispose()


def test_two_upgrades_at_once_both_succeed(url: str) -> None:
    results: list[str | Exception] = []

    def run() -> None:
        try:
            results.append(upgrade(url))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [newest(), newest()]


def test_an_old_database_is_named_with_what_to_run(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreError) as refused:
        check_current(engine)
    assert f"database is at revision 0001, this version needs {newest()}: run `callqa init`" in line(refused)


def test_an_older_revision_is_brought_up_with_its_data(url: str) -> None:
    engine = open_engine(url, create=True)
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0001")
        connection.execute(text("INSERT INTO drops (location) VALUES ('/kept')"))
    with pytest.raises(StoreError, match="revision 0001"):
        check_current(engine)
    upgrade(url)
    check_current(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT location FROM drops")) == "/kept"
    engine.dispose()


def test_a_newer_database_is_left_alone(engine: Engine, url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (lambda: check_current(engine), lambda: upgrade(url)):
        with pytest.raises(StoreError) as refused:
            refuse()
        assert "revision 9999, which this version does not know" in line(refused)


def test_downgrading_is_refused_and_nothing_is_lost(engine: Engine) -> None:
    register(engine, row())
    with pytest.raises(StoreError, match="never downgraded"), engine.begin() as connection:
        command.downgrade(configure(connection), "base")
    check_current(engine)
    with reading(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM calls")) == 1


def test_a_failed_upgrade_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE findings (mine TEXT)")
    connection.close()
    with pytest.raises(StoreError) as refused:
        upgrade(f"sqlite:///{file}")
    assert "table findings already exists" in line(refused)
    with sqlite3.connect(file) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"findings"}


def test_an_absent_database_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_engine(f"sqlite:///{tmp_path / 'callqa.db'}")
    assert "there is no database here: run `callqa init`" in line(refused)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match=r"the folder .* does not exist"):
        upgrade(f"sqlite:///{tmp_path / 'no' / 'callqa.db'}")


def test_an_empty_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    file.touch()
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(StoreError, match=r"the database is empty, .*: run `callqa init`"):
        check_current(engine)
    with pytest.raises(StoreError, match="has no tables of callqa: run `callqa init`"), reading(engine) as session:
        latest_runs(session, 1)
    engine.dispose()


@pytest.mark.parametrize("url", ["callqa.db", "mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_wrong_url_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="database"):
        open_engine(url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    file.write_bytes(b"\xef\xbb\xbfcall_id,vendor\n" * 400)
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(StoreError) as refused:
        check_current(engine)
    assert line(refused) == f"{file}: not an SQLite database: name another file, or put a copy back"
    engine.dispose()


def test_a_damaged_database(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    upgrade(f"sqlite:///{file}")
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x5a" * (len(content) - 4096)
    file.write_bytes(content)
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(StoreError) as refused, reading(engine) as session:
        latest_runs(session, 1)
    assert line(refused) == f"{file}: the database is damaged: put a copy back"
    engine.dispose()


def test_a_locked_database_is_waited_for_and_then_named(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    upgrade(f"sqlite:///{file}")
    engine = open_engine(f"sqlite:///{file}", busy_timeout_ms=100)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreError) as refused, writing(engine) as session:
        start_run(session, "nightly", "here", NOW)
    assert time.monotonic() - began >= 0.1
    assert "locked by another process" in line(refused)
    with reading(engine) as session:
        assert latest_runs(session, 1) == ()
    other.execute("ROLLBACK")
    other.close()
    with writing(engine) as session:
        start_run(session, "nightly", "here", NOW)
    engine.dispose()


def test_a_full_disk_writes_nothing_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    upgrade(f"sqlite:///{file}")
    engine = open_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        # SQLite refuses to grow past this, in the very words of a full disk.
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError) as refused, writing(engine) as session:
        for _ in range(200):
            start_run(session, "nightly" * 1000, "here", NOW)
    assert line(refused).endswith(
        "the disk is full or failing: nothing of this step was written; free some space and run it again"
    )
    with reading(engine) as session:
        assert latest_runs(session, 1) == ()
    engine.dispose()


def test_a_damaged_page_is_found_where_the_revision_reads_well(tmp_path: Path) -> None:
    file = tmp_path / "callqa.db"
    upgrade(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    engine = open_engine(f"sqlite:///{file}")
    check_whole(engine)
    engine.dispose()
    data = bytearray(file.read_bytes())
    data[(page - 1) * size : page * size] = b"\x5a" * size
    file.write_bytes(data)
    check_current(engine)
    with pytest.raises(StoreError, match="damaged: put a copy back") as refused:
        check_whole(engine)
    assert line(refused)
    engine.dispose()


def test_a_refusal_not_foreseen_keeps_the_driver_s_words_in_one_line(engine: Engine) -> None:
    with pytest.raises(StoreError) as refused, writing(engine) as session:
        session.execute(text("INSERT INTO work (drawn_call_id, token, attempts) VALUES (77, 0, 0)"))
        session.flush()
    assert "the database refuses: " in line(refused)
    assert "foreign key" in line(refused).lower()


def test_sqlite_is_set_up_for_many_readers_and_safe_writes(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'callqa.db'}")
    engine = open_engine(f"sqlite:///{tmp_path / 'callqa.db'}")
    with engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert settings == ["wal", 2, 1]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    engine.dispose()
