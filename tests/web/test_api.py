"""The read side: a token acts as its person, reads what he may, and answers what the command line says."""

import csv
import json
import re
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update

from pipeline.records.call import CallState
from pipeline.store.tables import (
    ApiTokenRow,
    AppealRow,
    AssignmentRow,
    CallRow,
    EventRow,
    InspectionRow,
    Occasion,
    RecordingRow,
    SettlementRow,
    TurnRow,
    VerdictRow,
)
from pipeline.text.masking import mask
from pipeline.web.api.answers import examples
from pipeline.web.api.schema import READ_SIDE, openapi
from tests.flows.conftest import Callqa
from tests.web.conftest import PASSWORD
from tests.web.desk import changes, rows

ROUTES = [route for router in READ_SIDE for route in router.routes]


def new_token(client, title="月报导入"):
    """A token of whoever is logged in, made at his own page."""
    answer = client.post("/me/tokens", data={"title": title})
    assert answer.status_code == 200
    return re.search(r'id="token" readonly value="(callqa_[^"]+)"', answer.text)[1]


@pytest.fixture
def reads(site, as_person):
    """reads("李主任"): a program with a token of somebody's."""
    made = []

    def program(name):
        token = new_token(as_person(name))
        made.append(httpx.Client(base_url=f"{site}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60))
        return made[-1]

    yield program
    for one in made:
        one.close()


def got(client, path, **params):
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def everything(client, path, key, limit=3, **params):
    """All items of a list, page by page, and how many pages there were."""
    items, pages, at = [], 0, None
    while pages < 500:
        page = got(client, path, limit=limit, **({} if at is None else {key: at}), **params)
        items, pages, at = [*items, *page["items"]], pages + 1, page["next"]
        assert len(page["items"]) <= limit
        if at is None:
            return items, pages
    raise AssertionError(f"{path} has no end")


def inspected(house, vendor=None):
    """The numbers of inspected calls, the latest first."""
    query = select(CallRow.id).where(CallRow.state == CallState.INSPECTED).order_by(CallRow.id.desc())
    return [one for (one,) in rows(house, query if vendor is None else query.where(CallRow.vendor == vendor))]


def vendors_of(house):
    return [one for (one,) in rows(house, select(CallRow.vendor).distinct().order_by(CallRow.vendor))]


class TestTokens:
    def test_a_token_acts_as_its_person_until_it_is_revoked(self, site, as_person, house):
        person = as_person("王敏")
        token = new_token(person)
        assert token not in person.get("/me").text and "月报导入" in person.get("/me").text
        stored = rows(house, select(ApiTokenRow.token_sha256, ApiTokenRow.person))
        assert stored[0][1] == "王敏" and token not in stored[0][0]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=site, headers=headers) as program:
            assert program.get("/api/v1/me").json() == {"name": "王敏", "role": "reviewer", "vendor": None}
            # Pages are for people: a token opens none, and changes nothing.
            assert program.get("/queue").status_code == 401
            assert program.post("/api/v1/calls").status_code == 405
            assert program.post("/me/password", data={"old": PASSWORD}).status_code == 401
            (token_id,) = rows(house, select(ApiTokenRow.id))[0]
            assert as_person("刘洋").post(f"/me/tokens/{token_id}/revoke").status_code == 404
            assert program.get("/api/v1/me").status_code == 200
            assert person.post(f"/me/tokens/{token_id}/revoke").status_code == 303
            assert program.get("/api/v1/me").status_code == 401
        told = [one for (one,) in rows(house, select(EventRow.detail).where(EventRow.detail.startswith("token ")))]
        assert told == ["token 月报导入", "token 月报导入 revoked"]

    def test_a_token_does_not_outlive_a_password_that_an_administrator_takes_away(self, reads, as_person):
        program = reads("刘洋")
        as_person("管理员").post("/users/password", data={"name": "刘洋", "password": "another-password"})
        assert program.get("/me").status_code == 401
        program = reads("王敏")
        change = {"old": PASSWORD, "new": "another-password", "again": "another-password"}
        assert as_person("王敏").post("/me/password", data=change).status_code == 303
        assert program.get("/me").status_code == 200

    def test_a_month_at_the_edge_of_time_is_none(self, reads):
        program = reads("王敏")
        for path in ("/verdicts?month=9999-12", "/months/9999-12/board", "/months/0001-01/violations"):
            assert program.get(path).status_code == 404, path

    def test_what_nobody_expected_has_its_sentence_and_all_headers(self, reads, monkeypatch):
        def broken(*_, **__):
            raise RuntimeError("a mistake of ours")

        program = reads("王敏")
        monkeypatch.setattr("pipeline.web.api.calls.listed_calls", broken)
        answer = program.get("/calls")
        assert (answer.status_code, list(answer.json())) == (500, ["error"])
        assert "mistake" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_a_file_that_does_not_say_how_long_it_is_is_told_as_such(self, reads, house):
        call_pk = inspected(house)[0]
        changes(house, update(InspectionRow).values(duration_ms=None))
        assert got(reads("王敏"), f"/calls/{call_pk}")["inspection"]["recording"]["duration_ms"] is None

    def test_a_disabled_person_s_token_does_not_work(self, reads, as_person):
        program = reads("王敏")
        assert program.get("/me").status_code == 200
        assert as_person("管理员").post("/users/disable", data={"name": "王敏"}).status_code == 303
        assert program.get("/me").status_code == 401

    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer callqa_wrong", "Basic d2FuZzpt", "callqa_wrong"])
    def test_without_a_token_that_holds_there_is_one_sentence(self, site, header):
        answer = httpx.get(f"{site}/api/v1/calls", headers={} if header is None else {"Authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert list(answer.json()) == ["error"] and "令牌" in answer.json()["error"]

    def test_wrong_tokens_are_limited_as_log_ins_are(self, site, as_person):
        token = new_token(as_person("王敏"))
        wrong = {"Authorization": "Bearer callqa_guessed"}
        found = [httpx.get(f"{site}/api/v1/me", headers=wrong).status_code for _ in range(11)]
        assert found == [401] * 10 + [429]
        refused = httpx.get(f"{site}/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 429 and list(refused.json()) == ["error"]
        assert httpx.post(f"{site}/login", data={"name": "王敏", "password": PASSWORD}).status_code == 429

    @pytest.mark.parametrize("title", ["", "  ", "长" * 65])
    def test_a_token_is_for_something(self, as_person, house, title):
        assert as_person("王敏").post("/me/tokens", data={"title": title}).status_code == 400
        assert rows(house, select(ApiTokenRow.id)) == []

    def test_the_command_line_makes_shows_and_revokes_them(self, site, house):
        callqa = Callqa(house.root, CALLQA_PASSWORD=PASSWORD)
        token = callqa("user", "token", "审计员", "--for", "月报").strip()
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{site}/api/v1/me", headers=headers).json()["name"] == "审计员"
        (known,) = callqa.json("user", "token", "审计员")
        assert (known["for"], known["revoked_at"]) == ("月报", None) and token not in json.dumps(known)
        (ended,) = callqa.json("user", "token", "审计员", "--revoke", known["token"])
        assert ended["revoked_at"]
        assert httpx.get(f"{site}/api/v1/me", headers=headers).status_code == 401
        assert callqa.run("user", "token", "王敏", "--revoke", known["token"]).returncode == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/calls/999999", 404),
            ("/calls/0", 404),
            ("/calls/9999999999999999999999", 404),
            ("/calls/seven", 404),
            ("/nothing", 404),
            ("/months/2026-13/board", 404),
            ("/months/2019-01/violations", 404),
            ("/vendors/没有这家", 404),
            ("/explain?name=JS-209912-0001", 404),
            ("/explain?name=nonsense", 404),
            ("/explain", 422),
            ("/calls?limit=501", 422),
            ("/calls?limit=many", 422),
            ("/calls?state=asleep", 422),
            ("/calls?first=soon", 422),
            ("/entries?kind=gift", 422),
            ("/verdicts?month=soon", 404),
        ],
    )
    def test_they_are_one_sentence_in_json(self, reads, path, status):
        answer = reads("李主任").get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text
        assert list(answer.json()) == ["error"] and "\n" not in answer.json()["error"]

    def test_another_role_is_refused_and_that_is_on_record(self, reads, house):
        answer = reads("管理员").get("/calls")
        assert answer.status_code == 403 and list(answer.json()) == ["error"]
        assert ("管理员", "GET Forbidden") in rows(
            house, select(EventRow.person, EventRow.detail).where(EventRow.subject == "/api/v1/calls")
        )

    def test_in_english_for_who_reads_english(self, site):
        answer = httpx.get(f"{site}/api/v1/calls", cookies={"lang": "en"})
        assert "Send one that holds" in answer.json()["error"]


class TestCalls:
    def test_pages_hold_every_call_once(self, reads, house):
        items, pages = everything(reads("李主任"), "/calls", "before")
        numbers = [one["call"] for one in items]
        assert numbers == sorted((one for (one,) in rows(house, select(CallRow.id))), reverse=True)
        assert pages == -(-len(numbers) // 3)
        assert all(one["customer_number"] == mask(one["customer_number"]) for one in items)

    def test_filters(self, reads, house):
        program, (vendor, *_) = reads("李主任"), vendors_of(house)
        april, _ = everything(program, "/calls", "before", first="2026-04-01", last="2026-04-30", vendor=vendor)
        assert april and {(one["vendor"], one["day"][:7]) for one in april} == {(vendor, "2026-04")}
        heard, _ = everything(program, "/calls", "before", state="inspected")
        assert [one["call"] for one in heard] == inspected(house)
        one = heard[0]
        assert got(program, "/calls", vendor=one["vendor"], call_id=one["call_id"])["items"] == [one]

    def test_a_vendor_s_people_see_their_own(self, reads, house):
        own, other = vendors_of(house)[:2]
        program = reads(f"{own}客服部")
        items, _ = everything(program, "/calls", "before")
        assert {one["vendor"] for one in items} == {own}
        assert got(program, "/calls", vendor=other)["items"] == []
        foreign = inspected(house, other)[0]
        assert program.get(f"/calls/{foreign}").status_code == 404
        assert got(program, "/verdicts", vendor=other)["items"] == []
        for path in ("/months/2026-03/violations", "/months/2026-03/statements", "/warnings"):
            assert program.get(path, params={"vendor": other}).status_code == 404
            assert other not in program.get(path).text
        (statement,) = rows(house, select(SettlementRow.statement_no).where(SettlementRow.vendor == other))[0]
        assert program.get("/explain", params={"name": statement}).status_code == 404

    def test_a_call_is_what_inspect_says_of_its_recording(self, reads, as_person, house):
        """Word for word once the person has unmasked the call; masked before."""
        person = as_person("李主任")
        token = new_token(person)
        program = httpx.Client(
            base_url=f"{person.base_url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        call_pk = inspected(house)[0]
        masked = got(program, f"/calls/{call_pk}")
        assert person.post(f"/calls/{call_pk}/unmask").status_code == 303
        told = got(program, f"/calls/{call_pk}")
        program.close()
        query = select(CallRow, RecordingRow.archive_path).join(RecordingRow, RecordingRow.call_pk == CallRow.id)
        ((call, path),) = rows(house, query.where(CallRow.id == call_pk))
        said = Callqa(house.root).json(
            "inspect", house.archive_path / path, "--project", call.project, "--agent-channel", call.agent_channel.value
        )
        # The command knows the file alone: not its name at the vendor's, nor how the vendor says that the call ended.
        assert told["customer_number"] == call.customer_number
        found, heard = told["inspection"], said
        assert {**found["recording"], "file": ""} == {**heard["recording"], "file": ""}
        apart = ("outcome", "call")
        assert [one for one in found["findings"] if one["category"] not in apart] == [
            one for one in heard["findings"] if one["category"] not in apart
        ]
        for key in ("status", "reasons", "transcript", "script", "parts", "attitudes", "tone", "versions"):
            assert found[key] == heard[key], key
        assert len(told["finding_numbers"]) == len(found["findings"])
        assert masked["customer_number"] == mask(call.customer_number) != call.customer_number
        assert [len(one["text"]) for one in masked["inspection"]["transcript"]] == [
            len(one["text"]) for one in found["transcript"]
        ]

    def test_personal_data_is_masked(self, reads, house):
        call_pk = inspected(house)[0]
        judged = select(InspectionRow.id).join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        first = (TurnRow.inspection_id.in_(judged.where(RecordingRow.call_pk == call_pk)), TurnRow.position == 0)
        changes(house, update(TurnRow).where(*first).values(text="我的号码是13800138000对吧", words="[]"))
        told = reads("王敏").get(f"/calls/{call_pk}")
        assert told.status_code == 200, told.text
        assert "13800138000" not in told.text and "我的号码是***********对吧" in told.text

    def test_that_a_call_was_read_is_on_record(self, reads, house):
        call_pk = inspected(house)[0]
        got(reads("审计员"), f"/calls/{call_pk}")
        read = select(EventRow.person, EventRow.did).where(
            EventRow.detail == "api", EventRow.subject.startswith("call ")
        )
        assert rows(house, read) == [("审计员", "read")]

    def test_a_vendor_sees_the_findings_that_its_page_shows(self, reads, house):
        own = rows(house, select(AppealRow.vendor))[0][0]
        program, inside = reads(f"{own}客服部"), reads("李主任")
        seen = 0
        for call_pk in inspected(house, own):
            mine, theirs = (got(one, f"/calls/{call_pk}") for one in (program, inside))
            assert {*mine["finding_numbers"]} <= {*theirs["finding_numbers"]}
            seen += len(mine["finding_numbers"]) < len(theirs["finding_numbers"])
        assert seen, "nothing was kept from the vendor"


class TestVerdicts:
    def test_they_are_what_the_command_line_says(self, reads, house):
        items, _ = everything(reads("李主任"), "/verdicts", "before", month="2026-03")
        assert len(items) > 3
        one = next(one for one in items if one["finding"] is not None)
        shown = Callqa(house.root).json("review", "show", one["finding"])["verdicts"][0]
        assert {**shown, "words": mask(shown["words"]), "note": mask(shown["note"])} == one

    def test_a_vendor_is_told_neither_who_nor_what_for(self, reads, house):
        own = rows(house, select(AppealRow.vendor))[0][0]
        items, _ = everything(reads(f"{own}客服部"), "/verdicts", "before")
        assert items and {(one["vendor"], one["person"], one["note"]) for one in items} == {(own, None, None)}
        assert "overturned" not in {one["decision"] for one in items}

    def test_who_judges_a_call_a_second_time_does_not_see_the_first(self, reads, house):
        (call_pk, vendor, call_id) = rows(
            house,
            select(CallRow.id, CallRow.vendor, CallRow.call_id).join(VerdictRow, VerdictRow.call_pk == CallRow.id),
        )[0]
        program = reads("刘洋")
        assert got(program, "/verdicts", call=call_pk)["items"]

        changes(
            house,
            delete(AssignmentRow).where(AssignmentRow.call_pk == call_pk, AssignmentRow.person == "刘洋"),
            insert(AssignmentRow).values(
                call_pk=call_pk, person="刘洋", occasion=Occasion.SECOND, assigned_at=datetime.now(UTC)
            ),
        )
        assert got(program, "/verdicts", call=call_pk)["items"] == []
        assert (vendor, call_id) not in {
            (one["vendor"], one["call_id"]) for one in everything(program, "/verdicts", "before")[0]
        }


class TestMonths:
    def test_the_board_and_the_statements_are_the_exported_files(self, reads, house, tmp_path):
        callqa, program = Callqa(house.root), reads("审计员")
        callqa("export", "2026-03", "--out", tmp_path / "files")

        def exported(name):
            with (tmp_path / "files" / name).open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))

        def written(row):
            return {key: "" if value is None else value for key, value in row.items()}

        def same(told, row):
            assert told.keys() == row.keys()
            for key, value in written(told).items():
                assert value == type(value)(row[key]), key

        board = got(program, "/months/2026-03/board", revision=0)
        assert board["revision"] == 0 and board["rows"]
        scored = [row["score"] for row in board["rows"] if row["score"]]
        for told, row in zip(scored, exported("scores.csv"), strict=True):
            same(told, row)
        statements = got(program, "/months/2026-03/statements", revision=0)["items"]
        for told, row in zip(statements, exported("settlement.csv"), strict=True):
            same(told, row)
        violations, pages = everything(program, "/months/2026-03/violations", "after", revision=0)
        assert pages > 1
        for told, row in zip(violations, exported("violations.csv"), strict=True):
            same(told, row)

    def test_an_open_month_is_told_as_it_stands(self, reads):
        program = reads("赵经理")
        board = got(program, "/months/2026-04/board")
        assert board["revision"] is None and board["rows"]
        assert got(program, "/months/2026-04/violations")["revision"] is None
        assert program.get("/months/2026-04/statements").status_code == 404


class TestLedger:
    def test_entries_are_what_the_command_line_says(self, reads, house):
        told = Callqa(house.root).json("ledger", "list")
        items, pages = everything(reads("审计员"), "/entries", "after", limit=7)
        assert items == told and pages == -(-len(told) // 7)
        some = [one for one in told if one["kind"] in ("violation", "warning") and one["month"] == "2026-03"]
        assert got(reads("审计员"), "/entries", kind=["violation", "warning"], month="2026-03")["items"] == some

    def test_an_explanation_is_what_the_command_line_says(self, reads, house):
        callqa, program = Callqa(house.root), reads("审计员")
        (statement, vendor, project), *_ = rows(
            house, select(SettlementRow.statement_no, SettlementRow.vendor, SettlementRow.project)
        )
        verdict = rows(house, select(VerdictRow.id))[0][0]
        (call_pk,) = inspected(house, vendor)[-1:]
        call_id = rows(house, select(CallRow.call_id).where(CallRow.id == call_pk))[0][0]
        for name in (statement, f"2026-03/{vendor}/{project}", f"verdict {verdict}", "1", f"{vendor}/{call_id}"):
            assert got(program, "/explain", name=name) == callqa.json("explain", name), name

    def test_warnings_are_what_the_command_line_says(self, reads, house):
        told = Callqa(house.root).json("warning", "list")
        assert got(reads("审计员"), "/warnings") == told and told["warnings"]


class TestHouse:
    def test_vendors_are_what_the_command_line_says(self, reads, house):
        callqa, program = Callqa(house.root), reads("审计员")
        told = callqa.json("vendor", "list")
        assert got(program, "/vendors")["items"] == told and told
        name = told[0]["vendor"]
        assert got(program, f"/vendors/{name}") == callqa.json("vendor", "show", name)

    def test_runs(self, reads):
        items, _ = everything(reads("管理员"), "/runs", "before", limit=1)
        assert items and items[0]["kind"] == "nightly" and items[0]["counts"]["inspected"] >= 0


class TestDescription:
    def test_it_is_openapi_of_the_read_side_alone(self, reads, site, as_person):
        answer = as_person("王敏").get("/api/openapi.json")
        assert answer.status_code == 200
        schema = answer.json()
        assert schema["openapi"].startswith("3.1") and schema == openapi()
        assert {*schema["paths"]} == {route.path_format for route in ROUTES}
        assert schema["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
        for path, methods in schema["paths"].items():
            assert [*methods] == ["get"], path
            told = methods["get"]
            assert told["summary"] and told["description"], path
            assert {"200", "401", "403", "404", "422", "429"} <= {*told["responses"]}, path
            assert all(one.get("description") for one in told.get("parameters", []) if one["in"] == "query"), path
            assert "$ref" in told["responses"]["200"]["content"]["application/json"]["schema"], path
        assert httpx.get(f"{site}/api/openapi.json").status_code == 401

    @pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
    def test_its_examples_are_answers(self, route):
        answer = openapi()["paths"][route.path_format]["get"]["responses"]["200"]["content"]["application/json"]
        given = answer["example"]
        assert given == examples()[route.name]
        told = TypeAdapter(route.response_model).validate_python(given)
        assert given, route.name
        assert told.model_dump(mode="json").keys() == given.keys()

    def test_a_page_tells_people_what_their_role_opens(self, as_person):
        page = as_person("王敏").get("/me/api").text
        assert "/api/v1/calls/{call_pk}" in page and "/api/openapi.json" in page
        assert 'href="/me/api"' in as_person("王敏").get("/me").text
        assert "/api/v1/calls" not in as_person("管理员").get("/me/api").text
