"""Drawing a call on purpose, at its page and at /draws."""

import pytest
from sqlalchemy import select, update

from pipeline.records.call import CallState
from pipeline.store.tables import CallRow, DrawnCallRow, DrawRow, EventRow, TargetedDrawRow, WorkRow
from tests.web.desk import changes, rows

WHY = "客户投诉被强行开通"


@pytest.fixture
def undrawn(house):
    """A connected call that no night has drawn."""
    query = select(CallRow.id).where(CallRow.state == CallState.NOT_SAMPLED).order_by(CallRow.id.desc())
    call_pk = rows(house, query)[0][0]
    changes(house, update(CallRow).where(CallRow.id == call_pk).values(connected=True))
    return call_pk


def named(house, call_pk):
    return rows(house, select(CallRow.vendor, CallRow.call_id).where(CallRow.id == call_pk))[0]


def test_a_supervisor_draws_a_call_at_its_page(as_person, house, undrawn):
    vendor, call_id = named(house, undrawn)
    client = as_person("李主任")
    assert f'action="/calls/{undrawn}/draw"' in client.get(f"/calls/{undrawn}").text
    answer = client.post(f"/calls/{undrawn}/draw", data={"reason": WHY})
    assert (answer.status_code, answer.headers["location"]) == (303, "/draws?done=drawn")
    ((kind, num, den, formal, reason, person),) = rows(
        house,
        select(
            DrawRow.kind, DrawnCallRow.probability_num, DrawnCallRow.probability_den, DrawnCallRow.formal,
            TargetedDrawRow.reason, TargetedDrawRow.person,
        )
        .join(DrawnCallRow, DrawnCallRow.draw_id == DrawRow.id)
        .join(TargetedDrawRow, TargetedDrawRow.draw_id == DrawRow.id)
        .where(DrawnCallRow.call_pk == undrawn),
    )  # fmt: skip
    assert (kind.value, num, den, formal, reason, person) == ("targeted", 0, 1, False, WHY, "李主任")
    assert rows(house, select(CallRow.state).where(CallRow.id == undrawn)) == [(CallState.DRAWN,)]
    work = select(WorkRow.finished_at).join(DrawnCallRow, DrawnCallRow.id == WorkRow.drawn_call_id)
    assert rows(house, work.where(DrawnCallRow.call_pk == undrawn)) == [(None,)]
    told = select(EventRow.person, EventRow.detail).where(EventRow.subject == f"call {vendor}/{call_id}")
    assert ("李主任", f"drawn on purpose: {WHY}") in rows(house, told)
    listed = client.get("/draws?done=drawn").text
    assert WHY in listed and call_id in listed and "已抽中，下一夜质检。" in listed
    assert f'action="/calls/{undrawn}/draw"' not in client.get(f"/calls/{undrawn}").text
    again = client.post(f"/calls/{undrawn}/draw", data={"reason": WHY})
    assert again.status_code == 409 and "已经抽中，下一夜就会质检" in again.text
    assert len(rows(house, select(TargetedDrawRow.draw_id))) == 1


def test_a_call_is_looked_for_by_vendor_and_number(as_person, house, undrawn):
    vendor, call_id = named(house, undrawn)
    client = as_person("李主任")
    page = client.get("/draws", params={"vendor": vendor, "call_id": call_id}).text
    assert f'action="/calls/{undrawn}/draw"' in page
    assert "没有这通电话" in client.get("/draws", params={"vendor": vendor, "call_id": "none"}).text
    heard = rows(house, select(CallRow.vendor, CallRow.call_id).where(CallRow.state == CallState.INSPECTED))[0]
    page = client.get("/draws", params={"vendor": heard[0], "call_id": heard[1]}).text
    assert "已经质检过" in page and '/draw"' not in page


@pytest.mark.parametrize(
    ("state", "says"),
    [(CallState.INSPECTED, "已经质检过"), (CallState.DRAWN, "已经抽中"), (CallState.WITHDRAWN, "已被撤回")],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(as_person, house, state, says):
    call_pk = rows(house, select(CallRow.id).where(CallRow.state == CallState.INSPECTED))[0][0]
    changes(house, update(CallRow).where(CallRow.id == call_pk).values(state=state))
    before = len(rows(house, select(DrawRow.id)))
    answer = as_person("李主任").post(f"/calls/{call_pk}/draw", data={"reason": WHY})
    assert answer.status_code == 409 and says in answer.text
    assert len(rows(house, select(DrawRow.id))) == before


@pytest.mark.parametrize("reason", ["", "   ", "长" * 401])
def test_a_reason_is_needed(as_person, house, undrawn, reason):
    answer = as_person("李主任").post(f"/calls/{undrawn}/draw", data={"reason": reason})
    assert answer.status_code == 400 and "请写明抽检原因" in answer.text
    assert rows(house, select(TargetedDrawRow.draw_id)) == []


def test_reviewers_do_not_see_which_calls_were_drawn_on_purpose(as_person, undrawn):
    as_person("李主任").post(f"/calls/{undrawn}/draw", data={"reason": WHY})
    reviewer = as_person("王敏")
    assert reviewer.get("/draws").status_code == 403
    assert reviewer.post(f"/calls/{undrawn}/draw", data={"reason": WHY}).status_code == 403
    page = reviewer.get(f"/calls/{undrawn}").text
    assert WHY not in page and "定向" not in page
    auditor = as_person("审计员").get("/draws").text
    assert WHY in auditor and "定向抽检这一通" not in auditor


def test_what_was_not_connected_has_nothing_to_hear(as_person, house, undrawn):
    changes(house, update(CallRow).where(CallRow.id == undrawn).values(connected=False))
    answer = as_person("李主任").post(f"/calls/{undrawn}/draw", data={"reason": WHY})
    assert answer.status_code == 409 and "未接通" in answer.text
