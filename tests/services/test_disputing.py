"""What pages read about appeals, complaints and rectifications, on every database: within what a person may see, what waits first."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.review.attachment import attachment
from pipeline.services.appeal_file import appeal_file
from pipeline.services.appealing import appeal, appealable, decide_appeal
from pipeline.services.complaining import decide_complaint
from pipeline.services.exiting import Desk
from pipeline.services.rectifying import report
from pipeline.services.reviewing import change, review
from pipeline.services.vendor_desk import vendor_desk
from pipeline.store.attachments import attachments, find_attachment
from pipeline.store.beside_calls import Wanted as Looked
from pipeline.store.beside_calls import latest_complaints, visible_complaint
from pipeline.store.charged import listed_appeals, open_appeals, visible_verdict
from pipeline.store.complaints import record_complaint
from pipeline.store.engine import reading, writing
from pipeline.store.facts import record_fact
from pipeline.store.findings import to_review
from pipeline.store.rectification_reports import rectification_reports, visible_rectification
from pipeline.store.tables.review import ReportKind
from pipeline.store.visible import NotThere
from tests.heard import ANOTHER, HUASHENG, REVIEWER, SECOND, SUPERVISOR, YUANDA, at, hear, in_force
from tests.known import GENERAL, facts

CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.abuse fatal 12.0-14.5 "你有病啊"
    华声 c2 telemarketing A2 2026-03-05
        phrase.taunt major 3.0-4.0 "用不起就别用"
    华声 c3 telemarketing A2 2026-03-05
        script.order notice
    远达 c4 telemarketing B1 2026-03-05
        phrase.taunt major 5.0-6.0 "活该"
"""
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def judged(engine):
    """All of it confirmed on 7 March: verdicts by their calls."""
    in_force(engine)
    hear(engine, CALLS)
    with writing(engine) as session:
        found = to_review(session)
        done = {
            one.row.call_id: review(session, one.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-07"))
            for one in found
        }
    return engine, {call_id: one.verdict.verdict_id for call_id, one in done.items()}


def filed(engine, verdict_id, person=HUASHENG, day="2026-03-08", **more):
    with writing(engine) as session:
        return appeal(session, verdict_id, "客户说的", person, at(day), ZONE, **more).appeal_id


def decided(engine, appeal_id, *, upheld, day="2026-03-09", person=SUPERVISOR):
    with writing(engine) as session:
        decide_appeal(session, appeal_id, upheld=upheld, decision="核听", person=person, now=at(day))


def test_what_a_vendor_lost_by_is_its_own_the_latest_first_without_notices(judged):
    engine, verdicts = judged
    with reading(engine) as session:
        own = appealable(session, HUASHENG, ZONE, limit=9)
        assert {one.charged.verdict.row.call_id for one in own} == {"c1", "c2"}
        numbers = [one.charged.verdict.verdict_id for one in own]
        assert numbers == sorted(numbers, reverse=True)
        assert all(one.last_day == date(2026, 3, 17) for one in own)
        assert own[0].is_in_time(date(2026, 3, 17)) and not own[0].is_in_time(date(2026, 3, 18))
        assert len(appealable(session, HUASHENG, ZONE, limit=1)) == 1
        assert [
            one.charged.verdict.verdict_id for one in appealable(session, HUASHENG, ZONE, before=numbers[0], limit=9)
        ] == numbers[1:]
        assert appealable(session, HUASHENG, ZONE, month=Month(2026, 2), limit=9) == []
        assert len(appealable(session, SUPERVISOR, ZONE, month=Month(2026, 3), limit=9)) == 3
        with pytest.raises(NotThere):
            visible_verdict(session, YUANDA, verdicts["c1"])


def test_appeals_that_wait_come_first_as_they_were_filed_then_the_latest(judged):
    engine, verdicts = judged
    first, second, third = (
        filed(engine, verdicts["c1"]),
        filed(engine, verdicts["c2"]),
        filed(engine, verdicts["c4"], YUANDA),
    )
    decided(engine, first, upheld=False)

    def numbers(person, **more):
        return [one.appeal.appeal_id for one in listed_appeals(session, person, limit=9, **more)]

    with reading(engine) as session:
        assert numbers(SUPERVISOR) == [second, third, first]
        assert numbers(HUASHENG) == numbers(SUPERVISOR, vendor="华声") == [second, first]
        assert numbers(YUANDA, only_open=True) == [third]
        assert numbers(YUANDA, vendor="华声") == []
        assert (open_appeals(session, SUPERVISOR), open_appeals(session, HUASHENG)) == (2, 1)
        assert [one.appeal.appeal_id for one in listed_appeals(session, SUPERVISOR, limit=1, offset=1)] == [third]
        assert appealable(session, HUASHENG, ZONE, limit=9)[-1].charged.appeal.appeal_id == first


def test_an_upheld_appeal_shows_the_reversal_and_the_warning_that_fell(judged):
    engine, verdicts = judged
    number = filed(engine, verdicts["c1"], attached=attachment("证明.pdf", b"%PDF-1.4"))
    with reading(engine) as session:
        before = appeal_file(session, HUASHENG, number)
        assert (before.charged.entry.points, before.changed) == (-100, ())
        assert before.had_a_hand(REVIEWER) and not before.had_a_hand(SUPERVISOR)
    decided(engine, number, upheld=True)
    filed_later = filed(engine, verdicts["c2"])
    decided(engine, filed_later, upheld=True, day="2026-03-10")
    with reading(engine) as session:
        found = appeal_file(session, SUPERVISOR, number)
        kinds = [one.entry.kind for one in found.changed]
        assert kinds == [EntryKind.REVERSAL, EntryKind.WARNING_VOIDED], "and nothing of the appeal after it"
        assert found.changed[0].entry.reverses == found.charged.number
        assert [one.decision for one in found.verdicts] == [Decision.CONFIRMED, Decision.OVERTURNED]
        (kept,) = attachments(session, number)
        assert (kept.name, kept.size_bytes, kept.person) == ("证明.pdf", 8, HUASHENG.name)
        assert find_attachment(session, HUASHENG, number, kept.attachment_id).content == b"%PDF-1.4"
        for stranger, which in ((YUANDA, number), (HUASHENG, filed_later)):
            with pytest.raises(NotThere):
                find_attachment(session, stranger, which, kept.attachment_id)
        with pytest.raises(NotThere):
            appeal_file(session, YUANDA, number)


def test_an_appeal_against_a_second_verdict_finds_what_the_first_had_posted(judged):
    engine, verdicts = judged
    with writing(engine) as session:
        words = {"rule": "phrase.taunt", "note": "程度较轻"}
        second = change(
            session,
            verdicts["c2"],
            Decision.RECLASSIFIED,
            SUPERVISOR,
            at("2026-03-08"),
            severity=Severity.MINOR,
            **words,
        )
    number = filed(engine, second.verdict.verdict_id, day="2026-03-09")
    decided(engine, number, upheld=True, day="2026-03-10", person=SECOND)
    with reading(engine) as session:
        found = appeal_file(session, SECOND, number)
    assert found.had_a_hand(SUPERVISOR) and found.had_a_hand(REVIEWER) and not found.had_a_hand(SECOND)
    assert found.charged.entry.subject == f"verdict {second.verdict.verdict_id}"
    assert [one.decision for one in found.verdicts] == [Decision.CONFIRMED, Decision.RECLASSIFIED, Decision.OVERTURNED]


def test_complaints_that_wait_come_first(judged):
    engine, _ = judged
    with writing(engine) as session:
        for day, text, vendor in ((5, "一", "华声"), (6, "二", "华声"), (7, "三", "远达")):
            record_complaint(
                session,
                vendor,
                "telemarketing",
                date(2026, 3, day),
                text,
                REVIEWER,
                at("2026-03-08"),
                today=date(2026, 3, 8),
            )
        decide_complaint(session, 1, justified=False, decision="无", person=SUPERVISOR, now=at("2026-03-09"))

    def texts(person, vendor=None, month=None, **more):
        return [one.text for one in latest_complaints(session, Looked(person, vendor, month, 9), **more)]

    with reading(engine) as session:
        assert texts(ANOTHER) == ["二", "三", "一"]
        assert texts(HUASHENG) == ["二", "一"] and texts(HUASHENG, "远达") == []
        assert texts(ANOTHER, only_unanswered=True) == ["二", "三"]
        assert texts(ANOTHER, month=Month(2026, 2)) == []
        with pytest.raises(NotThere):
            visible_complaint(session, YUANDA, 2)


def test_a_vendor_reports_on_its_own_rectification_until_it_is_over(judged):
    engine, _ = judged
    with writing(engine) as session:
        for fact in facts(GENERAL):
            record_fact(session, fact)
        number = Desk(session, SUPERVISOR, at("2026-03-08"), ZONE).demand_rectification("华声", None, "重训").number

    def told(person, kind=ReportKind.PLAN, text="周一开班", day="2026-03-09"):
        with writing(engine) as session:
            return report(session, number, kind, text, person, at(day), ZONE)

    told(HUASHENG)
    told(HUASHENG, ReportKind.DONE, "签到表已交")
    with pytest.raises(StoreError, match="cannot report on a rectification about '华声'"):
        told(YUANDA)
    with pytest.raises(StoreError, match="is supervisor and cannot report on a rectification"):
        told(SUPERVISOR)
    with pytest.raises(UsageError, match="the report is empty"):
        told(HUASHENG, text=" ")
    with reading(engine) as session:
        found = rectification_reports(session, SUPERVISOR, [number, 99])
        assert [(one.kind, one.text) for one in found[number]] == [
            (ReportKind.PLAN, "周一开班"),
            (ReportKind.DONE, "签到表已交"),
        ]
        assert rectification_reports(session, YUANDA, [number]) == {}
        with pytest.raises(NotThere):
            visible_rectification(session, YUANDA, number)
        desk = vendor_desk(session, HUASHENG, date(2026, 3, 10), ZONE, month=None, before=None, limit=5)
        assert desk.standing.reports[number] == found[number]
        assert (desk.statement, desk.months, len(desk.charged)) == (None, [], 2)
    with writing(engine) as session:
        Desk(session, SUPERVISOR, at("2026-03-12"), ZONE).close_rectification(number, "核验属实")
    with pytest.raises(StoreError, match=f"rectification {number} is over"):
        told(HUASHENG, day="2026-03-13")
