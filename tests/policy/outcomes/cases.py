"""What the questions share: what one is, an empty store, a scored month."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from pipeline.policy.policy import Policy
from pipeline.records.estimate import Interval, MonthEstimate, MonthStatus
from pipeline.records.month import Month
from pipeline.store.engine import open_engine
from pipeline.store.schema import upgrade

Case = Callable[[Policy], object]
MARCH = Month(2026, 3)


@contextmanager
def store() -> Iterator[Engine]:
    """An empty one."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/callqa.db"
        upgrade(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


def month_of(score: Interval, rate: Interval) -> MonthEstimate:
    """A scored month."""
    return MonthEstimate(MonthStatus.SCORED, 120, 40, score, rate)
