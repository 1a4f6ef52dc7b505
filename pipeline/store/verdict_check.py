"""Verdicts held against what they posted: who decided, and which fault.

entry 17, violation verdict 7    王敏, phrase.insult fatal; the verdict now says 李芳: altered
entry 18, violation verdict 8    there is no verdict 8: deleted
"""

from collections.abc import Iterator

from sqlalchemy import String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from pipeline.records.entry import EntryKind
from pipeline.store.tables import EntryRow, VerdictRow
from pipeline.store.violations import verdict_key

_KEY = verdict_key(0).removesuffix("0")
_SAME = (
    (VerdictRow.person, EntryRow.person),
    (VerdictRow.role, EntryRow.role),
    (VerdictRow.rule, EntryRow.rule),
    (VerdictRow.severity, EntryRow.severity),
    (VerdictRow.start_ms, EntryRow.start_ms),
    (VerdictRow.end_ms, EntryRow.end_ms),
)


def verdict_problems(session: Session) -> Iterator[tuple[int, str]]:
    """(number of the violation's entry, what is wrong) of every verdict that is not what was posted, or is gone."""
    posted_as = EntryRow.key == literal(_KEY) + cast(VerdictRow.id, String)
    differs = or_(*(now.is_distinct_from(then) for now, then in _SAME))
    altered = select(EntryRow.number, VerdictRow.id).join(VerdictRow, posted_as).where(differs)
    for number, verdict_id in session.execute(altered.order_by(EntryRow.number)):
        yield number, f"verdict {verdict_id} is not what was posted: somebody altered who decided or what"
    violations = select(EntryRow.number, EntryRow.key).where(
        EntryRow.kind == EntryKind.VIOLATION, EntryRow.key.startswith(_KEY)
    )
    there = session.scalar(select(func.count()).select_from(EntryRow).join(VerdictRow, posted_as))
    if there != session.scalar(select(func.count()).select_from(violations.subquery())):
        known = {verdict_key(one) for one in session.scalars(select(VerdictRow.id))}
        for number, key in session.execute(violations.order_by(EntryRow.number)):
            if key not in known:
                yield number, f"{key.removeprefix('violation ')}, which it rests on, is not there"
