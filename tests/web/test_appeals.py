"""Appeals as people use them: a vendor files one with a file beside it, a supervisor who had no hand decides it, the ledger follows."""

import re

import pytest

from pipeline.records.entry import EntryKind
from pipeline.store.engine import reading
from pipeline.store.events import events
from pipeline.store.ledger import entries
from pipeline.store.tables import AppealRow, AttachmentRow

from .disputed_house import disputed_house, house, store

__all__ = ["disputed_house", "house", "store"]

PDF = ("通话证明.exe", b"%PDF-1.7 proof", "application/octet-stream")
FORM = re.compile(r'name="verdict" value="(\d+)"')


def fatal(client):
    """The verdict about the abuse, from the form on the vendor's page."""
    (section,) = [
        part
        for part in client.get("/vendor").text.split('<div class="entry">')
        if "谩骂" in part and "/appeals" in part
    ]
    return int(FORM.search(section)[1])


def file(client, verdict, reason="是客户说的", **more):
    return client.post("/appeals", data={"verdict": verdict, "reason": reason}, **more)


def test_from_the_vendor_s_form_to_a_voided_warning(as_person, store):
    vendor = as_person("华声客服部")
    verdict = fatal(vendor)
    filed = file(vendor, verdict, "是客户说的<script>alert(1)</script>", files={"file": PDF})
    assert (filed.status_code, filed.headers["location"]) == (303, f"/appeals/1?done=appeal-{verdict}")
    shown = vendor.get(filed.headers["location"]).text
    assert "申诉已提交" in shown and f'data-forget="appeal-{verdict}"' in shown
    assert "是客户说的&lt;script&gt;" in shown and "<script>alert" not in shown
    assert "幺三八" not in shown and "电话***********" in shown, "the number that was said is masked"
    assert "王敏" not in shown and "听得很清楚" not in shown, (
        "a vendor does not learn who judged, nor what he noted for the house"
    )
    assert "还没有裁定" in shown

    supervisor = as_person("李主任")
    assert "已等 0 天" in supervisor.get("/appeals?state=open").text
    read = supervisor.get("/appeals/1").text
    assert "王敏" in read and "听得很清楚" in read and "/calls/" in read and "?at=47000" in read and "-100 分" in read
    assert supervisor.post("/appeals/1/decide", data={"upheld": "true", "decision": " "}).status_code == 400
    done = supervisor.post("/appeals/1/decide", data={"upheld": "true", "decision": "复听属实"})
    assert done.headers["location"] == "/appeals/1?done=decision-1"
    read = vendor.get("/appeals/1").text
    assert "申诉成立" in read and "复听属实" in read and "李主任" not in read
    assert all(words in read for words in ("冲回", "+100", "警告撤销"))
    with reading(store) as session:
        kinds = [one.entry.kind for one in entries(session)]
        assert kinds[-2:] == [EntryKind.REVERSAL, EntryKind.WARNING_VOIDED]
        said = [(one.person, one.did.value, one.detail) for one in events(session, subject="appeal 1")]
    assert ("李主任", "decided", "upheld") in said
    assert ("华声客服部", "changed", f"filed against verdict {verdict}, 通话证明.pdf") in said
    again = as_person("周主任").post("/appeals/1/decide", data={"upheld": "false", "decision": "不"})
    assert again.status_code == 409 and "已经有人裁定" in again.text
    assert "没有申诉。" in supervisor.get("/appeals?state=open").text
    assert "申诉 1" in supervisor.get("/appeals").text


def test_a_rejected_one_changes_nothing(as_person, store):
    vendor = as_person("华声客服部")
    file(vendor, fatal(vendor))
    with reading(store) as session:
        before = len([*entries(session)])
    as_person("李主任").post("/appeals/1/decide", data={"upheld": "false", "decision": "是话务员说的"})
    assert "台账没有变化" in vendor.get("/appeals/1").text
    with reading(store) as session:
        assert len([*entries(session)]) == before


def test_the_file_is_handed_out_to_be_saved_and_only_to_who_may_read_the_appeal(as_person, store):
    vendor = as_person("华声客服部")
    file(vendor, fatal(vendor), files={"file": PDF})
    link = re.search(r'href="(/appeals/1/attachments/\d+)"', vendor.get("/appeals/1").text)[1]
    for name in ("华声客服部", "王敏", "审计员"):
        got = as_person(name).get(link)
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, PDF[1], "application/pdf")
        assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E9%80%9A")
        assert (
            got.headers["x-content-type-options"] == "nosniff" and "sandbox" in got.headers["content-security-policy"]
        )
    assert as_person("孙经理").get(link).status_code == 403
    stranger = as_person("远达客服部")
    for path in ("/appeals/1", link):
        got = stranger.get(path)
        assert got.status_code == 404 and "客户" not in got.text
    assert "没有申诉。" in stranger.get("/appeals").text
    assert vendor.get("/appeals/1/attachments/99").status_code == 404
    with reading(store) as session:
        assert len(events(session, subject="attachment 1")) == 3


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"MZ\x90\0\x03", 400, "按内容识别"),
        (b"%PDF-" + b"0" * 9_999_996, 400, "最大 10 MB"),
        (b"%PDF-" + b"0" * 11_000_000, 413, "附件最大 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_leaves_no_appeal_behind(content, status, said, as_person, store):
    vendor = as_person("华声客服部")
    verdict = fatal(vendor)
    answer = file(vendor, verdict, files={"file": ("录音.wav", content, "audio/wav")})
    assert answer.status_code == status and said in answer.text
    with reading(store) as session:
        assert not session.query(AppealRow).count() and not session.query(AttachmentRow).count()
    assert file(vendor, verdict, files={"file": ("", b"", "application/octet-stream")}).status_code == 303


def test_what_cannot_be_appealed_against_says_so(as_person):
    vendor, stranger = as_person("华声客服部"), as_person("远达客服部")
    verdict = fatal(vendor)
    assert file(stranger, verdict).status_code == 404
    assert file(vendor, 2**63).status_code == 422
    assert file(vendor, 999).status_code == 404
    assert file(vendor, verdict, " ").status_code == 400
    assert file(vendor, verdict, "长" * 2001).status_code == 400
    shown = vendor.get("/vendor").text
    assert "申诉期已于 2026-04-09 截止" in shown
    late = file(vendor, 1)
    assert late.status_code == 409 and "申诉期已过" in late.text
    assert file(vendor, verdict).status_code == 303
    again = file(vendor, verdict)
    assert again.status_code == 409 and "这项判定已经申诉过。" in again.text
    assert "待裁定" in vendor.get("/vendor").text


def test_who_had_a_hand_in_the_verdict_is_not_offered_the_decision(as_person, house, store):
    vendor = as_person("华声客服部")
    file(vendor, fatal(vendor))
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE verdicts SET person = '李主任', role = 'supervisor'")
    supervisor = as_person("李主任")
    assert "要由另一位主管裁定" in supervisor.get("/appeals/1").text
    refused = supervisor.post("/appeals/1/decide", data={"upheld": "true", "decision": "是"})
    assert refused.status_code == 409 and "不能由您裁定" in refused.text
    assert "申诉不成立（维持判定）" in as_person("周主任").get("/appeals/1").text
    assert "等客服中心主管裁定" in as_person("王敏").get("/appeals/1").text


@pytest.mark.parametrize("number", [0, 77, 10**40, "x", "-1"])
def test_no_such_appeal(number, as_person):
    assert as_person("李主任").get(f"/appeals/{number}").status_code == 404
