"""The chain: each entry's hash holds every column of it, its number and the hash before it, so that no row can be changed by itself.

1. An entry is written as a JSON array without spaces, non-ASCII characters as they are, as JavaScript's `JSON.stringify` does:
   `["hash before",number,"key","kind","month",…,"note"]`, all columns in the order of `COLUMNS`, nothing left out, null where there is none.
2. Months are written 2026-03, instants in UTC as `2026-03-02 01:30:00.000000`, amounts and times as whole numbers.
3. SHA-256 of those bytes (UTF-8) is the entry's hash. The hash before the first entry is "".

    1  ["",1,"violation verdict 7","violation","2026-03","华声外呼",…]            5f2a…
    2  ["5f2a…",2,"reversal verdict 7","reversal","2026-04","华声外呼",…]        c01d…

A JSON array keeps "a","bc" apart from "ab","c", a missing word from an empty one and 1 from "1": two different entries never give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import cast

from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import span_between

START = ""
COLUMNS = (
    "key", "kind", "month", "vendor", "project", "recorded_at", "subject", "call_id", "agent", "rule", "severity", "match",
    "start_ms", "end_ms", "words", "points", "amount_fen", "reverses", "person", "role", "policy", "ruleset", "model", "note",
)  # fmt: skip

# An entry's columns as they are hashed, in the order of COLUMNS.
Columns = tuple[str | int | None, ...]
_Row = tuple[
    str, str, str, str, str | None, str, str, str | None, str | None, str | None, str | None, str | None,
    int | None, int | None, str, int, int, int | None, str | None, str | None, str, str | None, str | None, str,
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the ledger as it is stored, whatever it holds."""

    number: int
    columns: Columns
    previous: str
    sha256: str


@cache
def _month(text: str) -> Month:
    """Entries of a month share it: parsing costs more than all else that is read of a row."""
    return Month.parse(text)


def _altered(value: object) -> dict[str, str]:
    """What no entry holds, such as bytes that somebody has put into a column: an object, so that it never equals a text."""
    return {type(value).__name__: repr(value)}


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_altered)
_KINDS = {each.value: each for each in EntryKind}
_SEVERITIES = {each.value: each for each in Severity}
_MATCHES = {each.value: each for each in Match}
_ROLES = {each.value: each for each in Role}


def digest(previous: str, number: int, entry: Entry) -> str:
    """The hash of an entry in its place: 64 hex digits."""
    return digest_columns(previous, number, columns_of(entry))


def digest_columns(previous: str, number: int, columns: Columns) -> str:
    """As `digest`, of the columns as a database gives them."""
    return hashlib.sha256(_JSON.encode((previous, number, *columns)).encode("utf-8", "surrogatepass")).hexdigest()


def chained(number: int, previous: str, entries: Iterable[Entry]) -> Iterator[Posted]:
    """The entries in their places after entry `number`, whose hash is `previous` (0 and "" where there is none)."""
    for entry in entries:
        link = link_after(number, previous, columns_of(entry))
        yield Posted(link.number, entry, link.previous, link.sha256)
        number, previous = link.number, link.sha256


def link_after(number: int, previous: str, columns: Columns) -> Link:
    """The row that follows entry `number`, whose hash is `previous`."""
    return Link(number + 1, columns, previous, digest_columns(previous, number + 1, columns))


def posted_of(link: Link) -> Posted:
    """A stored row as an entry in its place. Raises ValueError where its columns are no entry."""
    return Posted(link.number, entry_of(link.columns), link.previous, link.sha256)


def columns_of(entry: Entry) -> Columns:
    """An entry's columns as they are stored and hashed. Raises ValueError where its instant has no zone: nobody could say later what it meant."""
    span = entry.span
    return (
        entry.key, entry.kind.value, str(entry.month), entry.vendor, entry.project, written(entry.recorded_at),
        entry.subject, entry.call_id, entry.agent, entry.rule,
        None if entry.severity is None else entry.severity.value, None if entry.match is None else entry.match.value,
        None if span is None else span.start_ms, None if span is None else span.end_ms,
        entry.words, entry.points, entry.amount_fen, entry.reverses,
        entry.person, None if entry.role is None else entry.role.value,
        entry.policy, entry.ruleset, entry.model, entry.note,
    )  # fmt: skip


def entry_of(columns: Columns) -> Entry:
    """The entry that gave these columns. Raises ValueError, naming the value, where no entry could have."""
    (
        key, kind, month, vendor, project, recorded_at, subject, call_id, agent, rule, severity, match, start_ms, end_ms,
        words, points, amount_fen, reverses, person, role, policy, ruleset, model, note,
    ) = cast(_Row, columns)  # fmt: skip
    try:
        return Entry(
            key, _KINDS[kind], _month(month), vendor, project, datetime.fromisoformat(f"{recorded_at}+00:00"),
            subject, call_id, agent, rule,
            None if severity is None else _SEVERITIES[severity], None if match is None else _MATCHES[match],
            span_between(start_ms, end_ms),
            words, points, amount_fen, reverses, person, None if role is None else _ROLES[role],
            policy, ruleset, model, note,
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"no entry: {error} is not a value of its column") from error


def written(at: datetime) -> str:
    """An instant as it is hashed: `2026-03-02 01:30:00.000000` in UTC."""
    if at.tzinfo is None:
        raise ValueError(f"an entry's instant needs a time zone, got {at.isoformat()}")
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(" ", "microseconds").removesuffix("+00:00")
