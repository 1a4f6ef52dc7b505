"""close, restate, explain, statement and verify as they are typed."""

import pytest

from flows.commands.setup import initialise
from pipeline.records.person import Role
from pipeline.store.engine import open_engine, writing
from pipeline.store.people import add_user
from tests.flows.test_closing import POLICY, prepared
from tests.flows.typed import PASSWORD, Typed
from tests.heard import HUASHENG, SUPERVISOR, at


@pytest.fixture
def typed(tmp_path):
    """An installation whose March is ready to be closed."""
    settings = initialise(tmp_path / "work")
    engine = open_engine(settings.database_url)
    prepared(engine, POLICY)
    with writing(engine) as session:
        add_user(session, SUPERVISOR.name, Role.SUPERVISOR, PASSWORD, at("2026-01-01"))
        add_user(session, HUASHENG.name, Role.VENDOR, PASSWORD, at("2026-01-01"), vendor="华声")
    engine.dispose()
    return Typed(settings.root)


def test_a_month_from_close_to_confirmation(typed):
    closed = typed.json("close", "2026-03", "--as", SUPERVISOR.name)
    assert (closed["revision"], closed["person"]) == (0, SUPERVISOR.name)
    assert typed.json("close", "2026-03", "--as", SUPERVISOR.name) == closed
    assert typed.json("restate", "2026-03", "--as", SUPERVISOR.name) == closed
    assert "net 54.00 yuan" in typed("explain", "JS-202603-0001")
    assert "72.00" in typed("explain", "2026-03/华声/telemarketing")
    assert typed.json("explain", "entry 1")["facts"]["words"] == "不办就给您停机"
    typed("statement", "confirm", "2026-03", "--as", HUASHENG.name)
    assert [one["vendor"] for one in typed.json("statement", "list", "2026-03")] == ["华声"]
    assert typed.json("verify")["problems"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("close", "2026-13", "--as", SUPERVISOR.name), "is no month"),
        (("close", "2099-01", "--as", SUPERVISOR.name), "is not over before 2099-02-01"),
        (("close", "2026-03", "--as", HUASHENG.name), "is vendor; this takes supervisor"),
        (("close", "2026-03", "--as", "谁"), "name or password is wrong"),
        (("restate", "2026-03", "--as", SUPERVISOR.name), "is not closed: there is nothing to restate"),
        (("explain", "JS-209901-0001"), "there is no statement"),
        (("explain", "999"), "the ledger has no entry 999"),
        (("explain", "什么"), "names nothing"),
        (("statement", "confirm", "2026-03", "--as", HUASHENG.name), "2026-03 is not closed"),
    ],
)
def test_what_cannot_be_done_is_one_line(typed, words, said):
    code = 2 if words[1] == "2026-13" else 1
    assert said in typed.refused(code, *words)
