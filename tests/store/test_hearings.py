"""Calls that are heard whole: which, in which order, and when one is done."""

import pytest

from pipeline.errors import StoreError
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.assignment import hearing_rank
from pipeline.review.decision import Charge
from pipeline.store.deciding import add_fault, decide
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.hearings import mark_reviewed, reviewed_calls, to_hear
from pipeline.store.states import find_call, withdraw
from tests.heard import ANOTHER, HUASHENG, REVIEWER, hear

from .samples import NOW

MARCH = Month(2026, 3)
CALLS = "\n".join(f"华声 c{n} telemarketing A1 2026-03-05" for n in range(6)) + "\n华声 v1 survey A1 2026-03-06"


def waiting(engine, **of):
    with reading(engine) as session:
        return [one.row.call_id for one in to_hear(session, MARCH, **of)]


def test_the_formal_sample_is_heard_in_an_order_that_findings_have_no_part_in(engine):
    hear(engine, CALLS)
    # Two calls of each draw are formal in these samples.
    before = waiting(engine)
    assert len(before) == 3
    assert waiting(engine, project="survey") == ["v1"]
    assert waiting(engine, vendor="远达") == []
    with writing(engine) as session:
        first = to_hear(session, MARCH)[0]
        charge = Charge("phrase.taunt", Severity.MAJOR, Span(1, 2), "活该")
        add_fault(session, find_call(session, "华声", before[-1]).id, charge, REVIEWER, NOW)
        assert mark_reviewed(session, first.call_pk, REVIEWER, NOW)
    assert waiting(engine) == before[1:]
    with reading(engine) as session:
        assert list(reviewed_calls(session, MARCH)) == [first.call_pk]
        assert list(reviewed_calls(session, Month(2026, 4))) == []
    with writing(engine) as session:
        withdraw(session, "华声", before[1], "x", NOW)
    assert waiting(engine) == before[2:]


def test_the_order_hangs_on_the_seed_the_vendor_and_the_call():
    ranks = {hearing_rank(seed, vendor, call) for seed in "ab" for vendor in ("华声", "远达") for call in ("c1", "c2")}
    assert len(ranks) == 8
    assert hearing_rank("5eed", "华声", "c1") == hearing_rank("5eed", "华声", "c1")


def test_a_call_is_done_when_everything_in_it_is_decided(engine):
    hear(engine, '华声 c1 telemarketing A1 2026-03-05\n phrase.taunt major 1.0-2.0 "活该"\n script.order notice')
    with reading(engine) as session:
        (found,) = to_review(session, Wanted(call_id="c1"))
    said = rf"has findings that nobody has decided: {found.finding_id} \(phrase\.taunt\)"
    with pytest.raises(StoreError, match=said), writing(engine) as session:
        mark_reviewed(session, found.call_pk, REVIEWER, NOW)
    with writing(engine) as session:
        decide(session, found.finding_id, Decision.OVERTURNED, REVIEWER, NOW)
        assert mark_reviewed(session, found.call_pk, REVIEWER, NOW)
        assert not mark_reviewed(session, found.call_pk, REVIEWER, NOW)
        assert mark_reviewed(session, found.call_pk, ANOTHER, NOW)
        assert list(reviewed_calls(session, MARCH)) == [found.call_pk]


def test_who_may_not_and_what_nobody_can_have_heard(engine):
    hear(engine, "华声 c1 telemarketing A1 2026-03-05")
    with writing(engine) as session:
        call_pk = find_call(session, "华声", "c1").id
        with pytest.raises(StoreError, match="is vendor and cannot"):
            mark_reviewed(session, call_pk, HUASHENG, NOW)
        with pytest.raises(StoreError, match="there is no call number 99"):
            mark_reviewed(session, 99, REVIEWER, NOW)
        withdraw(session, "华声", "c1", "x", NOW)
        with pytest.raises(StoreError, match="is withdrawn: nobody can have heard it whole"):
            mark_reviewed(session, call_pk, REVIEWER, NOW)
