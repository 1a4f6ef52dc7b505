"""Facts are kept as they came; the same again is none."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from pipeline.errors import DataError
from pipeline.records.project import Mode
from pipeline.store.engine import reading, writing
from pipeline.store.facts import all_facts, facts_of, known_vendor, record_fact, vendor_names
from pipeline.store.tables import FactRow
from tests.known import facts

KNOWN = facts("""
    远达           mode          general                          2026-01-01
    华声           capital_yuan  800000                           2025-12-10   17 of 2025-12-01
    华声/养老关怀  project       telemarketing telemarketing 280  2026-02-01..2026-12-31
    华声           mode          exclusive                        2026-01-01
""")


def test_they_come_back_whole_and_in_their_order(engine: Engine) -> None:
    with writing(engine) as session:
        assert all(record_fact(session, fact) for fact in KNOWN)
    with reading(engine) as session:
        assert facts_of(session, "华声") == KNOWN[1:]
        assert vendor_names(session) == ("华声", "远达")
        assert dict(all_facts(session)) == {"华声": KNOWN[1:], "远达": KNOWN[:1]}
        assert known_vendor(session, "华声", date(2026, 2, 1)).projects[0].script_s == 280


def test_the_same_again_is_none_and_what_was_said_before_is_kept(engine: Engine) -> None:
    general, exclusive = facts("华声 mode general 2026-01-01\n华声 mode exclusive 2026-01-01")
    with writing(engine) as session:
        recorded = [record_fact(session, fact) for fact in (general, general, exclusive, general, general)]
    assert recorded == [True, False, True, True, False]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(FactRow)) == 3
        assert known_vendor(session, "华声", date(2026, 1, 1)).mode is Mode.GENERAL


def test_an_unknown_vendor_is_named(engine: Engine) -> None:
    with reading(engine) as session, pytest.raises(DataError, match="vendor '无名' is not registered"):
        known_vendor(session, "无名", date(2026, 1, 1))
    with reading(engine) as session:
        assert facts_of(session, "无名") == ()
