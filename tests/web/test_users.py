"""Users, one's own password, and the trail of what everybody did."""

import pytest
from sqlalchemy import select

from pipeline.store.tables import EventRow, UserRow
from pipeline.web.audit_words import detail_said, subject_code, subject_said
from tests.web.conftest import PASSWORD
from tests.web.desk import rows


def test_somebody_is_added_changes_his_password_and_is_disabled(as_person, house):
    administrator = as_person("管理员")
    given = {"name": "周洁", "role": "reviewer", "password": "first-password"}
    assert administrator.post("/users/add", data=given).status_code == 303
    assert administrator.post("/users/add", data=given).status_code == 409
    assert administrator.post("/users/add", data={**given, "name": "钱", "role": "vendor"}).status_code == 400
    assert administrator.post("/users/add", data={**given, "name": "钱", "password": "short"}).status_code == 400
    hers, elsewhere = as_person("周洁", "first-password"), as_person("周洁", "first-password")
    wrong = {"old": "no-password", "new": "second-password", "again": "second-password"}
    assert hers.post("/me/password", data=wrong).status_code == 400
    assert hers.post("/me/password", data={**wrong, "old": "first-password"}).status_code == 303
    assert hers.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 303
    as_person("周洁", "second-password")
    assert administrator.post("/users/password", data={"name": "周洁", "password": "third-password"}).status_code == 303
    assert hers.get("/queue").status_code == 303
    again = as_person("周洁", "third-password")
    assert administrator.post("/users/disable", data={"name": "周洁"}).status_code == 303
    assert again.get("/queue").status_code == 303
    stored = rows(house, select(UserRow.created_by, UserRow.disabled_by).where(UserRow.name == "周洁"))
    assert stored == [("管理员", "管理员")]
    assert administrator.post("/users/disable", data={"name": "管理员"}).status_code == 409


def test_the_trail_is_filtered_paged_and_taken_along(as_person, house):
    reader = as_person("王敏")
    for _ in range(3):
        reader.get("/calls/1")
    auditor = as_person("审计员")
    page = auditor.get("/audit", params={"name": "王敏", "did": "read", "subject": "call "}).text
    body = page.partition("<tbody>")[2]
    assert body.count("<tr>") == 3 and "王敏" in body
    assert "<tbody>" not in auditor.get("/audit", params={"name": "王敏", "last": "2020-01-01"}).text
    table = auditor.get("/audit/table", params={"name": "王敏", "did": "read", "subject": "call "})
    assert table.content.startswith("﻿编号,时间,人员".encode()) and len(table.text.splitlines()) == 4
    assert rows(house, select(EventRow.person).where(EventRow.did == "exported", EventRow.subject == "audit"))
    assert "call " in table.text and "通话" not in table.text, "the file keeps its codes"
    by_words = auditor.get("/audit", params={"name": "王敏", "did": "read", "subject": "通话 "}).text
    assert (
        by_words.partition("<tbody>")[2].count("<tr>") == 3 and '<td title="call ' in by_words and ">通话 " in by_words
    )
    assert auditor.get("/audit", params={"day": "soon"}).status_code == 400
    assert auditor.get("/audit", params={"did": "danced"}).status_code == 400
    assert reader.get("/audit").status_code == 403


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("finding 41 overturned phrase.bluntness", "发现 41 推翻：生硬"),
        ("added added phrase.bluntness", "人工补充：生硬"),
        ("filed against verdict 38, 说明.pdf", "对判定 38 提出申诉, 说明.pdf"),
        ("added as vendor of 华声外呼", "新增，华声外呼的外呼公司"),
        ("GET Forbidden", "这个角色不能打开"),
        ("upheld", "申诉成立"),
        ("q=您 how=words", "q=您 how=words"),
    ],
)
def test_details_are_read_in_chinese_and_what_is_not_known_stays(kept, read):
    assert detail_said(kept, str) == read


def test_subjects_are_read_in_chinese_and_typed_as_they_are_read():
    for kept, read in (
        ("call 华声外呼/0007", "通话 华声外呼/0007"),
        ("exit case 45", "退出案件 45"),
        ("audit", "操作记录"),
        ("statement JS-202604-0003", "结算单 JS-202604-0003"),
        ("127.0.0.1", "127.0.0.1"),
    ):
        assert subject_said(kept, str) == read
        assert subject_code(read, str) == kept and subject_code(kept, str) == kept
    assert subject_said("audit 2026-03 华声/survey", str) == "稽核 2026-03 华声/survey"


@pytest.mark.parametrize("path", ["/users", "/me", "/audit"])
def test_pages_open_for_the_administrator(as_person, path):
    assert as_person("管理员", PASSWORD).get(path).status_code == 200
