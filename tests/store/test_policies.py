"""Versions of the policy (P-11): nobody approves his own, none begins in a closed month, two never begin in one month."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.errors import DataError, LexiconError, StoreError
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.store.engine import reading, writing
from pipeline.store.policies import (
    approve_policy,
    policy_for,
    policy_of_version,
    policy_text,
    policy_versions,
    propose_policy,
)
from pipeline.store.tables import CloseRow
from tests.policy.changes import SHIPPED

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SUPERVISOR, CHIEF = Person("王敏", Role.SUPERVISOR), Person("陈总", Role.VICE_PRESIDENT)
TEXT = SHIPPED.read_bytes()
MARCH, APRIL, MAY = (Month(2026, number) for number in (3, 4, 5))


def other(number: int) -> bytes:
    """A text that says the same under another version."""
    return TEXT + f"# {number}\n".encode()


def propose(session: Session, month: Month, content: bytes = TEXT, *, by: Person = SUPERVISOR, minute: int = 0) -> str:
    return propose_policy(session, content, "p.toml", month, by, NOW + timedelta(minutes=minute)).version


def put_in_force(session: Session, month: Month, content: bytes = TEXT) -> str:
    return approve_policy(session, propose(session, month, content), CHIEF, NOW).version


def close(session: Session, month: Month, version: str) -> None:
    session.add(
        CloseRow(month=str(month), revision=0, policy=version, sha256="", entry=1, person="王敏", closed_at=NOW)
    )
    session.flush()


def test_a_version_is_in_force_from_its_month_until_the_next_one(engine: Engine) -> None:
    with writing(engine) as session:
        first, second = put_in_force(session, MARCH), put_in_force(session, MAY, other(1))
    with reading(engine) as session:
        assert [policy_for(session, month).version for month in (MARCH, APRIL, MAY, MAY.plus(20))] == [
            first, first, second, second,
        ]  # fmt: skip
        assert policy_of_version(session, first).registry.seats == 10
        assert policy_text(session, second).encode() == other(1)


def test_a_month_without_an_approved_version_says_what_to_run(engine: Engine) -> None:
    with writing(engine) as session:
        put_in_force(session, APRIL)
        propose(session, MARCH, other(1))
    with reading(engine) as session, pytest.raises(DataError) as refused:
        policy_for(session, MARCH)
    assert str(refused.value) == (
        "no approved policy is in force in 2026-03: `callqa policy propose FILE --from 2026-03 --as NAME`, "
        "then the vice-president: `callqa policy approve VERSION --as NAME`"
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VICE_PRESIDENT])
def test_only_the_vice_president_approves(engine: Engine, role: Role) -> None:
    person = Person("李娜", role, "华声" if role is Role.VENDOR else None)
    with writing(engine) as session:
        version = propose(session, MARCH)
        with pytest.raises(StoreError, match=f"'李娜' is {role.value} and cannot approve a policy"):
            approve_policy(session, version, person, NOW)


@pytest.mark.parametrize("role", [Role.VENDOR, Role.AUDITOR, Role.REVIEWER])
def test_vendors_auditors_and_reviewers_propose_none(engine: Engine, role: Role) -> None:
    with writing(engine) as session, pytest.raises(StoreError, match=f"is {role.value} and cannot propose a policy"):
        propose(session, MARCH, by=Person("李娜", role))


def test_nobody_approves_his_own_proposal(engine: Engine) -> None:
    with writing(engine) as session:
        version = propose(session, MARCH, by=CHIEF)
        with pytest.raises(StoreError, match="was proposed by 陈总, who cannot approve it too"):
            approve_policy(session, version, CHIEF, NOW)
        approve_policy(session, version, Person("周总", Role.VICE_PRESIDENT), NOW)


def test_two_versions_from_one_month_are_refused_once_one_is_approved(engine: Engine) -> None:
    with writing(engine) as session:
        version = put_in_force(session, MARCH)
        with pytest.raises(StoreError, match=f"policy {version} from 2026-03 is approved: two versions from one month"):
            propose(session, MARCH, other(1))
        with pytest.raises(StoreError, match="approved already, by 陈总 on 2026-03-02"):
            approve_policy(session, version, CHIEF, NOW)


def test_a_later_proposal_replaces_one_that_nobody_has_approved(engine: Engine) -> None:
    with writing(engine) as session:
        first, second = propose(session, MARCH), propose(session, MARCH, other(1), minute=1)
        assert [(one.version, one.replaced) for one in policy_versions(session)] == [(first, True), (second, False)]
        with pytest.raises(StoreError, match="was replaced by a later proposal from 2026-03"):
            approve_policy(session, first, CHIEF, NOW)
        with pytest.raises(StoreError, match="a version is proposed once"):
            propose(session, MARCH, minute=2)
        approve_policy(session, second, CHIEF, NOW)
        assert policy_for(session, MARCH).version == second


def test_the_same_proposal_again_is_none_and_from_another_month_is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        assert propose(session, MARCH) == propose(session, MARCH, minute=1)
        assert len(policy_versions(session)) == 1
        with pytest.raises(StoreError, match="was proposed already, from 2026-03"):
            propose(session, APRIL)


def test_a_closed_month_keeps_its_version(engine: Engine) -> None:
    with writing(engine) as session:
        version = put_in_force(session, MARCH)
        late = propose(session, APRIL, other(1))
        close(session, MARCH, version)
        close(session, APRIL, version)
        for month in (MARCH.plus(-1), APRIL):
            with pytest.raises(
                StoreError, match="2026-04 is closed: a new policy can begin in 2026-05 at the earliest"
            ):
                propose(session, month, other(2))
        with pytest.raises(StoreError, match="2026-04 is closed"):
            approve_policy(session, late, CHIEF, NOW)
        put_in_force(session, MAY, other(3))
        assert policy_for(session, APRIL).version == version


def test_what_does_not_add_up_is_not_recorded(engine: Engine) -> None:
    with writing(engine) as session:
        with pytest.raises(LexiconError, match=r"p.toml: \[score\] item: the items' points make 101"):
            propose(session, MARCH, TEXT.replace(b"points = 5\n", b"points = 6\n"))
        assert policy_versions(session) == ()
        with pytest.raises(StoreError, match="there is no policy version 'abc'"):
            approve_policy(session, "abc", CHIEF, NOW)
