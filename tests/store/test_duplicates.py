"""Which of the calls with one recording keeps it, and which of them were heard."""

from dataclasses import replace
from datetime import timedelta

from flows.duplicates import claim_duplicates
from pipeline.store.duplicates import calls_with, first_with
from pipeline.store.engine import reading, writing
from tests.dialogue import shipped
from tests.heard import hear
from tests.store.samples import register, row

RULE = "audio.duplicate"


def sha(engine, call_id):
    with reading(engine) as session:
        return session.connection().exec_driver_sql(
            f"SELECT r.sha256 FROM recordings r JOIN calls c ON c.id = r.call_pk WHERE c.call_id = '{call_id}'"
        ).scalar_one()  # fmt: skip


def same(engine, sha256):
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE recordings SET sha256 = '{sha256}'")


def test_the_later_call_is_found_once(engine):
    hear(engine, "华声 c2 telemarketing A1 2026-03-05\n华声 c1 telemarketing A1 2026-03-04")
    same(engine, bytes_ := sha(engine, "c1"))
    with reading(engine) as session:
        heard = calls_with(session, bytes_, RULE)
        assert [one.call_id for one in heard] == ["c1", "c2"]
        assert first_with(session, bytes_, heard) == ("华声", "c1")
    with writing(engine) as session:
        (found,) = claim_duplicates(session, bytes_, shipped())
        assert found == heard[1].call_pk
        assert claim_duplicates(session, bytes_, shipped()) == []


def test_a_call_that_nobody_drew_counts_by_what_its_manifest_commits_to(engine):
    hear(engine, "华声 c2 telemarketing A1 2026-03-05")
    bytes_ = sha(engine, "c2")
    undrawn = row("c0")
    with reading(engine) as session:
        (heard,) = calls_with(session, bytes_, RULE)
    register(engine, replace(undrawn, sha256=bytes_, started_at=heard.started_at - timedelta(days=1)))
    with writing(engine) as session:
        assert claim_duplicates(session, bytes_, shipped()) == [heard.call_pk]


def test_of_recordings_that_differ_nothing_is_found(engine):
    hear(engine, "华声 c2 telemarketing A1 2026-03-05\n华声 c1 telemarketing A1 2026-03-04")
    with writing(engine) as session:
        for call_id in ("c1", "c2"):
            assert claim_duplicates(session, sha(engine, call_id), shipped()) == []
