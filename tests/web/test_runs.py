"""The page of runs, and trying again what could not be heard."""

from datetime import date

import pytest
from sqlalchemy import select, update

from pipeline.errors import StoreError
from pipeline.records.call import CallState
from pipeline.services.drawing import open_store
from pipeline.store.engine import reading, writing
from pipeline.store.people import find_person
from pipeline.store.tables import CallRow, DrawnCallRow, EventRow, NightRow, WorkRow
from pipeline.store.unheard import retry, unheard_calls
from tests.web.desk import changes, rows


def fail_one(house):
    """An inspected call of April that was not produced."""
    call_pk = rows(house, select(CallRow.id).where(CallRow.state == CallState.INSPECTED).order_by(CallRow.day.desc()))[
        0
    ][0]
    changes(
        house,
        update(CallRow).where(CallRow.id == call_pk).values(state=CallState.NOT_PRODUCED),
        update(WorkRow)
        .where(WorkRow.drawn_call_id.in_(select(DrawnCallRow.id).where(DrawnCallRow.call_pk == call_pk)))
        .values(attempts=5),
    )
    return call_pk


def test_a_supervisor_has_a_call_tried_again_and_the_counts_still_sum(as_person, house):
    call_pk = fail_one(house)
    client = as_person("李主任")
    before = client.get("/runs")
    assert before.status_code == 200
    assert f"/runs/retry/{call_pk}" in before.text
    answer = client.post(f"/runs/retry/{call_pk}")
    assert answer.status_code == 303
    assert rows(house, select(CallRow.state).where(CallRow.id == call_pk)) == [(CallState.DRAWN,)]
    drawn = select(DrawnCallRow.id).where(DrawnCallRow.call_pk == call_pk)
    (work,) = rows(house, select(WorkRow.finished_at, WorkRow.attempts).where(WorkRow.drawn_call_id.in_(drawn)))
    assert work == (None, 0)
    night = select(NightRow.completed_at).join(DrawnCallRow, DrawnCallRow.draw_id == NightRow.draw_id)
    assert rows(house, night.where(DrawnCallRow.call_pk == call_pk)) == [(None,)]
    assert rows(house, select(EventRow.person).where(EventRow.detail == "retry")) == [("李主任",)]
    assert client.post(f"/runs/retry/{call_pk}").status_code == 409


def test_a_reviewer_reads_and_does_not_retry(as_person, house):
    call_pk = fail_one(house)
    page = as_person("王敏").get("/runs").text
    assert "/runs/retry/" not in page
    assert as_person("王敏").post(f"/runs/retry/{call_pk}").status_code == 403
    assert as_person("李主任").get("/runs?day=yesterday").status_code == 400


def test_in_a_closed_month_nothing_is_tried_again(house):
    engine = open_store(house)
    with reading(engine) as session:
        person = find_person(session, "李主任")
        call_pk = session.scalars(
            select(CallRow.id).where(CallRow.day < date(2026, 4, 1), CallRow.state == CallState.INSPECTED)
        ).first()
    with writing(engine) as session:
        session.execute(update(CallRow).where(CallRow.id == call_pk).values(state=CallState.QUARANTINED))
    with pytest.raises(StoreError, match="closed"), writing(engine) as session:
        retry(session, person, call_pk, session.get(CallRow, call_pk).registered_at)
    with reading(engine) as session:
        assert call_pk in [one.call_pk for one in unheard_calls(session, person, vendor=None, skip=0, size=99)[0]]
    engine.dispose()
