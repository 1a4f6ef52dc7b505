"""What the queue's page shows: a page of calls, each with the worst of what waits in it, who hears it now, and how much of it all there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pipeline.policy.review import ReviewPolicy
from pipeline.records.person import Person
from pipeline.store.desks import OnDesk, heard_by, hidden_from, is_handed, on_desk
from pipeline.store.queue_findings import WorstFinding, worst_findings
from pipeline.store.queue_page import Place, QueueFilter, QueuePage, queue_page
from pipeline.store.seats import Seat
from pipeline.store.verdicts import Judged, judged_calls

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueView:
    """A page of the queue. `worst`, `judged` (of decided calls) and `heard_by` are by call; `mine` is on the person's
    desk and in no list: that would tell why it is there.
    """

    page: QueuePage
    worst: Mapping[int, WorstFinding]
    judged: Mapping[int, Judged]
    heard_by: Mapping[int, str]
    mine: Sequence[OnDesk]


def queue_view(
    session: Session, person: Person, wanted: QueueFilter, after: Place | None, now: datetime, policy: ReviewPolicy
) -> QueueView:
    """A page behind a place, the first one where `after` is None."""
    mine = on_desk(session, person)
    shown = replace(wanted, without=frozenset({*hidden_from(session, person), *(one.call_pk for one in mine)}))
    found = queue_page(session, person, shown, after=after, size=PAGE)
    since = now - timedelta(minutes=policy.desk_minutes)
    calls = [line.call_pk for line in found.lines]
    judged = {} if wanted.is_open else judged_calls(session, calls)
    return QueueView(found, worst_findings(session, found.lines), judged, heard_by(session, calls, since), mine)


def heard_now(session: Session, seat: Seat, now: datetime, policy: ReviewPolicy) -> str | None:
    """Who else has a flagged call on his desk now. Of a call that the person was handed nothing is said, for whatever reason he was."""
    if seat.blind or is_handed(session, seat.call_pk, seat.person):
        return None
    return heard_by(session, [seat.call_pk], now - timedelta(minutes=policy.desk_minutes)).get(seat.call_pk)
