"""Both sides' counts of a month, and audits of what they do not agree on (P-51)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.errors import StoreError
from pipeline.policy.policy import load_policy
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.scoring.settlement import Audit, Counts
from pipeline.store.counts import ProjectMonth, SuccessCount, record_audit, save_success_counts, success_counts
from pipeline.store.engine import reading, writing
from pipeline.store.tables.months import Side
from tests.policy.changes import SHIPPED

from .samples import NOW

MARCH = Month(2026, 3)
OF = ProjectMonth("华声", "流量包", MARCH)
POLICY = load_policy(SHIPPED).settlement
MARKETING, AUDITOR = Person("孙经理", Role.MARKETING), Person("周审计", Role.AUDITOR)
HUASHENG, YUANDA = Person("华声的人", Role.VENDOR, "华声"), Person("远达的人", Role.VENDOR, "远达")


def hand_in(engine, side, successes, *, usage_fen=0, person=MARKETING, of=OF, now=NOW):
    with writing(engine) as session:
        return save_success_counts(session, side, {of: SuccessCount(successes, usage_fen)}, "ab" * 32, person, now)


def audit(engine, accepted, *, person=AUDITOR, policy=POLICY, now=NOW + timedelta(hours=1)):
    with writing(engine) as session:
        record_audit(session, OF, accepted, "重复计数", person, policy, now)


def counts(engine):
    with reading(engine) as session:
        return success_counts(session, MARCH).get((OF.vendor, OF.project))


def test_both_sides_count_and_the_operator_says_the_fees(engine):
    assert counts(engine) is None
    hand_in(engine, Side.VENDOR, 1040, usage_fen=777, person=HUASHENG)
    assert counts(engine) == Counts(None, 1040)
    hand_in(engine, Side.OPERATOR, 1000, usage_fen=123)
    assert counts(engine) == Counts(1000, 1040, 123)
    hand_in(engine, Side.OPERATOR, 5, of=replace(OF, month=Month(2026, 4)))
    assert counts(engine) == Counts(1000, 1040, 123)


def test_a_side_s_latest_count_holds_and_the_same_again_is_nothing_new(engine):
    assert [hand_in(engine, Side.OPERATOR, number) for number in (1000, 1000, 1001)] == [1, 0, 1]
    assert counts(engine) == Counts(1001, None)


def test_a_vendor_s_person_counts_for_the_vendor_alone(engine):
    with pytest.raises(StoreError, match=r"'远达的人' is of '远达' and cannot hand in the counts of '华声'"):
        hand_in(engine, Side.VENDOR, 1, person=YUANDA)
    with pytest.raises(StoreError, match="is vendor and cannot hand in the operator's counts"):
        hand_in(engine, Side.OPERATOR, 1, person=HUASHENG)
    with pytest.raises(StoreError, match="is auditor and cannot hand in the vendor's counts"):
        hand_in(engine, Side.VENDOR, 1, person=AUDITOR)
    assert counts(engine) is None


def test_an_audit_holds_until_a_side_hands_in_another_count(engine):
    hand_in(engine, Side.OPERATOR, 900)
    hand_in(engine, Side.VENDOR, 1000, person=HUASHENG)
    audit(engine, 950)
    assert counts(engine) == Counts(900, 1000, 0, Audit(950, "重复计数", "周审计"))
    hand_in(engine, Side.VENDOR, 1000, person=HUASHENG, now=NOW + timedelta(hours=2))
    assert counts(engine).audit is not None
    hand_in(engine, Side.VENDOR, 1001, person=HUASHENG, now=NOW + timedelta(hours=3))
    assert counts(engine).audit is None


def test_what_is_not_audited(engine):
    with pytest.raises(StoreError, match="no side has handed in a count"):
        audit(engine, 1)
    hand_in(engine, Side.OPERATOR, 1000)
    hand_in(engine, Side.VENDOR, 1010, person=HUASHENG)
    with pytest.raises(StoreError, match="differ by 10, within the tolerance of 10: there is nothing to audit"):
        audit(engine, 1000)
    strict = replace(POLICY, tolerance_bp=99)
    with pytest.raises(StoreError, match="1011 cannot be accepted: the sides count 1010 at most"):
        audit(engine, 1011, policy=strict)
    with pytest.raises(StoreError, match="user '孙经理' handed in a count of it; somebody else must audit it"):
        audit(engine, 1000, policy=strict, person=MARKETING)
    assert counts(engine).audit is None
    audit(engine, 1005, policy=strict)
    assert counts(engine).audit is not None


def test_a_side_that_says_nothing_is_audited_too(engine):
    hand_in(engine, Side.VENDOR, 1000, person=HUASHENG)
    audit(engine, 800)
    assert counts(engine) == Counts(None, 1000, 0, Audit(800, "重复计数", "周审计"))
