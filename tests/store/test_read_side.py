"""What the read side lists, and whose tokens hold."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from pipeline.errors import UsageError
from pipeline.records.call import CallState
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.services.reviewing import change, review
from pipeline.store.api_tokens import find_token, make_token, revoke_token, tokens_of
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.people import add_user, disable_user
from pipeline.store.read_side import CallFilter, listed_calls, listed_verdicts
from pipeline.store.tables import AssignmentRow, Occasion
from pipeline.store.visible import NotThere
from tests.heard import ANOTHER, HUASHENG, REVIEWER, SUPERVISOR, YUANDA, at, hear, in_force

from .samples import NOW, register, row

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该"
    华声 c2 telemarketing A2 2026-03-06
        phrase.abuse fatal 2.0-3.0 "滚"
    远达 d1 vip-care B1 2026-04-05
        phrase.taunt major 1.0-2.0 "活该"
"""


@pytest.fixture
def decided(engine: Engine) -> Engine:
    """Three heard calls: a confirmed fault of each vendor, and one that was overturned."""
    in_force(engine)
    hear(engine, CALLS)
    with writing(engine) as session:
        for call_id, decision in (("c1", Decision.CONFIRMED), ("c2", Decision.OVERTURNED), ("d1", Decision.CONFIRMED)):
            (found,) = to_review(session, Wanted(call_id=call_id))
            review(session, found.finding_id, decision, REVIEWER, at("2026-04-06"), note="复听")
    return engine


def test_calls_are_listed_by_what_they_are_and_whose(engine: Engine) -> None:
    register(engine, row("c1"), row("c2", project="survey", agent="B2"), row("c3", vendor="远达"))

    def ids(person=SUPERVISOR, before=None, limit=9, **which):
        with reading(engine) as session:
            return [
                one.call_id for one in listed_calls(session, person, CallFilter(**which), before=before, limit=limit)
            ]

    assert sorted(ids()) == ["c1", "c2", "c3"]
    assert sorted(ids(HUASHENG)) == ["c1", "c2"] and ids(HUASHENG, vendor="远达") == []
    assert (ids(project="survey"), ids(agent="B2"), ids(call_id="c3")) == (["c2"], ["c2"], ["c3"])
    assert ids(state=CallState.DRAWN) == [] and len(ids(state=CallState.NOT_SAMPLED)) == 3
    day = NOW.date()
    assert len(ids(first=day, last=day)) == 3
    assert ids(first=day + timedelta(days=1)) == ids(last=day - timedelta(days=1)) == []
    with reading(engine) as session:
        first = listed_calls(session, SUPERVISOR, CallFilter(), before=None, limit=2)
        rest = listed_calls(session, SUPERVISOR, CallFilter(), before=first[-1].id, limit=2)
    assert ids() == [one.call_id for one in (*first, *rest)]


def test_verdicts_are_listed_as_they_stand(decided: Engine) -> None:
    def told(person=SUPERVISOR, before=None, **which):
        with reading(decided) as session:
            found = listed_verdicts(session, person, before=before, limit=9, **which)
        return [(one.row.call_id, one.decision.value) for one in found]

    assert told() == [("d1", "confirmed"), ("c2", "overturned"), ("c1", "confirmed")]
    assert told(month=Month(2026, 4)) == told(vendor="远达") == told(project="vip-care") == [("d1", "confirmed")]
    # A vendor's people are told what says that there is a fault.
    assert (told(HUASHENG), told(YUANDA)) == ([("c1", "confirmed")], [("d1", "confirmed")])
    with writing(decided) as session:
        (first,) = listed_verdicts(session, SUPERVISOR, vendor="远达", before=None, limit=9)
        change(session, first.verdict_id, Decision.OVERTURNED, SUPERVISOR, at("2026-04-07"), note="是客户说的")
        (again,) = listed_verdicts(session, SUPERVISOR, vendor="远达", before=None, limit=9)
    assert again.follows == first.verdict_id
    assert told(YUANDA) == []
    assert told(call_pk=again.call_pk, before=again.verdict_id) == []


def test_who_is_to_judge_a_second_time_is_not_told_the_first(decided: Engine) -> None:
    with writing(decided) as session:
        (first,) = listed_verdicts(session, ANOTHER, vendor="远达", before=None, limit=9)
        session.execute(
            insert(AssignmentRow).values(
                call_pk=first.call_pk, person=ANOTHER.name, occasion=Occasion.SECOND, assigned_at=NOW
            )
        )
        assert listed_verdicts(session, ANOTHER, vendor="远达", before=None, limit=9) == []
        assert listed_verdicts(session, REVIEWER, vendor="远达", before=None, limit=9) == [first]


def test_a_token_holds_until_it_is_revoked_or_its_person_disabled(engine: Engine) -> None:
    with writing(engine) as session:
        add_user(session, "管理员", Role.ADMINISTRATOR, "callqa-test", NOW)
        person, other = (add_user(session, name, Role.AUDITOR, "callqa-test", NOW) for name in ("审计员", "另一位"))
        first, second = make_token(session, person, "月报", NOW), make_token(session, person, " 核对 ", NOW)
        assert [(one.title, one.revoked_at) for one in tokens_of(session, person)] == [("核对", None), ("月报", None)]
        assert find_token(session, first) == find_token(session, second) == person
        assert find_token(session, first[:-1]) is None and find_token(session, "") is None
        known = tokens_of(session, person)[-1]
        with pytest.raises(NotThere):
            revoke_token(session, other, known.token_id, NOW)
        assert revoke_token(session, person, known.token_id, NOW) == "月报"
        assert (find_token(session, first), find_token(session, second)) == (None, person)
        revoke_token(session, person, known.token_id, NOW + timedelta(days=1))
        assert tokens_of(session, person)[-1].revoked_at == NOW
        disable_user(session, "审计员", NOW)
        assert find_token(session, second) is None
        for title in ("", " ", "长" * 65, "a\nb"):
            with pytest.raises(UsageError, match="title"):
                make_token(session, other, title, NOW)
