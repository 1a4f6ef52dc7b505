"""kill -9 in the middle of saving leaves whole calls or none, and the next run ends where an undisturbed one would."""

import multiprocessing
import os
import signal
import sqlite3
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from pipeline.records.call import CallState
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.inspections import inspections_drawn_on, save_inspection
from pipeline.store.schema import upgrade
from pipeline.store.states import counts_by_state
from pipeline.store.tables import CallRow, InspectionRow, RecordingRow, WorkRow
from pipeline.store.work import claim

from .samples import ARCHIVED, DAY, NOW, Heard, draw_all, inspection, register, row

CALLS = 120
TURNS = 30
LEASE_S = 60


def work_off(url: str, now: datetime, begun=None, die_before_commit: bool = False) -> None:  # type: ignore[no-untyped-def]
    engine = open_engine(url)
    while True:
        with writing(engine) as session:
            works = claim(session, f"w{os.getpid()}", 4, LEASE_S, now)
        if not works:
            engine.dispose()
            return
        for work in works:
            with writing(engine) as session:
                heard = Heard(file=work.row.file, turns=TURNS)
                save_inspection(session, work, inspection(heard), ARCHIVED, now)
                if begun is not None:
                    begun.set()
                if die_before_commit:
                    os.kill(os.getpid(), signal.SIGKILL)


def check_whole(engine: Engine, file: Path) -> int:
    """Every call is stored whole or not at all; returns how many are."""
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    with reading(engine) as session:
        stored = list(inspections_drawn_on(session, DAY))
        for one in stored:
            assert one.inspection == inspection(Heard(file=one.row.file, turns=TURNS))
        finished = session.scalars(select(WorkRow).where(WorkRow.finished_at.is_not(None))).all()
        assert len(finished) == len(stored) == counts_by_state(session)[CallState.PARTIAL]
        assert session.scalar(select(func.count()).select_from(RecordingRow)) == len(stored)
        numbers = [one.archive_number for one in stored]
        assert sorted(numbers) == [f"20250603-{number:06}" for number in range(1, len(stored) + 1)]
    return len(stored)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    url = f"sqlite:///{tmp_path / 'callqa.db'}"
    upgrade(url)
    engine = open_engine(url)
    register(engine, *(row(f"c{number:02}") for number in range(CALLS)))
    draw_all(engine)
    engine.dispose()
    return tmp_path / "callqa.db"


@pytest.mark.slow
def test_killed_before_the_commit_nothing_of_the_call_is_there(file: Path) -> None:
    url = f"sqlite:///{file}"
    process = multiprocessing.get_context("spawn").Process(target=work_off, args=(url, NOW, None, True))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    engine = open_engine(url)
    assert check_whole(engine, file) == 0
    with writing(engine) as session:
        assert len(claim(session, "early", CALLS, LEASE_S, NOW)) == CALLS - 4, (
            "what the dead held stays held until its lease ends"
        )
    engine.dispose()


@pytest.mark.slow
def test_killed_again_and_again_the_end_state_is_the_same(file: Path) -> None:
    url = f"sqlite:///{file}"
    engine = open_engine(url)
    stored = 0
    for kill in range(3):
        begun = multiprocessing.get_context("spawn").Event()
        now = NOW + timedelta(minutes=5 * kill)
        process = multiprocessing.get_context("spawn").Process(target=work_off, args=(url, now, begun))
        process.start()
        assert begun.wait(60)
        time.sleep(0.013 * (kill + 1))
        process.kill()
        process.join(60)
        now_stored = check_whole(engine, file)
        assert stored <= now_stored < CALLS
        stored = now_stored
    work_off(url, NOW + timedelta(hours=1))
    assert check_whole(engine, file) == CALLS
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(InspectionRow)) == CALLS
        assert {call.state for call in session.scalars(select(CallRow))} == {CallState.PARTIAL}
    engine.dispose()
