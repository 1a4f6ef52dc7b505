"""Who acts proves it: by a password typed unseen, or one from the environment."""

import os
import pty
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows.signing_in import sign_in
from pipeline.errors import StoreError
from pipeline.records.person import Person, Role
from pipeline.store.engine import open_engine, writing
from pipeline.store.people import add_user
from pipeline.store.schema import upgrade
from tests.flows.conftest import Callqa
from tests.flows.typed import PASSWORD


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    upgrade(url := f"sqlite:///{tmp_path / 'callqa.db'}")
    engine = open_engine(url)
    with writing(engine) as session:
        add_user(session, "王敏", Role.SUPERVISOR, PASSWORD, datetime.now(UTC))
    yield engine
    engine.dispose()


def test_the_environment_s_password_proves_a_name(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLQA_PASSWORD", PASSWORD)
    assert sign_in(engine, "王敏") == Person("王敏", Role.SUPERVISOR)
    assert sign_in(engine, "王敏", allowed=(Role.MARKETING, Role.SUPERVISOR)).name == "王敏"
    with pytest.raises(StoreError, match="'王敏' is supervisor; this takes marketing or vice_president"):
        sign_in(engine, "王敏", allowed=(Role.MARKETING, Role.VICE_PRESIDENT))
    monkeypatch.setenv("CALLQA_PASSWORD", PASSWORD + "!")
    with pytest.raises(StoreError, match="name or password is wrong"):
        sign_in(engine, "王敏")


def test_ten_wrong_passwords_lock_a_name_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLQA_PASSWORD", "guess")
    for _ in range(10):
        with pytest.raises(StoreError, match="name or password is wrong"):
            sign_in(engine, "王敏")
    monkeypatch.setenv("CALLQA_PASSWORD", PASSWORD)
    with pytest.raises(StoreError, match="name or password is wrong"):
        sign_in(engine, "王敏")


@pytest.mark.slow
def test_on_a_terminal_it_is_typed_twice_unseen(tmp_path: Path) -> None:
    callqa = Callqa(tmp_path)
    callqa("init", tmp_path)
    keyboard, terminal = pty.openpty()
    started = subprocess.Popen(
        callqa.command("user", "add", "管理", "--role", "administrator"),
        env=callqa.environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    for asked in (b"new password", b"Repeat"):
        # The space after the colon comes once the terminal is silenced; what is typed before would be shown and thrown away.
        while b": " not in shown.rpartition(asked)[2] or asked not in shown:
            shown += os.read(keyboard, 1000)
        os.write(keyboard, f"{PASSWORD}\n".encode())
    while b"can log in" not in shown:
        shown += os.read(keyboard, 1000)
    assert started.wait(timeout=120) == 0
    assert PASSWORD.encode() not in shown
    os.close(keyboard)
    assert [one["name"] for one in callqa.json("user", "list")] == ["管理"]
