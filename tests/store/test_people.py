"""People: names once and for all, no word on which names exist, the last administrator stays."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from pipeline.errors import CallqaError, StoreError, UsageError
from pipeline.records.person import Person, Role
from pipeline.store.engine import reading, writing
from pipeline.store.people import add_user, authenticate, change_password, disable_user, has_users, users

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "geheim-1234"  # noqa: S105 - of nobody


def add(engine: Engine, name: str, role: Role = Role.REVIEWER, **more: str) -> Person:
    with writing(engine) as session:
        return add_user(session, name, role, PASSWORD, NOW, **more)


def test_who_was_added_proves_to_be_himself(engine: Engine) -> None:
    assert add(engine, "王敏") == Person("王敏", Role.REVIEWER)
    assert add(engine, "华声客服", Role.VENDOR, vendor="华声") == Person("华声客服", Role.VENDOR, "华声")
    with reading(engine) as session:
        assert authenticate(session, "华声客服", PASSWORD) == Person("华声客服", Role.VENDOR, "华声")


def test_wrong_unknown_and_disabled_are_told_in_the_same_words(engine: Engine) -> None:
    add(engine, "王敏")
    add(engine, "李娜")
    with writing(engine) as session:
        disable_user(session, "李娜", NOW, disabled_by="王敏")
    told = []
    for name, password in (("王敏", "wrong-1234"), ("李娜", PASSWORD), ("无名氏", PASSWORD)):
        with reading(engine) as session, pytest.raises(StoreError) as refused:
            authenticate(session, name, password)
        told.append(str(refused.value).replace(name, "NAME"))
    assert told == ["user 'NAME': name or password is wrong, or the user is disabled"] * 3


def test_a_password_is_changed(engine: Engine) -> None:
    add(engine, "王敏")
    with writing(engine) as session:
        change_password(session, "王敏", "another-1234")
    with reading(engine) as session:
        assert authenticate(session, "王敏", "another-1234").name == "王敏"
        with pytest.raises(StoreError):
            authenticate(session, "王敏", PASSWORD)


def test_the_list_says_who_added_and_disabled_whom(engine: Engine) -> None:
    with reading(engine) as session:
        assert not has_users(session)
    add(engine, "管理", Role.ADMINISTRATOR)
    add(engine, "王敏", created_by="管理")
    with writing(engine) as session:
        disable_user(session, "王敏", NOW, disabled_by="管理")
    with reading(engine) as session:
        assert has_users(session)
        first, second = users(session)
    assert (first.person.name, first.created_by, first.disabled_at) == ("管理", None, None)
    assert (second.created_by, second.disabled_by, second.disabled_at) == ("管理", "管理", NOW)


@pytest.mark.parametrize("name", ["", " 王敏", "王敏\n", "王\u200b敏", "王" * 65])
def test_a_name_that_cannot_be_told_from_another_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(UsageError, match="is no user name"):
        add(engine, name)


def test_a_vendor_s_person_and_nobody_else_is_of_a_vendor(engine: Engine) -> None:
    with pytest.raises(UsageError, match="a vendor's person, and nobody else"):
        add(engine, "王敏", Role.REVIEWER, vendor="华声")
    with pytest.raises(UsageError, match="a vendor's person, and nobody else"):
        add(engine, "王敏", Role.VENDOR)


def test_a_name_is_given_once_also_after_its_bearer_has_gone(engine: Engine) -> None:
    add(engine, "王敏")
    with writing(engine) as session:
        disable_user(session, "王敏", NOW)
    with pytest.raises(StoreError, match="'王敏' is there already"):
        add(engine, "王敏")
    with writing(engine) as session, pytest.raises(StoreError, match="disabled already, since 2026-03-02"):
        disable_user(session, "王敏", NOW)
    with writing(engine) as session, pytest.raises(StoreError, match="there is no user '无名氏'"):
        disable_user(session, "无名氏", NOW)


def test_the_last_administrator_stays(engine: Engine) -> None:
    add(engine, "管理", Role.ADMINISTRATOR)
    with writing(engine) as session, pytest.raises(StoreError, match="is the last administrator"):
        disable_user(session, "管理", NOW)
    add(engine, "管理二", Role.ADMINISTRATOR)
    with writing(engine) as session:
        disable_user(session, "管理", NOW)


def test_of_two_who_give_a_name_at_once_one_does(engine: Engine) -> None:
    together, told = Barrier(2), []

    def attempt() -> None:
        together.wait()
        try:
            told.append(add(engine, "王敏").name)
        except CallqaError as error:
            told.append(str(error))

    threads = [Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["user '王敏' is there already; names are given once and for all", "王敏"]
