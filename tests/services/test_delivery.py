"""Letters go out once: into a folder, by mail, after failures, after a death in the middle, and from two runs at once."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

import pipeline.services.delivery
from pipeline.errors import UsageError
from pipeline.records.feedback import Letter, LetterKind
from pipeline.records.registry import Fact, FactKind
from pipeline.services.delivery import deliver
from pipeline.settings import Settings, load
from pipeline.store.engine import reading, writing
from pipeline.store.facts import record_fact
from pipeline.store.outbox import claim, letters, mark_sent, put

from .mail_server import _Server, mail_server

NOW = datetime(2026, 3, 9, 10, tzinfo=UTC)
DAY = date(2026, 3, 9)


def letter(number: int = 1, vendor: str = "华声") -> Letter:
    body = f"{vendor}：\n第{number}封\n"
    return Letter(f"k{number} {vendor}", vendor, LetterKind.FEEDBACK, DAY, f"质量反馈{number}", body, (), None)


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    with writing(engine) as session:
        assert put(session, letter(), NOW) and put(session, letter(2), NOW)
        assert not put(session, letter(), NOW)
    return Settings(tmp_path)


@pytest.fixture
def server() -> Iterator[_Server]:
    with mail_server() as running:
        yield running


def by_mail(settings: Settings, server: _Server) -> Settings:
    return replace(settings, outbox=f"smtp://qa%40example.com@127.0.0.1:{server.server_address[1]}")


def contact(engine: Engine, value: str) -> None:
    with writing(engine) as session:
        record_fact(session, Fact("华声", FactKind.CONTACT, value, date(2026, 1, 1), "王敏", NOW))


def run(settings: Settings, engine: Engine, now: datetime = NOW) -> list[str | None]:
    return [one.error for one in deliver(settings, engine, lambda: now, lambda _: None)]


def files(settings: Settings) -> dict[str, str]:
    return {str(file.relative_to(settings.root / "outbox")): file.read_text() for file in settings.root.rglob("*.txt")}


def test_into_a_folder_once(settings: Settings, engine: Engine) -> None:
    assert run(settings, engine) == [None, None]
    assert files(settings) == {
        "华声/20260309-000001-质量反馈1.txt": "华声：\n第1封\n",
        "华声/20260309-000002-质量反馈2.txt": "华声：\n第2封\n",
    }
    assert run(settings, engine) == []
    with reading(engine) as session:
        assert [(kept.sent_at, kept.attempts) for kept in letters(session)] == [(NOW, 1), (NOW, 1)]


def test_a_vendors_name_leads_nowhere_else(settings: Settings, engine: Engine) -> None:
    with writing(engine) as session:
        put(session, letter(3, "../../etc"), NOW)
    run(settings, engine)
    assert len(files(settings)) == 3


def test_by_mail_to_the_vendors_contact(settings: Settings, engine: Engine, server: _Server) -> None:
    contact(engine, "刘经理 liu@vendor.example 13800138000")
    assert run(by_mail(settings, server), engine) == [None, None]
    sender, to, message = server.received[0]
    assert "qa@example.com" in sender and "liu@vendor.example" in to
    assert (message["Subject"], message["From"], message.get_content().replace("\r\n", "\n")) == (
        "质量反馈1",
        "qa@example.com",
        "华声：\n第1封\n",
    )
    assert len({message["Message-ID"] for *_, message in server.received}) == 2


def test_a_refusal_is_tried_again_at_once_and_by_the_next_run(
    settings: Settings, engine: Engine, server: _Server
) -> None:
    contact(engine, "liu@vendor.example")
    server.refusals = 2
    assert run(by_mail(settings, server), engine) == [None, None]
    with writing(engine) as session:
        put(session, letter(3), NOW)
    server.refusals = 3
    (error,) = run(by_mail(settings, server), engine)
    assert error is not None and "try again later" in error and "\n" not in error
    with reading(engine) as session:
        failed = letters(session)[-1]
        assert (failed.sent_at, failed.attempts, failed.last_error) == (None, 1, error)
    assert run(by_mail(settings, server), engine) == [None]
    assert [message["Subject"] for *_, message in server.received] == ["质量反馈1", "质量反馈2", "质量反馈3"]
    with reading(engine) as session:
        assert letters(session)[-1].last_error is None


def test_no_server_and_no_address_are_said_in_a_line(settings: Settings, engine: Engine) -> None:
    nowhere = replace(settings, outbox="smtp://qa%40example.com@127.0.0.1:9")
    errors = run(nowhere, engine)
    assert all(error is not None and "callqa vendor record 华声 contact" in error for error in errors)
    contact(engine, "liu@vendor.example")
    assert all(error is not None and "refused" in error for error in run(nowhere, engine))
    assert run(settings, engine) == [None, None]


def test_who_dies_before_the_record_delivers_the_very_same_again(
    settings: Settings, engine: Engine, server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact(engine, "liu@vendor.example")

    def dying(*_: object) -> None:
        raise KeyboardInterrupt

    for to in (settings, by_mail(settings, server)):
        monkeypatch.setattr(pipeline.services.delivery, "mark_sent", dying)
        with pytest.raises(KeyboardInterrupt):
            run(to, engine, NOW)
        monkeypatch.setattr(pipeline.services.delivery, "mark_sent", mark_sent)
        # The dead one's letter stays in its hands for ten minutes; the others go out.
        assert run(settings, engine, NOW + timedelta(minutes=10)) == ([None] if to is settings else [])
        assert run(to, engine, NOW + timedelta(minutes=10, seconds=1)) == [None]
        if to is settings:
            assert len(files(settings)) == 2
            with writing(engine) as session:
                put(session, letter(3), NOW)
    first, second = server.received
    assert first[2]["Message-ID"] == second[2]["Message-ID"]


def test_two_runs_at_once_share_the_letters(settings: Settings, engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(3, 23):
            put(session, letter(number), NOW)
    done: list[list[str | None]] = []
    threads = [threading.Thread(target=lambda: done.append(run(settings, engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(len, done)) == 22 and not any(error for errors in done for error in errors)
    with reading(engine) as session:
        assert {kept.attempts for kept in letters(session)} == {1}
    with writing(engine) as session:
        assert claim(session, NOW, ()) is None


@pytest.mark.parametrize("outbox", ["smtp://host", "ftp://x@y", "folder:", "smtp://a@b@host:25"])
def test_an_outbox_that_is_none_is_refused(tmp_path: Path, outbox: str) -> None:
    (tmp_path / "callqa.toml").write_text(f'outbox = "{outbox}"\n')
    with pytest.raises(UsageError, match=r"outbox = .* must be"):
        load(tmp_path)
