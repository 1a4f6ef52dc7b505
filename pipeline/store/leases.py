"""Leases on many calls at once: kept while a batch is heard, given back when a run ends, taken from runs that are dead.

claim 16 -> pull -> (renew_held -> hear -> save) … -> release_owner
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.store.tables import WorkRow
from pipeline.store.work import Work


def renew_held(session: Session, works: Sequence[Work], lease_s: int, now: datetime) -> tuple[Work, ...]:
    """Lengthen the leases from now; returns the work that is still held, without what another has taken over."""
    expires_at = now + timedelta(seconds=lease_s)
    held = _held(session, works)
    session.execute(
        update(WorkRow)
        .where(WorkRow.drawn_call_id.in_([work.drawn_call_id for work in held]))
        .values(expires_at=expires_at)
        .execution_options(synchronize_session=False)
    )
    return tuple(replace(work, expires_at=expires_at) for work in held)


def hand_back(session: Session, works: Sequence[Work]) -> int:
    """Give back what was claimed and never begun: its attempt does not count. Returns how many calls were still held."""
    held = _held(session, works)
    session.execute(
        update(WorkRow)
        .where(WorkRow.drawn_call_id.in_([work.drawn_call_id for work in held]))
        .values(owner=None, expires_at=None, attempts=WorkRow.attempts - 1)
        .execution_options(synchronize_session=False)
    )
    return len(held)


def release_owner(session: Session, owner: str) -> int:
    """Give back everything that an owner holds and has not finished; the attempts count. Returns how many calls."""
    freed = (
        update(WorkRow)
        .where(WorkRow.owner == owner, WorkRow.finished_at.is_(None))
        .values(owner=None, expires_at=None)
        .returning(WorkRow.drawn_call_id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(freed).all())


def release_gone(session: Session, is_gone: Callable[[str], bool]) -> int:
    """Give back what owners hold that are gone, without waiting for their leases to run out. Returns how many calls."""
    owners = session.scalars(
        select(WorkRow.owner).where(WorkRow.owner.is_not(None), WorkRow.finished_at.is_(None)).distinct()
    ).all()
    return sum(release_owner(session, owner) for owner in owners if owner is not None and is_gone(owner))


def _held(session: Session, works: Sequence[Work]) -> list[Work]:
    """The work whose lease is still ours; its rows are locked where the database can."""
    query = (
        select(WorkRow.drawn_call_id, WorkRow.owner, WorkRow.token)
        .where(WorkRow.drawn_call_id.in_([work.drawn_call_id for work in works]), WorkRow.finished_at.is_(None))
        .with_for_update()
    )
    ours = set(session.execute(query).tuples().all())
    return [work for work in works if (work.drawn_call_id, work.owner, work.token) in ours]
