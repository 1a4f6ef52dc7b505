"""feedback and coaching as they are typed: exit codes, JSON, one line for an error."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.commands.setup import initialise
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.services.reviewing import review
from pipeline.store.engine import open_engine, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.people import add_user
from tests.heard import REVIEWER, hear, in_force

from .typed import PASSWORD, Typed

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
        script.missing.thanks minor
    华声 c2 telemarketing A2 2026-03-05
        script.missing.thanks minor
"""


@pytest.fixture
def callqa(tmp_path: Path) -> Iterator[Typed]:
    """An installation where a fault was confirmed just now."""
    engine = open_engine(initialise(tmp_path).database_url)
    in_force(engine)
    hear(engine, CALLS)
    now = datetime.now(UTC)
    with writing(engine) as session:
        (found,) = to_review(session, Wanted(rule="phrase.taunt"))
        review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, now)
        add_user(session, "华声的人", Role.VENDOR, PASSWORD, now, vendor="华声")
        add_user(session, "王敏", Role.REVIEWER, PASSWORD, now)
    yield Typed(tmp_path)
    engine.dispose()


def test_a_letter_from_writing_to_acknowledgement(callqa: Typed) -> None:
    (letter,) = callqa.json("feedback", "write")
    assert (letter["vendor"], letter["subjects"]) == ("华声", ["verdict 1"])
    assert callqa.json("feedback", "write") == []
    (sent,) = callqa.json("feedback", "send")
    assert sent["error"] is None and len(list((callqa.root / "outbox").rglob("*.txt"))) == 1
    assert callqa.json("feedback", "send") == []
    (kept,) = callqa.json("feedback", "list", "--vendor", "华声")
    assert kept["sent_at"] and not kept["overdue"] and kept["acknowledged_by"] is None
    assert "due" in callqa("feedback", "list")
    assert "活该，用不起就别用" in callqa("feedback", "show", 1)
    assert "reviewer" in callqa.refused(1, "feedback", "acknowledge", 1, "--as", "王敏")
    callqa("feedback", "acknowledge", 1, "--as", "华声的人")
    assert callqa.json("feedback", "list")[0]["acknowledged_by"] == "华声的人"
    assert callqa.json("feedback", "list", "--overdue") == []


def test_days_that_are_none_or_to_come_are_refused(callqa: Typed) -> None:
    assert "is to come" in callqa.refused(2, "feedback", "write", "--date", "2999-01-01")
    assert "soon" in callqa.refused(2, "feedback", "write", "--date", "soon")
    assert "no letter 9" in callqa.refused(1, "feedback", "show", 9)


def test_a_letter_that_cannot_go_out_ends_with_1_and_says_why(callqa: Typed) -> None:
    (callqa.root / "callqa.toml").write_text('outbox = "smtp://qa%40example.com@127.0.0.1:9"\n')
    callqa("feedback", "write")
    said = callqa("feedback", "send", exits=1)
    assert "NOT delivered: vendor '华声' has no e-mail address" in said and "0 of 1 letters delivered" in said


def test_a_coaching_sheet(callqa: Typed) -> None:
    sheet = callqa.json("coaching", "华声", "--month", "2026-03")
    assert [one["rule"] for one in sheet["recurring"]] == ["script.missing.thanks"]
    (clip,) = sheet["clips"]
    assert (clip["start_ms"], clip["end_ms"], clip["confirmed"], clip["agent"]) == (10_000, 16_500, True, "A1")
    # One call each proves nothing about two people: they share the first place.
    assert [(one["agent"], one["rank"]) for one in sheet["comparison"]["telemarketing"]] == [("A1", 1), ("A2", 1)]
    shown = callqa("coaching", "华声", "--month", "2026-03", "--agent", "A1")
    assert "hear" in shown and "00:10.0-00:16.5" in shown
    assert "no call of vendor '远达'" in callqa.refused(1, "coaching", "远达", "--month", "2026-03")
    assert "2026-13" in callqa.refused(2, "coaching", "华声", "--month", "2026-13")
