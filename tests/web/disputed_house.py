"""A small house in which there is something to dispute: March is closed, and yesterday's call has two faults that were confirmed today."""

import shutil
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.records.verdict import Decision
from pipeline.services.drawing import open_store
from pipeline.services.exiting import Desk
from pipeline.services.feedback import write_feedback
from pipeline.services.reviewing import review
from pipeline.settings import load
from pipeline.store.complaints import record_complaint
from pipeline.store.engine import writing
from pipeline.store.facts import record_fact
from pipeline.store.findings import Wanted, to_review
from tests.heard import REVIEWER, SUPERVISOR, hear
from tests.known import GENERAL, facts

from .closed_house import make_house

ZONE = ZoneInfo("Asia/Shanghai")
SAID = "你脑子进水了吧电话幺三八零零幺三八零零零"
NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZONE).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(scope="module")
def disputed_house(tmp_path_factory):
    """The working folder that every test of a module gets a copy of."""
    root = tmp_path_factory.mktemp("disputed") / "house"
    make_disputed(root)
    return root


@pytest.fixture
def house(disputed_house, tmp_path):
    """Settings of a house of one's own."""
    return load(shutil.copytree(disputed_house, tmp_path / "house"))


@pytest.fixture
def store(house):
    """Its store."""
    engine = open_store(house)
    yield engine
    engine.dispose()


def make_disputed(root):
    """Settings of it. Verdicts 4 and 5 are today's, complaint 1 waits, and a rectification runs since today."""
    settings = make_house(root)
    engine = open_store(settings)
    calls = f'华声 n1 telemarketing A7 {YESTERDAY}\n    phrase.abuse fatal 47.0-49.5 "{SAID}"\n    script.missing.thanks minor'
    hear(engine, calls)
    with writing(engine) as session:
        for fact in facts(GENERAL):
            record_fact(session, fact)
        for found in to_review(session, Wanted(call_id="n1")):
            review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, NOW, note="听得很清楚")
        record_complaint(
            session,
            "华声",
            "telemarketing",
            YESTERDAY,
            "客户13812345678称未办理<b>套餐</b>",
            REVIEWER,
            NOW,
            today=TODAY,
        )
        Desk(session, SUPERVISOR, NOW, ZONE).demand_rectification("华声", "telemarketing", "全员重训服务禁语")
    write_feedback(settings, engine, TODAY, NOW)
    engine.dispose()
    return settings
