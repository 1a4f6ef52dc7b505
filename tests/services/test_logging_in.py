"""Ten wrong passwords within a quarter of an hour lock a name out for a quarter of an hour, wherever they were typed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from pipeline.errors import StoreError
from pipeline.records.person import Person, Role
from pipeline.services.logging_in import prove
from pipeline.store.engine import reading, writing
from pipeline.store.events import events
from pipeline.store.failed_log_ins import is_locked_out, record_failure
from pipeline.store.people import add_user
from pipeline.store.tables import Did

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "geheim-1234"  # noqa: S105 - of nobody


@pytest.fixture
def house(engine: Engine) -> Engine:
    with writing(engine) as session:
        add_user(session, "王敏", Role.REVIEWER, PASSWORD, NOW)
        add_user(session, "李娜", Role.REVIEWER, PASSWORD, NOW)
    return engine


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def fail(engine: Engine, *at: float, name: str = "王敏") -> None:
    """Fail at so many minutes, without the cost of comparing a password."""
    for one in at:
        with writing(engine) as session:
            record_failure(session, name, "192.0.2.1", minutes(one))


def said(engine: Engine, password: str, at: float, name: str = "王敏") -> str | Person:
    try:
        return prove(engine, name, password, "command line", minutes(at))
    except StoreError as error:
        return str(error)


def test_after_ten_wrong_passwords_the_right_one_is_refused_in_the_same_words(house: Engine) -> None:
    wrong = {said(house, "guess", number / 10) for number in range(10)}
    assert wrong == {"user '王敏': name or password is wrong, or the user is disabled"}
    assert {said(house, PASSWORD, 1)} == wrong
    assert said(house, PASSWORD, 1, name="李娜") == Person("李娜", Role.REVIEWER)
    assert {said(house, PASSWORD, 0.9 + 14.9)} == wrong
    assert said(house, PASSWORD, 0.9 + 15) == Person("王敏", Role.REVIEWER)


def test_nine_are_not_enough(house: Engine) -> None:
    fail(house, *range(9))
    assert said(house, PASSWORD, 9) == Person("王敏", Role.REVIEWER)


@pytest.mark.parametrize(("last", "locked"), [(14.9, True), (15, False)])
def test_ten_count_within_a_quarter_of_an_hour(house: Engine, last: float, locked: bool) -> None:
    fail(house, *range(9), last)
    assert (said(house, PASSWORD, last) == Person("王敏", Role.REVIEWER)) is not locked


def test_trying_on_does_not_prolong_it(house: Engine) -> None:
    fail(house, *range(10))
    fail(house, *range(10, 24))
    assert said(house, PASSWORD, 23.9) != Person("王敏", Role.REVIEWER)
    assert said(house, PASSWORD, 24) == Person("王敏", Role.REVIEWER)
    with reading(house) as session:
        assert len(events(session, person="王敏", did=Did.LOG_IN_FAILED)) == 10


def test_a_name_that_does_not_exist_is_treated_alike(house: Engine) -> None:
    fail(house, *range(10), name="无名氏")
    with reading(house) as session:
        assert is_locked_out(session, "无名氏", minutes(9))
    assert (
        said(house, PASSWORD, 9, name="无名氏") == "user '无名氏': name or password is wrong, or the user is disabled"
    )


def test_where_it_was_tried_is_written_down(house: Engine) -> None:
    said(house, "guess", 0)
    said(house, PASSWORD, 1)
    with reading(house) as session:
        (event,) = events(session)
    assert (event.person, event.role, event.did, event.subject) == ("王敏", None, Did.LOG_IN_FAILED, "command line")


def test_a_guess_that_was_right_while_others_failed_ten_times_is_refused(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.store.people

    compare = pipeline.store.people.matches

    def slowly(known: str | None, given: str) -> bool:
        fail(house, *[0.5] * 10)
        return compare(known, given)

    monkeypatch.setattr(pipeline.store.people, "matches", slowly)
    assert said(house, PASSWORD, 0.5) == "user '王敏': name or password is wrong, or the user is disabled"
