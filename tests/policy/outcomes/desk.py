"""What is put on a reviewer's desk."""

from contextlib import contextmanager
from datetime import timedelta
from random import Random

from sqlalchemy import select

from pipeline.policy.policy import Policy
from pipeline.records.verdict import Decision
from pipeline.services.queueing import next_call, refresh_queue
from pipeline.services.reviewing import review
from pipeline.store.desks import hand
from pipeline.store.engine import reading, writing
from pipeline.store.findings import Wanted, to_review
from pipeline.store.states import find_call
from pipeline.store.tables import AssignmentRow, Occasion
from tests.heard import ANOTHER, REVIEWER, at, hear, in_force
from tests.policy.outcomes.cases import Case, store

NOW = at("2026-03-06")
CALLS = """
    华声 flagged telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该"
    华声 judged telemarketing A1 2026-03-05
        phrase.rudeness major 12.0-14.5 "懒得理你"
    华声 clean telemarketing A1 2026-03-05
"""


class Dice(Random):
    """Dice that always show the same; what is drawn between two numbers stays random."""

    def __init__(self, shown: int) -> None:
        super().__init__(7)
        self._shown = shown

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """As Random's."""
        return self._shown if stop is None else super().randrange(start, stop, step)


@contextmanager
def desk():
    """A store with a flagged call, one that another has judged, and one in which nothing was found."""
    with store() as engine:
        in_force(engine)
        hear(engine, CALLS)
        with writing(engine) as session:
            (found,) = to_review(session, Wanted(call_id="judged"))
            review(session, found.finding_id, Decision.CONFIRMED, ANOTHER, NOW)
        refresh_queue(engine, NOW)
        yield engine


def handed_at(shown: int) -> Case:
    """Why a reviewer is handed a call when the dice show so many of 10,000."""

    def of(policy: Policy) -> str:
        with desk() as engine:
            with writing(engine) as session:
                next_call(session, REVIEWER, NOW, policy.review, Dice(shown))
            with reading(engine) as session:
                return session.scalars(select(AssignmentRow.occasion)).one().value

    return of


def taken_over_after(minutes: int) -> Case:
    """Whether a reviewer is handed a flagged call that another took so long ago."""

    def of(policy: Policy) -> bool:
        with desk() as engine, writing(engine) as session:
            flagged = find_call(session, "华声", "flagged")
            hand(session, flagged.id, ANOTHER, Occasion.FLAGGED, NOW - timedelta(minutes=minutes))
            return next_call(session, REVIEWER, NOW, policy.review, Dice(9_999)) == flagged.id

    return of
