"""The coaching sheet of a vendor or of one agent (P-80): what recurs, whether it grows, three clips, and who does better."""

from sqlalchemy.orm import Session

from pipeline.errors import DataError
from pipeline.export.coaching import clips_of
from pipeline.records.coaching import Coaching, HeardCall
from pipeline.records.month import Month
from pipeline.scoring.recurring import compare_agents, recurring
from pipeline.store.coached_calls import coached_calls


def coach(session: Session, vendor: str, month: Month, agent: str | None = None) -> Coaching:
    """The sheet. Raises DataError where no call of the vendor, or of the agent, was judged in the month."""
    everybody = coached_calls(session, vendor, month)
    calls = _of(everybody, agent)
    if not calls:
        whose = f"vendor {vendor!r}" if agent is None else f"agent {agent!r} of vendor {vendor!r}"
        known = ", ".join(sorted({call.agent for call in everybody})[:20])
        raise DataError(f"no call of {whose} was judged in {month}" + (f"; agents: {known}" if known else ""))
    before = _of(coached_calls(session, vendor, month.plus(-1)), agent)
    found = recurring(calls, before)
    return Coaching(
        vendor,
        agent,
        month,
        len(calls),
        len(before),
        found,
        clips_of(calls, found),
        compare_agents(everybody),
    )


def _of(calls: list[HeardCall], agent: str | None) -> list[HeardCall]:
    return [call for call in calls if agent in (None, call.agent)]
