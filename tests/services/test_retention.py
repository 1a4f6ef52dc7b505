"""What is due for destruction, what stays, who signs, and what becomes of files and records."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from pipeline.errors import StoreError
from pipeline.policy.sampling import RetentionPolicy
from pipeline.records.call import CallState
from pipeline.records.verdict import Decision
from pipeline.services.probing import answer, ask, probes
from pipeline.services.retention import carry_out, decline, propose, sign
from pipeline.services.reviewing import review
from pipeline.settings import load
from pipeline.store.destructions import confirm_copies, destroyed_on, destructions, vendor_copies
from pipeline.store.engine import reading, writing
from pipeline.store.events import events
from pipeline.store.facts import record_fact
from pipeline.store.findings import Wanted, to_review
from pipeline.store.retention import due_recordings, place_hold, release_hold
from pipeline.store.states import find_call
from pipeline.store.tables import DestroyedRow, Gone, OutboxRow, RecordingRow
from pipeline.store.unheard import retry
from tests.heard import REVIEWER, SECOND, SUPERVISOR, at, hear, in_force
from tests.known import facts

POLICY = RetentionPolicy(keep_months=3, keep_min_days=92, keep_max_days=180, limitation_years=3)
TERM = facts("远达 qualification general 2026-01-01..2026-12-31")
CALLS = """
    华声 taunted telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该"
    华声 clean telemarketing A1 2026-03-05
    远达 same telemarketing A1 2026-03-05
"""


@pytest.fixture
def kept(tmp_path, engine):
    """(settings, engine): three heard calls with files in an archive; one of them is confirmed to be at fault."""
    (tmp_path / "callqa.toml").write_text("", encoding="utf-8")
    settings = load(tmp_path)
    in_force(engine)
    hear(engine, CALLS)
    with writing(engine) as session:
        (found,) = to_review(session, Wanted(call_id="taunted"))
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-06"))
        for sha256 in session.scalars(select(RecordingRow.sha256)):
            file = settings.archive_path / "sha256" / sha256[:2] / sha256[2:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"sound")
    return settings, engine


def first_day(engine):
    """The first day on which the recordings may go."""
    with reading(engine) as session:
        archived = session.scalars(select(RecordingRow.archive_day)).first()
        keep = session.scalars(select(RecordingRow.keep_until)).first()
    return max(archived + timedelta(days=181), keep + timedelta(days=1))


def names(found):
    return sorted(one.call_id for one in found)


def test_what_is_due_waits_for_its_day_and_deductions_hold(kept):
    _, engine = kept
    day = first_day(engine)
    with reading(engine) as session:
        assert due_recordings(session, POLICY, day - timedelta(days=1), limit=9) == ([], [])
        due, held = due_recordings(session, POLICY, day, limit=9)
    assert names(due) == ["clean", "same"]
    assert names(held) == ["taunted"] and held[0].held_until == date.max


def test_a_hold_by_hand_lasts_until_it_is_let_go(kept):
    _, engine = kept
    day = first_day(engine)
    with writing(engine) as session:
        hold = place_hold(session, find_call(session, "华声", "clean"), "诉讼", SUPERVISOR, at("2026-03-07"))
    with reading(engine) as session:
        assert names(due_recordings(session, POLICY, day, limit=9)[0]) == ["same"]
    with writing(engine) as session:
        release_hold(session, hold, SUPERVISOR, at("2026-03-08"))
        assert names(due_recordings(session, POLICY, day, limit=9)[0]) == ["clean", "same"]
        assert events(session, subject=f"hold {hold}")[0].detail == "released"
        with pytest.raises(StoreError, match="no hold"):
            release_hold(session, hold, SUPERVISOR, at("2026-03-08"))


def test_what_is_held_no_longer_is_due_however_much_is_held_before_it(kept):
    _, engine = kept
    hear(engine, '远达 late telemarketing A1 2026-03-04\n phrase.taunt major 12.0-14.5 "活该"')
    with writing(engine) as session:
        assert all(record_fact(session, fact) for fact in TERM)
        for finding in to_review(session, Wanted(call_id="late")):
            review(session, finding.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-06"))
        for vendor, call in (("华声", "clean"), ("远达", "same")):
            place_hold(session, find_call(session, vendor, call), "诉讼", SUPERVISOR, at("2026-03-07"))
    with reading(engine) as session:
        due, held = due_recordings(session, POLICY, date(2029, 12, 31), limit=1)
        assert due == [] and len(held) == 1
        due, held = due_recordings(session, POLICY, date(2030, 1, 1), limit=1)
        assert names(due) == ["late"] and len(held) == 1


def test_another_supervisor_signs_files_go_and_the_record_stays(kept):
    settings, engine = kept
    day = first_day(engine)
    now = at(str(day))
    with writing(engine) as session:
        number = propose(session, POLICY, SUPERVISOR, now, day)
        assert due_recordings(session, POLICY, day, limit=9)[0] == []
    with pytest.raises(StoreError, match="himself"), writing(engine) as session:
        sign(session, number, SUPERVISOR, now, day)
    with pytest.raises(StoreError, match="reviewer"), writing(engine) as session:
        sign(session, number, REVIEWER, now, day)
    with pytest.raises(StoreError, match="not signed"):
        carry_out(settings, engine, POLICY, number, now, day)
    with writing(engine) as session:
        sign(session, number, SECOND, now, day)
        place_hold(session, find_call(session, "远达", "same"), "客户投诉", SUPERVISOR, now)
    assert carry_out(settings, engine, POLICY, number, now, day) == {Gone.DELETED: 1, Gone.SHARED: 0, Gone.HELD: 1}
    assert sum(carry_out(settings, engine, POLICY, number, now, day).values()) == 0
    assert len([file for file in (settings.archive_path / "sha256").rglob("*") if file.is_file()]) == 2
    with reading(engine) as session:
        (done,) = destructions(session)
        assert (done.signed_by, done.recordings, done.deleted, done.held) == ("周主任", 2, 1, 1)
        gone = session.scalars(
            select(RecordingRow.id).where(RecordingRow.call_pk == find_call(session, "华声", "clean").id)
        ).one()
        assert destroyed_on(session, gone) == done
        letters = session.scalars(select(OutboxRow.body).where(OutboxRow.kind == "destruction")).all()
        assert len(letters) == 2 and "clean" in letters[0]
    with pytest.raises(DatabaseError, match="stays on record"), engine.begin() as connection:
        connection.execute(delete(DestroyedRow))
    with writing(engine) as session:
        confirm_copies(session, number, "华声", "销毁证明 7", SUPERVISOR, now)
        assert [one.document for one in vendor_copies(session, number)] == ["销毁证明 7", None]
        trail = [(one.subject, one.detail) for one in events(session, person=SUPERVISOR.name)]
        assert trail[:2] == [
            (f"destruction {number}", "copies of 华声: 销毁证明 7"),
            ("call 远达/same", "retention hold"),
        ]


def test_what_is_destroyed_is_not_tried_again(kept):
    settings, engine = kept
    day = first_day(engine)
    now = at(str(day))
    with writing(engine) as session:
        clean, same = find_call(session, "华声", "clean"), find_call(session, "远达", "same")
        clean.state = same.state = CallState.QUARANTINED
        number = propose(session, POLICY, SUPERVISOR, now, day)
        sign(session, number, SECOND, now, day)
        place_hold(session, same, "客户投诉", SUPERVISOR, now)
    carry_out(settings, engine, POLICY, number, now, day)
    with pytest.raises(StoreError, match="clean of 华声: its recording is destroyed"), writing(engine) as session:
        retry(session, SUPERVISOR, clean.id, now)
    with writing(engine) as session:
        retry(session, SUPERVISOR, same.id, now)
        assert find_call(session, "远达", "same").state is CallState.DRAWN


def test_a_file_that_another_call_needs_stays(kept):
    settings, engine = kept
    day = first_day(engine)
    now = at(str(day))
    with writing(engine) as session:
        taunted = session.scalars(
            select(RecordingRow).where(RecordingRow.call_pk == find_call(session, "华声", "taunted").id)
        ).one()
        clean = find_call(session, "华声", "clean")
        session.execute(update(RecordingRow).where(RecordingRow.call_pk == clean.id).values(sha256=taunted.sha256))
        shared = settings.archive_path / "sha256" / taunted.sha256[:2] / taunted.sha256[2:]
        number = propose(session, POLICY, REVIEWER, now, day)
        sign(session, number, SUPERVISOR, now, day)
    assert carry_out(settings, engine, POLICY, number, now, day) == {Gone.DELETED: 1, Gone.SHARED: 1, Gone.HELD: 0}
    assert shared.is_file()


def test_what_is_declined_may_be_listed_again(kept):
    _, engine = kept
    day = first_day(engine)
    with writing(engine) as session:
        number = propose(session, POLICY, REVIEWER, at(str(day)), day)
        decline(session, number, SUPERVISOR, at(str(day)))
        assert propose(session, POLICY, REVIEWER, at(str(day)), day) == number + 1
        with pytest.raises(StoreError, match="declined"):
            sign(session, number, SUPERVISOR, at(str(day)), day)


def test_a_probe_is_chosen_by_its_seed_and_answered_once(kept):
    _, engine = kept
    today = date(2026, 5, 20)
    with writing(engine) as session:
        asked = ask(session, POLICY, "华声", "5eed", 1, SUPERVISOR, at("2026-05-20"), today)
        answer(session, asked[0].probe_id, False, "称已删除", SUPERVISOR, at("2026-05-23"))
        with pytest.raises(StoreError, match="answer"):
            answer(session, asked[0].probe_id, True, "", SUPERVISOR, at("2026-05-23"))
        with pytest.raises(StoreError, match="before"):
            ask(session, POLICY, "华声", "5eed", 1, SUPERVISOR, at("2026-05-20"), today)
        with pytest.raises(StoreError, match="no connected"):
            ask(session, POLICY, "华声", "6eed", 1, SUPERVISOR, at("2026-09-20"), date(2026, 9, 20))
        assert [(one.call_id, one.produced) for one in probes(session)] == [(asked[0].call_id, False)]
        trail = [(one.subject, one.detail) for one in events(session, person=SUPERVISOR.name)]
        assert trail == [(f"probe {asked[0].probe_id}", "produced: no"), ("probe 华声", "1 calls, seed 5eed")]
