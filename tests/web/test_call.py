"""The call page over HTTP: who sees what of a call, and what it takes to decide about it."""

import re
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from pipeline.records.call import CallState
from pipeline.records.verdict import Decision
from pipeline.store.tables import (
    AssignmentRow,
    CallReviewRow,
    CallRow,
    Did,
    EventRow,
    InspectionRow,
    Occasion,
    OpinionRow,
    PendingRow,
    RecordingRow,
    TurnRow,
    VerdictRow,
)
from tests.flows.conftest import Callqa

from .conftest import Client
from .desk import calls_with, changes, faults, findings_of, hears, rows, turns_of, vendor_of

HTMX = {"HX-Request": "true", "Accept": "*/*"}


def decide(client, call_pk, finding_id, decision="confirmed", headers=None, **more):
    data = {"decision": decision, **more}
    return client.post(f"/calls/{call_pk}/findings/{finding_id}", data=data, headers=headers or {})


def settle(house, client):
    """Let the ten seconds pass."""
    changes(house, update(PendingRow).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
    client.get(f"/calls/{rows(house, select(PendingRow.call_pk))[0][0]}")


def put_on_desk(house, call_pk, person, occasion):
    engine_row = AssignmentRow.__table__.insert().values(
        call_pk=call_pk, person=person, occasion=occasion, assigned_at=datetime.now(UTC)
    )
    changes(house, engine_row)


def test_the_page_shows_what_was_found_said_and_measured(as_person, house, two):
    page = as_person("王敏").get(f"/calls/{two}").text
    for one in findings_of(house, two):
        assert f'id="finding-{one.finding_id}"' in page
    for text in ("脚本核对", "问候", "对话", "得分", "经过", "语速", "客服", "客户"):
        assert text in page
    turns = [turn.text for turn in turns_of(house, two)]
    plain = re.sub(r"<[^>]+>", "", page)
    assert all(turn in plain for turn in turns if not re.search(r"\d|[一二三四五六七八九零]{4}", turn))
    assert f'src="/calls/{two}/audio"' in page


def test_personal_data_is_masked_until_somebody_unmasks_it_for_himself_on_record(as_person, house, two):
    number = rows(house, select(CallRow.customer_number).where(CallRow.id == two))[0][0]
    said = "我的号码是一三八零零一三八零零零"
    inspection = select(InspectionRow.id).join(RecordingRow).where(RecordingRow.call_pk == two).scalar_subquery()
    changes(house, update(TurnRow).where(TurnRow.inspection_id == inspection, TurnRow.position == 0).values(text=said, words="[]"))  # fmt: skip
    plain = lambda answer: re.sub(r"<[^>]+>", "", answer.text)  # noqa: E731
    client, other = as_person("王敏"), as_person("刘洋")
    before = plain(client.get(f"/calls/{two}"))
    assert number not in before and said not in before
    assert "我的号码是***********" in before
    assert client.post(f"/calls/{two}/unmask").headers["location"] == f"/calls/{two}"
    after = plain(client.get(f"/calls/{two}"))
    assert number in after and said in after
    assert number not in plain(other.get(f"/calls/{two}"))
    ((event,),) = rows(house, select(EventRow).where(EventRow.did == Did.UNMASKED))
    assert event.person == "王敏"
    changes(house, update(EventRow).where(EventRow.did == Did.UNMASKED).values(at=datetime.now(UTC) - timedelta(minutes=16)))  # fmt: skip
    assert number not in plain(client.get(f"/calls/{two}"))


def test_only_the_house_unmasks(as_person, house, two):
    vendor = vendor_of(house, two)
    for name in (f"{vendor}客服部", "审计员", "管理员"):
        assert as_person(name).post(f"/calls/{two}/unmask").status_code == 403


def test_a_vendors_people_see_their_own_call_without_names_and_without_what_is_open(as_person, house, two):
    vendor = vendor_of(house, two)
    first, second = (one.finding_id for one in faults(house, two))
    hears(house, two, "王敏")
    reviewer, own = as_person("王敏"), as_person(f"{vendor}客服部")
    assert f'id="finding-{first}"' not in own.get(f"/calls/{two}").text
    decide(reviewer, two, first, note="内部说明")
    assert f'id="finding-{first}"' not in own.get(f"/calls/{two}").text, "it can still be undone"
    settle(house, reviewer)
    page = own.get(f"/calls/{two}").text
    assert f'id="finding-{first}"' in page and f'id="finding-{second}"' not in page
    assert "王敏" not in page and "内部说明" not in page
    assert 'name="decision"' not in page and "/done" not in page
    other = next(name for name in ("华声外呼", "远达呼叫") if name != vendor)
    assert as_person(f"{other}客服部").get(f"/calls/{two}").status_code == 404
    assert own.get("/calls/999999").status_code == 404
    assert own.get("/calls/abc").status_code == 404
    assert decide(own, two, second).status_code == 403


def test_auditors_read_and_decide_nothing(as_person, two):
    client = as_person("审计员")
    page = client.get(f"/calls/{two}").text
    assert 'name="decision"' not in page and "/done" not in page
    assert client.post(f"/calls/{two}/done").status_code == 403


def test_reading_is_written_down(as_person, house, two):
    as_person("审计员").get(f"/calls/{two}")
    ((event,),) = rows(house, select(EventRow).where(EventRow.did == Did.READ))
    assert (event.person, event.subject.split("/")[0]) == ("审计员", f"call {vendor_of(house, two)}")


def test_who_has_not_heard_is_told_so_and_keeps_what_he_wrote(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    answer = decide(client, two, finding_id, note="我听过了，<b>真的</b>")
    assert answer.status_code == 409
    assert "只说“听过了”不算" in answer.text
    assert "我听过了，&lt;b&gt;真的&lt;/b&gt;" in answer.text
    assert decide(client, two, finding_id, headers=HTMX).text.startswith("请先在本页播放")
    assert rows(house, select(PendingRow)) == []


def test_a_decision_waits_ten_seconds_and_is_a_verdict_then(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    answer = decide(client, two, finding_id, note="<script>alert(1)</script>")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/calls/{two}#finding-{finding_id}")
    page = client.get(f"/calls/{two}").text
    assert "/undo" in page
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    ((pending,),) = rows(house, select(PendingRow))
    assert (pending.due_at - pending.made_at).total_seconds() == 10
    settle(house, client)
    ((verdict,),) = rows(house, select(VerdictRow).where(VerdictRow.finding_id == finding_id))
    assert (verdict.person, verdict.decision) == ("王敏", Decision.CONFIRMED)
    assert "/undo" not in client.get(f"/calls/{two}").text


def test_htmx_gets_the_parts_that_change(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    answer = decide(client, two, finding_id, "overturned", headers=HTMX)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert re.findall(r'id="(findings|score|history)"', answer.text) == ["findings", "score", "history"]
    assert answer.text.count("hx-swap-oob") == 2


def test_what_is_undone_is_open_again_with_its_note(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    decide(client, two, finding_id, note="再想想")
    ((pending_id,),) = rows(house, select(PendingRow.id))
    assert as_person("刘洋").post(f"/pending/{pending_id}/undo").status_code == 400
    answer = client.post(f"/pending/{pending_id}/undo", data={"here": str(two)}, headers=HTMX)
    assert answer.status_code == 200
    assert ">再想想</textarea>" in answer.text
    settle(house, client)
    assert rows(house, select(VerdictRow).where(VerdictRow.finding_id == finding_id)) == []
    late = client.post(f"/pending/{pending_id}/undo", data={"here": str(two)}, headers=HTMX)
    assert (late.status_code, late.text) == (409, "已过十秒，判定已经生效，不能再撤销。")


def test_of_two_people_the_second_is_told_who_was_first_and_sees_it(as_person, house, two):
    first, second, finding_id = as_person("王敏"), as_person("刘洋"), faults(house, two)[0].finding_id
    for name in ("王敏", "刘洋"):
        hears(house, two, name)
    decide(first, two, finding_id)
    answer = decide(second, two, finding_id, "overturned", note="客户自己说的", headers=HTMX)
    assert (answer.status_code, answer.text) == (409, "已由 王敏 判定：属实。您写的内容还在。")
    parts = second.get(f"/calls/{two}/parts", headers=HTMX).text
    assert "王敏" in parts and f"/calls/{two}/findings/{finding_id}" not in parts
    assert "/undo" not in parts, "only he can undo it"
    page = decide(second, two, finding_id, "overturned", note="客户自己说的")
    assert page.status_code == 409 and "已由 王敏 判定" in page.text


def test_a_reclassification_needs_another_rule_or_severity(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    assert decide(client, two, finding_id, "reclassified").status_code == 400
    assert decide(client, two, finding_id, "reclassified", rule="phrase.nonsense").status_code == 400
    assert decide(client, two, finding_id, "reclassified", severity="worst").status_code == 400
    assert decide(client, two, finding_id, "reclassified", rule="phrase.insult", severity="major").status_code == 303
    settle(house, client)
    ((verdict,),) = rows(house, select(VerdictRow).where(VerdictRow.finding_id == finding_id))
    assert (verdict.rule, verdict.severity.value) == ("phrase.insult", "major")


def test_a_missed_fault_is_added_with_the_words_of_its_stretch(as_person, house, two):
    client = as_person("王敏")
    hears(house, two, "王敏")
    turn = turns_of(house, two)[2]
    data = {"rule": "phrase.rudeness", "start": f"0:{turn.start_ms / 1000:.3f}", "end": f"{turn.end_ms / 1000:.3f}"}
    for wrong in ({"rule": ""}, {"start": "x"}, {"start": "9", "end": "8"}, {"end": ""}, {"note": "长" * 2001}):
        assert client.post(f"/calls/{two}/faults", data=data | wrong).status_code == 400, wrong
    assert client.post(f"/calls/{two}/faults", data=data).status_code == 303
    settle(house, client)
    ((verdict,),) = rows(house, select(VerdictRow).where(VerdictRow.call_pk == two))
    assert (verdict.decision, verdict.words) == (Decision.ADDED, turn.text)
    again = client.post(f"/calls/{two}/faults", data=data, headers=HTMX)
    assert again.status_code == 409 and again.text.startswith("已由 王敏 判定：人工补充")


def test_what_the_machine_has_marked_is_confirmed_not_added(as_person, house, two):
    client = as_person("王敏")
    hears(house, two, "王敏")
    marked = next(one.finding for one in faults(house, two) if one.finding.span)
    data = {"rule": marked.rule, "start": str(marked.span.start_ms / 1000), "end": str(marked.span.end_ms / 1000)}
    answer = client.post(f"/calls/{two}/faults", data=data, headers=HTMX)
    assert (answer.status_code, answer.text) == (409, "系统已经标出这一处，请直接确认它。")


def test_done_means_decided_and_leads_to_the_next_call(as_person, house, two):
    client = as_person("王敏")
    first, second = (one.finding_id for one in faults(house, two))
    hears(house, two, "王敏")
    decide(client, two, first)
    answer = client.post(f"/calls/{two}/done", headers=HTMX)
    assert (answer.status_code, answer.text) == (409, "还有 1 处没有判定。")
    decide(client, two, second, "overturned")
    answer = client.post(f"/calls/{two}/done", headers=HTMX)
    assert answer.status_code == 204
    assert re.fullmatch(r"/calls/\d+|/queue\?empty=1", answer.headers["hx-redirect"])
    assert answer.headers["hx-redirect"] != f"/calls/{two}"
    assert rows(house, select(CallReviewRow.person).where(CallReviewRow.call_pk == two)) == [("王敏",)]
    elsewhere = client.get(answer.headers["hx-redirect"])
    assert elsewhere.text.count("/undo") == 4, "what was just decided can be undone from the next call"


def test_an_unflagged_call_has_to_be_heard(as_person, house):
    call_pk = calls_with(house, findings=0)[0]
    client = as_person("王敏")
    hears(house, call_pk, "王敏", ((0, 20_000),))
    answer = client.post(f"/calls/{call_pk}/done", headers=HTMX)
    assert answer.status_code == 409
    assert re.search(r"请听完再提交（已听 \d+%）", answer.text)
    hears(house, call_pk, "王敏")
    assert client.post(f"/calls/{call_pk}/done", headers=HTMX).status_code == 204


def same(text):
    """A page without what differs from request to request."""
    text = re.sub(r'(name="csrf" value|X-CSRF-Token":|content|nonce)(=| )"[^"]{16,}"', r"\1", text)
    return re.sub(r"/pending/\d+/|data-undo=\"[^\"]+\"|\d\d-\d\d \d\d:\d\d", "", text)


def test_who_hears_a_second_time_gets_the_page_that_the_first_one_got(as_person, house, two):
    first, second = (one.finding_id for one in faults(house, two))
    chief, blind = as_person("王敏"), as_person("刘洋")
    hears(house, two, "刘洋")
    put_on_desk(house, two, "刘洋", Occasion.FLAGGED)
    seen = [same(blind.get(f"/calls/{two}").text)]
    seen.append(same(decide(blind, two, first, headers=HTMX).text))
    ((pending_id,),) = rows(house, select(PendingRow.id))
    blind.post(f"/pending/{pending_id}/undo", data={"here": str(two)})
    hears(house, two, "王敏")
    decide(chief, two, first, "overturned", note="不是话务员说的")
    decide(chief, two, second)
    settle(house, chief)
    changes(house, update(AssignmentRow).values(occasion=Occasion.SECOND))
    assert same(blind.get(f"/calls/{two}").text) == seen[0]
    assert same(decide(blind, two, first, headers=HTMX).text) == seen[1]
    decide(blind, two, second, "overturned")
    assert blind.post(f"/calls/{two}/done", headers=HTMX).status_code == 204
    settle(house, blind)
    given = rows(house, select(OpinionRow.finding_id, OpinionRow.decision, OpinionRow.session_id))
    assert given == [(first, Decision.CONFIRMED, None), (second, Decision.OVERTURNED, None)]
    assert {person for (person,) in rows(house, select(VerdictRow.person).where(VerdictRow.call_pk == two))} == {"王敏"}


def test_a_calibration_session_is_for_its_calls_while_it_is_open(as_person, house, two):
    call_id = rows(house, select(CallRow.call_id).where(CallRow.id == two))[0][0]
    name = f"{vendor_of(house, two)}/{call_id}"
    assert as_person("李主任").post("/calibration", data={"title": "四月", "calls": name}).status_code == 303
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    page = client.get(f"/calls/{two}", params={"session": 1})
    assert page.status_code == 200 and "校准会" in page.text
    hears(house, two, "王敏")
    answer = decide(client, two, finding_id, session="1")
    assert answer.headers["location"] == f"/calls/{two}?session=1#finding-{finding_id}"
    settle(house, client)
    assert rows(house, select(OpinionRow.session_id)) == [(1,)]
    other = calls_with(house, findings=1)[0]
    assert client.get(f"/calls/{other}", params={"session": 1}).status_code == 404
    assert client.get(f"/calls/{two}", params={"session": 7}).status_code == 404
    assert as_person("审计员").get(f"/calls/{two}", params={"session": 1}).status_code == 404


def test_a_withdrawn_call_is_shown_and_not_judged(as_person, house, two):
    changes(house, update(CallRow).where(CallRow.id == two).values(state=CallState.WITHDRAWN))
    hears(house, two, "王敏")
    client = as_person("王敏")
    assert 'name="decision"' not in client.get(f"/calls/{two}").text
    answer = decide(client, two, faults(house, two)[0].finding_id, headers=HTMX)
    assert (answer.status_code, answer.text) == (409, "这一通已由运营商撤回，不再判定。")


def test_a_call_that_was_never_drawn_has_a_page_too(as_person, house):
    never = rows(house, select(CallRow.id).where(CallRow.state == CallState.NOT_SAMPLED))
    if not never:
        pytest.skip("every call of this house was drawn")
    page = as_person("王敏").get(f"/calls/{never[0][0]}")
    assert page.status_code == 200 and "这一通没有录音" in page.text


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "-1", "1e3", "0x1", "1.5", "\u0661"])
def test_numbers_that_are_none_are_not_there(as_person, number):
    client = as_person("王敏")
    assert client.get(f"/calls/{number}").status_code == 404
    assert client.post(f"/pending/{number}/undo").status_code == 404


def test_malformed_decisions_change_nothing(as_person, house, two):
    client, finding_id = as_person("王敏"), faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    other = faults(house, calls_with(house, findings=1)[0])[0].finding_id
    assert decide(client, two, other).status_code == 404
    assert decide(client, two, finding_id, "added").status_code == 400
    assert decide(client, two, finding_id, "hang").status_code == 400
    assert client.post(f"/calls/{two}/findings/{finding_id}", data={}).status_code == 422
    assert decide(client, two, finding_id, played="[[0, 90000000]]").status_code == 400
    assert decide(client, two, finding_id, note="x" * 30_000).status_code == 422
    assert decide(client, 999_999, finding_id).status_code == 404
    assert rows(house, select(PendingRow)) == []


def test_a_supervisor_who_had_no_hand_in_a_verdict_puts_another_in_its_place(as_person, house, two):
    finding_id = faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    reviewer, chief = as_person("王敏"), as_person("李主任")
    decide(reviewer, two, finding_id)
    settle(house, reviewer)
    ((verdict_id,),) = rows(house, select(VerdictRow.id).where(VerdictRow.finding_id == finding_id))
    path = f"/calls/{two}/verdicts/{verdict_id}"
    assert path in chief.get(f"/calls/{two}").text and path not in reviewer.get(f"/calls/{two}").text
    change = {"decision": "overturned", "note": "听错了"}
    assert reviewer.post(path, data=change).status_code == 403
    assert chief.post(path, data=change | {"note": " "}).status_code == 400
    assert chief.post(path, data=change, headers=HTMX).text.startswith("请先在本页播放")
    unchosen = chief.post(path, data=change | {"decision": "reclassified"}, headers=HTMX)
    assert (unchosen.status_code, unchosen.text) == (400, "改判要选另一个问题类型，或者另一个严重程度。")
    hears(house, two, "李主任")
    assert chief.post(path, data=change | {"decision": "confirmed"}, headers=HTMX).text == "判定已经是这样。"
    assert chief.post(path, data=change).status_code == 303
    ((latest,),) = rows(house, select(VerdictRow).where(VerdictRow.follows == verdict_id))
    assert (latest.decision, latest.person, latest.note) == (Decision.OVERTURNED, "李主任", "听错了")
    assert "/verdicts/" not in chief.get(f"/calls/{two}").text, "now it is his own"
    assert chief.post(f"/calls/{two}/verdicts/999", data=change).status_code == 404


@contextmanager
def killed(settings):
    """A client of a server in a process of its own, killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = Callqa(settings.root).start("serve", "--port", port)
    try:
        until = time.monotonic() + 120
        with Client(f"http://127.0.0.1:{port}") as client:
            while True:
                assert process.poll() is None and time.monotonic() < until, "the server did not start"
                try:
                    client.get("/login")
                    break
                except httpx.ConnectError:
                    time.sleep(0.2)
            yield client
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_server_that_is_killed_loses_no_decision(house, two):
    finding_id = faults(house, two)[0].finding_id
    hears(house, two, "王敏")
    with killed(house) as client:
        assert decide(client.log_in("王敏"), two, finding_id).status_code == 303
    decided = select(VerdictRow.person).where(VerdictRow.finding_id == finding_id)
    assert rows(house, decided) == []
    with killed(house):
        until = time.monotonic() + 60
        while not (found := rows(house, decided)) and time.monotonic() < until:
            time.sleep(0.5)
    assert found == [("王敏",)]
