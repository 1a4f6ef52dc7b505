"""Which months are formal when a night is drawn: those of the vendor's grade (P-42)."""

from datetime import date

import pytest

from pipeline.policy.policy import load_policy
from pipeline.sampling.plan import inspected_months
from pipeline.services.drawing import draw_due
from pipeline.settings import Settings
from pipeline.store.drawn import calendar_seed
from pipeline.store.engine import open_engine, writing
from pipeline.store.ledger import post
from pipeline.store.schema import upgrade
from tests.ledger.text import entries
from tests.policy.changes import SHIPPED
from tests.store.samples import NOW, register, row

DAYS = [date(2025, month, 28) for month in range(1, 7)]


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_the_grade_that_the_last_close_left_says_which_months_are_formal(tmp_path, grade):
    settings = Settings(tmp_path)
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    register(engine, *(row(f"c{day.month}", day) for day in DAYS))
    with writing(engine) as session:
        seed = calendar_seed(session, "华声", 2025, "5eed", NOW)
        post(session, entries(f"2024-12-31 grade 华声 - {{grade {grade}}}"))
    formal = {draw.day.month for draw in draw_due(settings, engine, DAYS[-1], "s") if draw.plan.formal_calls}
    engine.dispose()
    inspected = inspected_months(load_policy(SHIPPED), "华声", 2025, grade, seed)
    assert formal == inspected & {day.month for day in DAYS}
    assert len(formal) == {1: 1, 2: 2, 3: 6}[grade]
