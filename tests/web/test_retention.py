"""What is kept, held and destroyed, through the pages: lists take two supervisors, and a destroyed call keeps its page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from pipeline.recordings.retention import keep_until
from pipeline.store.retention import hangs_on
from pipeline.store.tables import (
    CallRow,
    DestroyedRow,
    DestructionRow,
    EventRow,
    HoldRow,
    OutboxRow,
    ProbeRow,
    RecordingRow,
    VendorCopiesRow,
)
from tests.web.desk import changes, rows

OLD = datetime.now(UTC).date() - timedelta(days=300)


@pytest.fixture
def aged(house):
    """The house a year later: every recording is old enough to go."""
    changes(house, update(RecordingRow).values(archive_day=OLD, keep_until=keep_until(OLD)))
    return house


def recorded(house, *, charged):
    """Calls with a recording, as (number, vendor, call id, sha256): those on which something hangs, or the others."""
    query = select(CallRow.id, CallRow.vendor, CallRow.call_id, RecordingRow.sha256).join(
        RecordingRow, RecordingRow.call_pk == CallRow.id
    )
    return rows(house, query.where(hangs_on() if charged else ~hangs_on()).order_by(CallRow.id))


def section(page, name):
    """The part of a page under a heading."""
    return re.search(rf'<section[^>]*aria-labelledby="{name}-title".*?</section>', page, re.DOTALL)[0]


def told(house, subject):
    return rows(house, select(EventRow.person, EventRow.detail).where(EventRow.subject == subject))


def proposed(client):
    """A new list's address and the beginning of its hash."""
    answer = client.post("/retention/propose")
    assert answer.status_code == 303
    address = answer.headers["location"]
    return address, re.search(r"<code>([0-9a-f]{64})</code>", client.get(address).text)[1][:8]


def test_what_is_due_and_what_stays(as_person, aged):
    page = as_person("李主任").get("/retention").text
    due, held = section(page, "due"), section(page, "held")
    free, charged = recorded(aged, charged=False), recorded(aged, charged=True)
    assert free and charged
    for call_pk, *_ in free:
        assert f'href="/calls/{call_pk}"' in due and f'href="/calls/{call_pk}"' not in held
    for call_pk, *_ in charged:
        assert f'href="/calls/{call_pk}"' in held and f'href="/calls/{call_pk}"' not in due


def test_nothing_young_is_due(as_person):
    client = as_person("李主任")
    assert "没有到期可销毁的录音" in client.get("/retention").text
    assert client.post("/retention/propose").status_code == 409


def test_a_hold_keeps_a_recording_until_it_is_released(as_person, aged):
    client = as_person("李主任")
    call_pk, vendor, call_id, _ = recorded(aged, charged=False)[0]
    given = {"vendor": vendor, "call_id": call_id, "reason": "司法机关调取"}
    assert client.post("/retention/hold", data={**given, "reason": " "}).status_code == 400
    assert client.post("/retention/hold", data={**given, "call_id": "none"}).status_code == 400
    assert client.post("/retention/hold", data=given).status_code == 303
    page = client.get("/retention").text
    link = f'href="/calls/{call_pk}"'
    assert link not in section(page, "due") and "另行决定" in section(page, "held")
    assert "司法机关调取" in section(page, "holds")
    (hold_id,) = rows(aged, select(HoldRow.id))[0]
    assert client.post(f"/retention/holds/{hold_id}/release").status_code == 303
    assert link in section(client.get("/retention").text, "due")
    assert client.post(f"/retention/holds/{hold_id}/release").status_code == 409
    assert rows(aged, select(HoldRow.person, HoldRow.released_by)) == [("李主任", "李主任")]
    assert ("李主任", "retention hold") in told(aged, f"call {vendor}/{call_id}")
    assert told(aged, f"hold {hold_id}") == [("李主任", "released")]


def test_a_list_is_signed_by_another_supervisor_and_the_call_keeps_its_page(as_person, aged):
    proposer, signer = as_person("李主任"), as_person("周主任")
    free, charged = recorded(aged, charged=False), recorded(aged, charged=True)
    call_pk, vendor, call_id, sha256 = free[0]
    assert proposer.get(f"/calls/{call_pk}/audio").status_code == 200
    address, seen = proposed(proposer)
    assert "须由另一位主管签字" in proposer.get(address).text
    assert proposer.post(f"{address}/sign", data={"seen": seen}).status_code == 409
    assert signer.post(f"{address}/sign", data={"seen": "00000000"}).status_code == 400
    assert signer.post(f"{address}/sign", data={"seen": seen[:7]}).status_code == 400
    assert rows(aged, select(DestroyedRow.gone).distinct()) == [(None,)]
    file = aged.archive_path / "sha256" / sha256[:2] / sha256[2:]
    assert file.exists()
    assert signer.post(f"{address}/sign", data={"seen": seen}).status_code == 303
    assert not file.exists()
    page = signer.get(address).text
    assert f"{len(free)} 通：已删除" in page and page.count("已删除") >= len({one[3] for one in free})
    assert rows(aged, select(DestructionRow.proposed_by, DestructionRow.signed_by)) == [("李主任", "周主任")]
    assert {one for (one,) in rows(aged, select(DestroyedRow.recording_id))}.isdisjoint(
        {
            one
            for (one,) in rows(aged, select(RecordingRow.id).where(RecordingRow.call_pk.in_([c for c, *_ in charged])))
        }
    )
    # The call's page stands; its sound is no more, and nobody gets an error for it.
    call = signer.get(f"/calls/{call_pk}")
    assert call.status_code == 200 and "录音已销毁" in call.text and call_id in call.text
    assert "<audio" not in call.text and 'class="turns"' in call.text
    for sound in ("audio", "peaks"):
        assert signer.get(f"/calls/{call_pk}/{sound}").status_code == 404
    # What something hangs on is still there to be heard.
    assert signer.get(f"/calls/{charged[0][0]}/audio").status_code == 200
    assert signer.post(f"{address}/sign", data={"seen": seen}).status_code == 409
    assert signer.post(f"{address}/decline").status_code == 409
    assert (
        signer.post("/retention/hold", data={"vendor": vendor, "call_id": call_id, "reason": "晚了"}).status_code == 409
    )
    number = address.rpartition("/")[2]
    assert [person for person, _ in told(aged, f"destruction {number}")] == ["李主任", "周主任"]


def test_vendors_are_told_about_their_copies_and_what_they_answer_is_kept(as_person, aged):
    address, seen = proposed(as_person("李主任"))
    signer = as_person("周主任")
    signer.post(f"{address}/sign", data={"seen": seen})
    vendors = [one for (one,) in rows(aged, select(VendorCopiesRow.vendor))]
    assert {*vendors} == {vendor for _, vendor, *_ in recorded(aged, charged=False)}
    letters = select(OutboxRow.vendor).where(OutboxRow.key.in_(select(VendorCopiesRow.letter_key)))
    assert sorted(one for (one,) in rows(aged, letters)) == sorted(vendors)
    given = {"vendor": vendors[0], "document": "销毁证明〔2026〕3号"}
    assert signer.post(f"{address}/copies", data={**given, "document": ""}).status_code == 400
    assert signer.post(f"{address}/copies", data={**given, "vendor": "没有这家"}).status_code == 409
    assert signer.post(f"{address}/copies", data=given).status_code == 303
    assert "已证明销毁" in signer.get(address).text and "销毁证明〔2026〕3号" in signer.get(address).text


def test_what_is_declined_may_be_listed_again(as_person, aged):
    client = as_person("李主任")
    address, _ = proposed(client)
    assert client.post("/retention/propose").status_code == 409
    assert "没有到期可销毁的录音" in client.get("/retention").text
    assert as_person("周主任").post(f"{address}/decline").status_code == 303
    assert "已退回" in client.get("/retention").text
    again, _ = proposed(client)
    assert again != address


def test_a_list_that_was_interrupted_goes_on(as_person, aged):
    address, seen = proposed(as_person("李主任"))
    client = as_person("周主任")
    assert client.post(f"{address}/resume").status_code == 409
    now = datetime.now(UTC)
    changes(aged, update(DestructionRow).values(signed_by="周主任", signed_at=now))
    assert "销毁中断" in client.get("/retention").text and "继续销毁" in client.get(address).text
    assert client.post(f"{address}/resume").status_code == 303
    assert None not in {one for (one,) in rows(aged, select(DestroyedRow.gone))}
    assert "已完成" in client.get("/retention").text
    assert seen


def test_old_recordings_are_asked_for_and_the_answer_is_kept(as_person, house):
    client = as_person("李主任")
    vendor = rows(house, select(CallRow.vendor))[0][0]
    given = {"vendor": vendor, "count": "2"}
    assert client.post("/retention/probe", data=given).status_code == 409
    recent = datetime.now(UTC).date() - timedelta(days=40)
    changes(house, update(CallRow).values(day=recent))
    assert client.post("/retention/probe", data={**given, "count": "21"}).status_code == 400
    assert client.post("/retention/probe", data=given).status_code == 303
    asked = rows(house, select(ProbeRow.id, ProbeRow.vendor, ProbeRow.asked_by, ProbeRow.seed, ProbeRow.call_pk))
    assert len(asked) == 2 and {one[1:4] for one in asked} == {(vendor, "李主任", asked[0][3])}
    assert asked[0][3] in client.get("/retention").text
    first, second = asked[0][0], asked[1][0]
    assert client.post(f"/retention/probes/{first}", data={"produced": "perhaps"}).status_code == 400
    assert client.post(f"/retention/probes/{first}", data={"produced": "yes", "note": "当场播放"}).status_code == 303
    assert client.post(f"/retention/probes/{second}", data={"produced": "no"}).status_code == 303
    assert client.post(f"/retention/probes/{first}", data={"produced": "no"}).status_code == 409
    page = section(client.get("/retention").text, "probes")
    assert "当场播放" in page and page.count("能调取</span>") == 2
    assert rows(house, select(ProbeRow.produced).order_by(ProbeRow.id)) == [(True,), (False,)]


def test_an_auditor_reads_and_others_do_not(as_person, aged):
    auditor, call = as_person("审计员"), recorded(aged, charged=False)[0]
    page = auditor.get("/retention")
    assert page.status_code == 200 and f'href="/calls/{call[0]}"' in page.text
    assert 'action="/retention/' not in page.text
    assert auditor.post("/retention/propose").status_code == 403
    for name in ("王敏", "赵经理", "管理员", f"{call[1]}客服部"):
        assert as_person(name).get("/retention").status_code == 403
    assert auditor.get("/retention/lists/1").status_code == 404
    assert rows(aged, select(DestructionRow.id)) == []
