"""Who gets where: every route of the application, for every role, with what is one's own and with what is another vendor's."""

import html
import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from pipeline.records.person import Role
from pipeline.services.drawing import open_store
from pipeline.store.api_tokens import make_token
from pipeline.store.engine import reading, writing
from pipeline.store.people import find_person
from pipeline.store.tables import AppealRow, CallRow, FindingRow, InspectionRow, RecordingRow, SettlementRow
from pipeline.web.api.answers import is_for_programs
from pipeline.web.app import roles_of
from pipeline.web.entrance import OPEN_TO_ALL
from pipeline.web.sections import ROUTERS

PEOPLE = {
    Role.REVIEWER: "王敏",
    Role.SUPERVISOR: "李主任",
    Role.MARKETING: "赵经理",
    Role.VICE_PRESIDENT: "陈副总",
    Role.AUDITOR: "审计员",
    Role.ADMINISTRATOR: "管理员",
}
ROUTES = [route for router in ROUTERS for route in router.routes]
# Routes with a part in their path that names nothing of a vendor.
NO_VENDOR = {"month", "part"}


def known(house):
    """Things of one vendor, by the names that paths have for them: the vendor that has appealed, whose things are foreign to the other."""
    engine = open_store(house)
    with reading(engine) as session:
        appeal = session.scalars(select(AppealRow)).first()
        call = session.scalars(
            select(CallRow)
            .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
            .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
            .join(FindingRow, FindingRow.inspection_id == InspectionRow.id)
            .where(CallRow.vendor == appeal.vendor)
        ).first()
        statement = session.scalars(select(SettlementRow).where(SettlementRow.vendor == appeal.vendor)).first()
        others = session.scalars(select(CallRow.vendor).where(CallRow.vendor != appeal.vendor).distinct()).all()
        found = {
            "call_pk": call.id, "vendor": call.vendor, "name": call.vendor, "agent": call.agent, "project": call.project,
            "month": "2026-03", "appeal_id": appeal.id, "statement": statement.statement_no,
        }  # fmt: skip
    engine.dispose()
    return found, others[0]


def path_of(route, things):
    """A route's path with what is known put in; what nobody has made is number 1."""

    def value(match):
        name = match.group(1)
        if route.path.startswith("/statements/"):
            name = "statement"
        return str(things.get(name, 1))

    return re.sub(r"\{(\w+)(?::path)?\}", value, route.path)


def ask(client, method, path):
    return client.request(method, path) if method == "GET" else client.request(method, path, data={"nothing": "1"})


def method_of(route):
    return "GET" if "GET" in route.methods else "POST"


def test_nobody_gets_anywhere(site, house):
    things, _ = known(house)
    with httpx.Client(base_url=site, headers={"Accept": "text/html"}) as client:
        for route in ROUTES:
            answer = ask(client, method_of(route), path_of(route, things))
            if is_for_programs(route.path):
                assert (answer.status_code, [*answer.json()]) == (401, ["error"]), route.path
                continue
            assert answer.status_code == (303 if method_of(route) == "GET" else 401), route.path
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/login?next="), route.path


@pytest.mark.parametrize("role", list(Role))
def test_a_token_gets_where_its_person_may_read_and_nowhere_else(role, site, house):
    things, other = known(house)
    engine = open_store(house)
    with writing(engine) as session:
        person = find_person(session, PEOPLE.get(role) or f"{things['vendor']}客服部")
        token = make_token(session, person, "测试", datetime.now(UTC))
    engine.dispose()
    walked = 0
    with httpx.Client(base_url=site, headers={"Authorization": f"Bearer {token}"}) as client:
        for route in ROUTES:
            answer = ask(client, method_of(route), path_of(route, things))
            if not is_for_programs(route.path):
                assert answer.status_code in (303, 401), f"{route.path}: a token opens a page"
            elif role in roles_of(route):
                assert answer.status_code in (200, 404, 422), f"{route.path}: {answer.status_code} {answer.text}"
                assert answer.status_code == 200 or [*answer.json()] == ["error"], route.path
                # The description's examples are of the simulated vendors, whoever asks.
                is_foreign = role is Role.VENDOR and route.name != "api_schema" and other in answer.text
                assert not is_foreign, route.path
                walked += answer.status_code == 200
            else:
                assert (answer.status_code, [*answer.json()]) == (403, ["error"]), route.path
    assert walked >= (3 if role is Role.ADMINISTRATOR else 5)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_where_it_may_and_nowhere_else(role, as_person, house):
    things, _ = known(house)
    client = as_person(PEOPLE.get(role) or f"{things['vendor']}客服部")
    for route in ROUTES:
        if route.path == "/logout":
            continue
        answer = ask(client, method_of(route), path_of(route, things))
        if role in roles_of(route):
            assert answer.status_code not in (401, 403, 500), f"{route.path}: {answer.status_code}"
            if method_of(route) == "GET" and "{" not in route.path:
                assert answer.status_code in (200, 303, 422), f"{route.path}: {answer.status_code} {answer.text[:300]}"
        else:
            assert answer.status_code == 403, f"{route.path}: {answer.status_code}"


def test_what_is_another_vendor_s_is_not_there(as_person, house):
    things, other = known(house)
    client = as_person(f"{other}客服部")
    asked = 0
    for route in ROUTES:
        names = set(re.findall(r"\{(\w+)", route.path))
        if Role.VENDOR not in roles_of(route) or not names - NO_VENDOR:
            continue
        answer = ask(client, method_of(route), path_of(route, things))
        assert answer.status_code in ((404,) if method_of(route) == "GET" else (404, 422)), (
            f"{route.path}: {answer.status_code}"
        )
        assert things["vendor"] not in answer.text, route.path
        asked += 1
    assert asked >= 10
    for query in (
        f"/explain?name={things['statement']}",
        f"/explain?name=2026-03/{things['vendor']}/{things['project']}",
    ):
        answer = client.get(query)
        assert answer.status_code == 404, query
        assert things["vendor"] not in re.sub(r"next=[^\"]*", "", answer.text), query


def test_every_route_says_whom_it_lets_in():
    for route in ROUTES:
        assert route.name in OPEN_TO_ALL or roles_of(route), route.path
    assert len({route.name for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("name", ["王敏", "赵经理", "陈副总", "审计员", "管理员"])
def test_no_link_leads_where_its_reader_may_not_go(as_person, name):
    """All that can be reached; of links to the same page with other numbers or questions one is followed."""
    client, seen = as_person(name), {"/"}
    paths = ["/"]
    while paths:
        found = {}
        for path in paths:
            answer = client.get(path)
            assert answer.status_code in (200, 303), (path, answer.status_code)
            links = (
                [answer.headers["location"]]
                if answer.status_code == 303
                else re.findall(r'href="(/[^"#]*)', answer.text)
            )
            for link in map(html.unescape, links):
                kind = re.sub(r"\d+", "0", link.partition("?")[0])
                if kind not in seen and not kind.startswith(("/static", "/language", "/light")):
                    seen.add(kind)
                    found[kind] = link
        paths = [*found.values()]
    assert {"/month/0-0", "/vendors"} <= seen or name == "管理员"
