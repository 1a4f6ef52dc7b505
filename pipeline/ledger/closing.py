"""What a close says and when it may not be said.

A closed month never changes. What its lines say is told by one hash, which stands in the closing entry: lines that were altered behind the
ledger's back no longer give it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from datetime import date, datetime

from pipeline.records.closed import ScoreLine, SettlementLine
from pipeline.records.entry import Entry, EntryKind
from pipeline.records.estimate import Interval, MonthEstimate
from pipeline.records.month import Month
from pipeline.records.person import Person

RESTATED = "restatement"


def lines_sha256(scores: Sequence[ScoreLine], settlements: Sequence[SettlementLine]) -> str:
    """SHA-256 over all lines in the order of vendor and project."""
    lines = [*sorted(map(_plain, scores)), *sorted(map(_plain, settlements))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def refusals(
    month: Month,
    today: date,
    unaccounted: Mapping[str, int],
    unreviewed: Collection[int],
    carried: Collection[int],
    open_before: Collection[Month],
) -> list[str]:
    """Why the month cannot be closed, a line each; none where it can.

    `unaccounted`: drawn calls by vendor that nothing has become of; `unreviewed`: fatal findings that nobody has decided, `carried` those that
    a supervisor carries over by name; `open_before`: earlier months with drawn calls that are not closed.
    """
    found = []
    if today <= month.last_day:
        found.append(f"{month} is not over before {month.plus(1).first_day}")
    if open_before:
        found.append(f"{min(open_before)} is not closed yet; months are closed in their order")
    for vendor, calls in sorted(unaccounted.items()):
        found.append(f"{calls} drawn calls of {vendor} are not accounted for; `callqa nightly` hears them")
    if waiting := sorted(set(unreviewed) - set(carried)):
        numbers = ", ".join(map(str, waiting))
        found.append(
            f"fatal findings that nobody has decided: {numbers}; `callqa review`, or carry them over by name with --carry-over"
        )
    if strangers := sorted(set(carried) - set(unreviewed)):
        found.append(f"finding {strangers[0]} is no undecided fatal finding of {month}: it cannot be carried over")
    return found


def with_project_points(estimate: MonthEstimate, points: int) -> MonthEstimate:
    """The estimate less what project checks lost (P-41): `points` ≤ 0 are taken from the score and from both its bounds."""
    if estimate.score is None or not points:
        return estimate
    score = estimate.score
    lowered = Interval(*(max(0.0, bound + points) for bound in (score.value, score.low, score.high)))
    return MonthEstimate(estimate.status, estimate.inspected, estimate.reviewed, lowered, estimate.rate)


def close_entry(
    month: Month, revision: int, sha256: str, person: Person, policy: str, carried: Collection[int], now: datetime
) -> Entry:
    """The entry that closes a month, or restates it."""
    note = f"结转未复核的致命发现：{'、'.join(map(str, sorted(carried)))}" if carried else ""
    return Entry(
        key=f"close {month} r{revision}",
        kind=EntryKind.RESTATEMENT if revision else EntryKind.CLOSE,
        month=month,
        vendor="",
        project=None,
        recorded_at=now,
        subject=f"lines {sha256}",
        person=person.name,
        role=person.role,
        policy=policy,
        note=note,
    )


def adjustment_entry(line: SettlementLine, policy: str, now: datetime) -> Entry:
    """By how much quality moved the commission of a line (P-50)."""
    return Entry(
        key=f"adjustment {line.statement_no} {line.vendor} {line.project}",
        kind=EntryKind.ADJUSTMENT,
        month=line.month,
        vendor=line.vendor,
        project=line.project,
        recorded_at=now,
        subject=f"statement {line.statement_no}",
        amount_fen=line.adjustment_fen,
        policy=policy,
        note=f"质量系数{line.factor_bp / 100:g}%",
    )


def difference_entry(
    new: SettlementLine, old: SettlementLine | None, into: Month, policy: str, now: datetime
) -> Entry | None:
    """What a restated line changes, into the next open month's account; None where it changes nothing. Prior months' money that the line
    before it paid is not moved again.
    """
    before = 0 if old is None else old.net_fen - old.prior_month_fen
    moved = 0 if old is None else new.prior_month_fen
    if not (difference_fen := new.net_fen - moved - before):
        return None
    return Entry(
        key=f"adjustment {RESTATED} {new.statement_no} {new.vendor} {new.project}",
        kind=EntryKind.ADJUSTMENT,
        month=into,
        vendor=new.vendor,
        project=new.project,
        recorded_at=now,
        subject=f"{RESTATED} {new.month} r{new.revision}",
        amount_fen=difference_fen,
        policy=policy,
        note=f"{new.month}重算差额",
    )


def _plain(line: ScoreLine | SettlementLine) -> str:
    values = [str(value) if isinstance(value, Month) else value for value in astuple(line)]
    values[2] = str(line.month)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
