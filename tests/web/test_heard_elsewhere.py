"""A customer opted out in one vendor's call and is called by another: its people read that, and not whose call it was or what was said in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.checks.check import CallFacts
from pipeline.checks.outcome.after_optout import RULE
from pipeline.checks.run import check_against_others
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Match
from pipeline.records.month import Month
from pipeline.records.optout import KnownOptOut, OptOut
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.services.reviewing import review
from pipeline.store.coached_calls import coached_calls
from pipeline.store.engine import reading, writing
from pipeline.store.feedback import told_between
from pipeline.store.findings import Wanted, to_review
from pipeline.store.ledger import entries
from pipeline.store.optouts import add_finding
from pipeline.store.tables import CallRow, InspectionRow, RecordingRow
from tests.dialogue import shipped
from tests.heard import REVIEWER, at

from .desk import rows
from .disputed_house import NOW, TODAY, YESTERDAY, disputed_house, house, store
from .test_api import got, reads

__all__ = ["disputed_house", "house", "reads", "store"]

WORDS = "把我家列到免打扰名单"
MONTH = f"{YESTERDAY:%Y-%m}"


@pytest.fixture
def called_again(house, store):
    """called_again("远达"): the number of 华声's call to somebody who had opted out in a vendor's call two days before; it is confirmed."""

    def make(vendor):
        query = (
            select(CallRow, InspectionRow.id)
            .join(RecordingRow, RecordingRow.call_pk == CallRow.id)
            .join(InspectionRow, InspectionRow.recording_id == RecordingRow.id)
            .where(CallRow.call_id == "n1")
        )
        ((call, inspection_id),) = rows(house, query)
        optout = OptOut(Span(47_000, 49_000), WORDS, WORDS, 0.95, Match.EXACT)
        known = KnownOptOut(vendor, "y77", at(str(YESTERDAY - timedelta(days=2)), "10:00"), optout)
        (found,) = check_against_others(CallFacts(started_at=call.started_at, optouts=(known,)), shipped())
        with writing(store) as session:
            add_finding(session, inspection_id, found)
        with writing(store) as session:
            (stored,) = to_review(session, Wanted(call_id="n1", rule=RULE))
            review(session, stored.finding_id, Decision.CONFIRMED, REVIEWER, NOW)
        return call.id

    return make


def answers(page, program, call_pk):
    """All that the people of 华声 are shown of it, as text."""
    paths = (f"calls/{call_pk}", "verdicts", f"months/{MONTH}/violations")
    texts = [page.get(path).text for path in (f"/calls/{call_pk}", "/vendor")]
    return [*texts, *(str(got(program, path)) for path in paths)]


def test_a_vendor_reads_the_day_alone(as_person, reads, called_again):
    call_pk = called_again("远达")
    shown = answers(as_person("华声客服部"), reads("华声客服部"), call_pk)
    day = YESTERDAY - timedelta(days=2)
    sentence = f"这个号码在 {day.year} 年 {day.month} 月 {day.day} 日已列入免打扰名单，以后仍被呼叫。"
    assert [sentence in text for text in shown] == [True, False, True, False, False]
    for text in shown:
        assert "远达" not in text and "y77" not in text and "47 秒" not in text and WORDS not in text
    assert all("免打扰后再呼" in text or RULE in text for text in shown), "the fault itself is told everywhere"
    found = got(reads("华声客服部"), f"calls/{call_pk}")
    assert len(found["finding_numbers"]) == len(found["inspection"]["findings"]) == 3


@pytest.mark.parametrize(("vendor", "words"), [("远达", ""), ("华声", WORDS)])
def test_the_ledger_and_what_is_made_of_it_has_them_of_an_own_call_alone(store, called_again, vendor, words):
    called_again(vendor)
    with reading(store) as session:
        (one,) = (one.entry for one in entries(session, kinds=(EntryKind.VIOLATION,)) if one.entry.rule == RULE)
    assert one.words == words


def test_who_judges_reads_it_all(as_person, reads, called_again):
    call_pk = called_again("远达")
    for text in (as_person("王敏").get(f"/calls/{call_pk}").text, str(got(reads("王敏"), f"calls/{call_pk}"))):
        assert "的通话 y77（远达）第 47 秒说过" in text and WORDS in text


def test_of_a_call_of_its_own_a_vendor_reads_it_all(as_person, reads, called_again):
    call_pk = called_again("华声")
    texts = answers(as_person("华声客服部"), reads("华声客服部"), call_pk)
    assert all("的通话 y77（华声）第 47 秒说过" in texts[place] for place in (0, 2))
    assert all(WORDS in text for text in texts)


@pytest.mark.parametrize(("vendor", "is_told"), [("远达", False), ("华声", True)])
def test_so_say_its_letters_and_its_coaching(store, called_again, vendor, is_told):
    called_again(vendor)
    with reading(store) as session:
        (feedback,) = told_between(session, TODAY, NOW - timedelta(hours=1), NOW + timedelta(hours=1), ())
        told = next(one for one in feedback.confirmed if one.rule == RULE)
        assert (told.words == WORDS) is is_told and (WORDS in str(feedback)) is is_told
        heard = coached_calls(session, "华声", Month.of(YESTERDAY))
        (coached,) = (fault for call in heard for fault in call.faults if fault.rule == RULE)
        assert (coached.words == WORDS) is is_told
