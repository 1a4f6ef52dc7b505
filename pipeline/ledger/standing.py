"""What the ledger takes: nothing more into a closed month, no reversal that is not the exact opposite of one earlier entry, and none twice.

    17  violation  2026-03  verdict 7  -10 points
    18  close      2026-03                              from here on nothing but restatements counts in 2026-03
    19  reversal   2026-04  verdict 7  +10 points       reverses 17: taken
    20  reversal   2026-04  verdict 7  +10 points       refused: 17 is reversed by 19
    21  violation  2026-03  verdict 9                   refused: 2026-03 is closed, the next open month is 2026-04

The store asks before it writes, and `verification.py` asks again of what is written.
"""

from collections.abc import Collection

from pipeline.records.entry import Entry, EntryKind
from pipeline.records.month import Month

INTO_CLOSED = frozenset({EntryKind.RESTATEMENT})


def next_open(month: Month, closed: Collection[Month]) -> Month:
    """The first month from this one on that is not closed."""
    while month in closed:
        month = month.plus(1)
    return month


def refusal_of_month(entry: Entry, closed: Collection[Month]) -> str | None:
    """Why an entry may not count in its month, or None."""
    if entry.month not in closed or entry.kind in INTO_CLOSED:
        return None
    return f"{entry.month} is closed: post it into the next open month, {next_open(entry.month, closed)}"


def refusal_of_reversal(entry: Entry, reversed_entry: Entry | None, reversed_by: int | None) -> str | None:
    """Why an entry may not reverse the one it names, or None. `reversed_entry` is None where there is no such earlier entry."""
    if entry.reverses is None:
        return "a reversal names the entry it reverses" if entry.kind is EntryKind.REVERSAL else None
    if reversed_entry is None:
        return f"there is no entry {entry.reverses} before it"
    if reversed_by is not None:
        return f"entry {entry.reverses} is reversed already, by entry {reversed_by}"
    if entry.vendor != reversed_entry.vendor:
        return f"entry {entry.reverses} is of {reversed_entry.vendor!r}, not of {entry.vendor!r}"
    if entry.kind is not EntryKind.REVERSAL:
        return None
    if reversed_entry.kind is EntryKind.REVERSAL:
        return (
            f"entry {entry.reverses} is a reversal itself: what was taken back is recorded anew, not by reversing twice"
        )
    if (entry.points, entry.amount_fen) != (-reversed_entry.points, -reversed_entry.amount_fen):
        return (
            f"it must take back what entry {entry.reverses} gave: {-reversed_entry.points} points and "
            f"{-reversed_entry.amount_fen} fen, not {entry.points} and {entry.amount_fen}"
        )
    return None
