from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from pipeline.errors import StaleLease, StoreError
from pipeline.records.call import CallState
from pipeline.records.finding import Element, Finding
from pipeline.records.inspection import Inspection, StageTimes, Status
from pipeline.records.recording import Recording
from pipeline.records.tone import Tone
from pipeline.records.turn import Turn
from pipeline.store.details import MEASURES
from pipeline.store.engine import reading, writing
from pipeline.store.inspections import find_inspection, inspections_drawn_on, load_inspection, save_inspection
from pipeline.store.runs import Run, end_run, latest_runs, start_run
from pipeline.store.states import counts_by_state
from pipeline.store.tables import FindingRow, InspectionRow, ReasonRow, RecordingRow, TurnRow
from pipeline.store.work import Work, claim, release

from .samples import ARCHIVED, DAY, NOW, Heard, draw_all, inspection, register, row


@pytest.fixture
def works(engine: Engine) -> tuple[Work, ...]:
    register(engine, *(row(f"c{number}") for number in range(1, 4)))
    draw_all(engine)
    with writing(engine) as session:
        return claim(session, "w", 9, 60, NOW)


def rows(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_inspection_comes_back_equal(engine: Engine, works: tuple[Work, ...]) -> None:
    said = inspection()
    with writing(engine) as session:
        inspection_id = save_inspection(session, works[0], said, ARCHIVED, NOW)
    with reading(engine) as session:
        assert load_inspection(session, inspection_id) == said
        assert counts_by_state(session)[CallState.PARTIAL] == 1


def test_a_quarantined_inspection_comes_back_equal(engine: Engine, works: tuple[Work, ...]) -> None:
    nothing = Inspection(
        Status.QUARANTINED, ("not_audio",), Recording("c1.wav", "cd" * 32, None, 0, 0, "", 0), (), (), (), Tone(),
        inspection().versions, StageTimes(),
    )  # fmt: skip
    with writing(engine) as session:
        inspection_id = save_inspection(session, works[0], nothing, ARCHIVED, NOW)
    with reading(engine) as session:
        assert load_inspection(session, inspection_id) == nothing
        assert counts_by_state(session)[CallState.QUARANTINED] == 1


def test_every_field_of_the_records_has_its_column() -> None:
    """A field added to a record and not to the store would be lost in silence."""
    assert {field.name for field in fields(Tone)} == {*MEASURES, "not_assessable"}
    assert {f.name for f in fields(Finding)} - {"span"} <= {column.name for column in FindingRow.__table__.columns}
    assert {f.name for f in fields(Turn)} - {"span"} <= {column.name for column in TurnRow.__table__.columns}
    assert {f.name for f in fields(Recording)} - {"sha256"} <= {
        column.name for column in InspectionRow.__table__.columns
    }
    assert {f.name for f in fields(StageTimes)} <= {column.name for column in InspectionRow.__table__.columns}
    assert {f.name for f in fields(Element)} == {"element", "part", "state", "span", "text"}


def test_a_stored_inspection_knows_its_call_and_its_place_in_the_archive(
    engine: Engine, works: tuple[Work, ...]
) -> None:
    with writing(engine) as session:
        for work in works[:2]:
            save_inspection(session, work, inspection(Heard(file=work.row.file)), ARCHIVED, NOW)
        tomorrow = replace(ARCHIVED, day=ARCHIVED.day + timedelta(days=1), committed=False)
        save_inspection(session, works[2], inspection(Heard(file=works[2].row.file)), tomorrow, NOW)
    with reading(engine) as session:
        stored = list(inspections_drawn_on(session, DAY))
        assert [one.row.call_id for one in stored] == ["c1", "c2", "c3"]
        assert [one.archive_number for one in stored] == ["20250603-000001", "20250603-000002", "20250604-000001"]
        first = find_inspection(session, "华声", "c1")
        assert first == stored[0]
        assert first is not None
        assert first.row == row("c1")
        assert (first.archive_path, first.keep_until, first.inspected_at) == (ARCHIVED.path, ARCHIVED.keep_until, NOW)
        assert list(inspections_drawn_on(session, DAY + timedelta(days=1))) == []
        assert find_inspection(session, "天声", "c1") is None
        assert [r.committed for r in session.scalars(select(RecordingRow).order_by(RecordingRow.id))] == [
            True,
            True,
            False,
        ]
        with pytest.raises(StoreError, match="there is no inspection 99"):
            load_inspection(session, 99)


def test_two_calls_may_have_one_file(engine: Engine, works: tuple[Work, ...]) -> None:
    with writing(engine) as session:
        for work in works[:2]:
            save_inspection(session, work, inspection(), ARCHIVED, NOW)
    with reading(engine) as session:
        assert rows(session, RecordingRow) == 2
        assert rows(session, InspectionRow) == 2


def test_a_stale_lease_writes_nothing(engine: Engine, works: tuple[Work, ...]) -> None:
    with writing(engine) as session:
        release(session, works[0])
    with pytest.raises(StaleLease), writing(engine) as session:
        save_inspection(session, works[0], inspection(), ARCHIVED, NOW)
    with reading(engine) as session:
        assert [rows(session, table) for table in (RecordingRow, InspectionRow, TurnRow, FindingRow, ReasonRow)] == [
            0
        ] * 5
        assert counts_by_state(session)[CallState.DRAWN] == 3


def test_a_recording_is_inspected_once_under_one_ruleset_and_model(engine: Engine, works: tuple[Work, ...]) -> None:
    """A second draw of the call finds the inspection there, and changes nothing in it."""
    from pipeline.sampling.draw import make_targeted_draw
    from pipeline.store.drawn import frame_of, load_draw
    from pipeline.store.draws import save_targeted

    said = inspection()
    with writing(engine) as session:
        first = save_inspection(session, works[0], said, ARCHIVED, NOW)
        calls = [call for call in frame_of(session, works[0].draw_id) if call.call_id == "c1"]
        for number in (1, 2):
            targeted = make_targeted_draw("华声", "vip-care", DAY, calls, "p1", NOW + timedelta(hours=number))
            save_targeted(session, targeted)
            assert load_draw(session, targeted.draw_id) == targeted
        again, newer = claim(session, "w", 9, 60, NOW)
        louder = replace(said, status=Status.INSPECTED, reasons=(), findings=())
        assert save_inspection(session, again, louder, ARCHIVED, NOW) == first
        assert load_inspection(session, first) == said
        assert counts_by_state(session)[CallState.PARTIAL] == 1
        second = save_inspection(session, newer, inspection(Heard(ruleset="r2")), ARCHIVED, NOW)
        assert second != first
        assert rows(session, RecordingRow) == 1
        found = find_inspection(session, "华声", "c1")
        assert found is not None
        assert found.inspection.versions.ruleset == "r2"


def test_an_instant_without_a_zone_is_refused_and_others_come_back_in_utc(engine: Engine) -> None:
    shanghai = timezone(timedelta(hours=8))
    with pytest.raises(StatementError, match="a stored instant needs a time zone"), writing(engine) as session:
        start_run(session, "nightly", "here", datetime(2025, 6, 3, 1, 30))
    with writing(engine) as session:
        start_run(session, "nightly", "here", datetime(2025, 6, 3, 1, 30, 0, 123456, shanghai))
    with reading(engine) as session:
        (run,) = latest_runs(session, 5)
    assert run.started_at == datetime(2025, 6, 2, 17, 30, 0, 123456, UTC)
    assert run.started_at.tzinfo is UTC


def test_a_run_is_recorded_with_counts_and_stages(engine: Engine) -> None:
    end = NOW + timedelta(minutes=2)
    with writing(engine) as session:
        killed = start_run(session, "nightly", "a", NOW)
        run_id = start_run(session, "nightly", "b", NOW)
    with writing(engine) as session:
        end_run(session, run_id, end, {"inspected": 59, "audio_ms": 9_000_000_000}, {"decode": 1.25, "store": 0.5})
    with reading(engine) as session:
        assert latest_runs(session, 1) == (
            Run(
                run_id,
                "nightly",
                "b",
                NOW,
                end,
                None,
                (("audio_ms", 9_000_000_000), ("inspected", 59)),
                (("decode", 1.25), ("store", 0.5)),
            ),
        )
        assert [run.run_id for run in latest_runs(session, 9)] == [run_id, killed]
        assert latest_runs(session, 9)[1].ended_at is None
