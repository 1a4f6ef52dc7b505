"""Log-ins that failed, counted in the audit trail by the name that was tried: whoever guesses passwords has to wait.

    12:00 … 12:14    ten failures within a quarter of an hour      refused from then on, also with the right password
    12:20            tried again                                    refused, and not counted: guessing does not prolong it
    12:29            a quarter of an hour after the tenth           may be tried again

The command line and the web write and ask the same rows, so nobody guesses twice as much by using both, nor by a restart. A name that does not
exist is treated alike.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.store.events import record_event
from pipeline.store.tables import Did, EventRow

MOST = 10
WITHIN = timedelta(minutes=15)
# Longer ones are nobody's.
_LONGEST = 64


def is_locked_out(session: Session, name: str, now: datetime) -> bool:
    """Whether a name may not be tried now."""
    failures = (
        select(EventRow.at)
        .where(EventRow.person == name[:_LONGEST], EventRow.at > now - 2 * WITHIN, EventRow.did == Did.LOG_IN_FAILED)
        .order_by(EventRow.at.desc())
        .limit(MOST)
    )
    times = session.scalars(failures).all()
    return len(times) == MOST and times[0] - times[-1] < WITHIN and now - times[0] < WITHIN


def record_failure(session: Session, name: str, where: str, now: datetime) -> None:
    """Count a failure, unless the name is refused anyway; `where` is an address, or what else was used."""
    if not is_locked_out(session, name, now):
        record_event(session, name[:_LONGEST], Did.LOG_IN_FAILED, where, now)
