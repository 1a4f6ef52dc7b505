"""The index of all transcripts: which turn has which terms (`text/terms.py`), written with the inspection itself.

SQLite keeps it in FTS5 without the texts, PostgreSQL as tsvectors under GIN; both are asked by one expression. A turn's key is its inspection and
its place there, so that the newest inspection comes first and its turns in order. What is filtered by stands as a term beside the words, so
that one vendor's turns are found without looking at everybody's.

Numbers that name a person are masked before anything is indexed: nobody finds a customer by his number, or guesses it digit by digit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from pipeline.records.turn import Speaker
from pipeline.text.masking import mask
from pipeline.text.normal import normalize
from pipeline.text.terms import Sought, needed, terms

TABLE = "turn_search"
_PLACES = 1 << 16
_ABOVE_ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class _Way:
    """How a database makes the index, adds to it, looks into it, and writes an expression of terms."""

    make: tuple[str, ...]
    add: str
    find: str
    term: str
    beginning: str
    both: str
    either: str


_WAYS = {
    "sqlite": _Way(
        make=(
            # detail=none: which turns, not where in them; two characters that follow each other are one term anyway.
            "CREATE VIRTUAL TABLE turn_search USING fts5(terms, content='', detail=none, columnsize=0, tokenize='ascii')",
        ),
        add="INSERT INTO turn_search (rowid, terms) VALUES (:key, :terms)",
        find=(
            "SELECT rowid FROM turn_search WHERE turn_search MATCH :wanted AND rowid < :below "
            "ORDER BY rowid DESC LIMIT :most"
        ),
        term='"{}"',
        beginning='"{}"*',
        both=" AND ",
        either=" OR ",
    ),
    "postgresql": _Way(
        make=(
            "CREATE TABLE turn_search (key bigint PRIMARY KEY, terms tsvector NOT NULL)",
            "CREATE INDEX ix_turn_search_terms ON turn_search USING gin (terms)",
        ),
        add="INSERT INTO turn_search (key, terms) VALUES (:key, array_to_tsvector(string_to_array(:terms, ' ')))",
        find=(
            "SELECT key FROM turn_search WHERE terms @@ CAST(:wanted AS tsquery) AND key < :below "
            "ORDER BY key DESC LIMIT :most"
        ),
        term="'{}'",
        beginning="'{}':*",
        both=" & ",
        either=" | ",
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn for the index: where it stands, who said it, and what the call is filtered by."""

    inspection_id: int
    position: int
    speaker: Speaker
    text: str
    vendor: str
    project: str
    agent: str
    day: date


@dataclass(frozen=True, slots=True)
class Filters:
    """Which turns are looked at: those for which all of it holds. Days from `first` to `last`, both included."""

    vendor: str | None = None
    project: str | None = None
    agent: str | None = None
    speaker: Speaker | None = None
    first: date | None = None
    last: date | None = None


def make_index(connection: Connection) -> None:
    """Make the empty index. It is no table of the models: each database has its own way."""
    for statement in _way(connection).make:
        connection.execute(text(statement))


def index_turns(session: Session | Connection, turns: Iterable[Said]) -> None:
    """Add turns, all of an inspection at once, in the caller's transaction."""
    rows = []
    for _, said in groupby(turns, key=lambda turn: turn.inspection_id):
        of_one = [turn for turn in said if turn.position < _PLACES]
        masked = mask_row([turn.text for turn in of_one])
        rows += [
            {"key": key_of(turn.inspection_id, turn.position), "terms": " ".join(_terms(turn, shown))}
            for turn, shown in zip(of_one, masked, strict=True)
        ]
    if rows:
        session.execute(text(_way(session).add), rows)


def find_keys(session: Session, wanted: Sought, filters: Filters, below: int | None, most: int) -> list[int]:
    """Keys of turns that have all terms, the newest first, under the key `below`. They may not have the wordings: that is seen in their texts."""
    way = _way(session)
    parts = [(way.beginning if begins else way.term).format(_quoted(term)) for term, begins in needed(wanted)]
    for one in _filter_terms(filters):
        parts.append("(" + way.either.join(map(way.term.format, one)) + ")")
    given = {"wanted": way.both.join(parts), "below": _ABOVE_ALL if below is None else below, "most": most}
    return list(session.scalars(text(way.find), given))


def key_of(inspection_id: int, position: int) -> int:
    """A turn's key: the later the inspection, the higher; the later in it, the lower."""
    return inspection_id * _PLACES + _PLACES - 1 - position


def turn_of(key: int) -> tuple[int, int]:
    """Inspection and position of a key."""
    return key // _PLACES, _PLACES - 1 - key % _PLACES


def mask_row(texts: Sequence[str]) -> list[str]:
    """Turns that follow each other with their long numbers masked, also those that are said over several of them."""
    return mask("\n".join(one.replace("\n", " ") for one in texts)).split("\n") if texts else []


def _terms(turn: Said, shown: str) -> Iterator[str]:
    yield from dict.fromkeys(terms(normalize(shown)))
    yield _filter_term("s", turn.speaker)
    yield _filter_term("v", turn.vendor)
    yield _filter_term("p", turn.project)
    yield _filter_term("a", turn.agent)
    yield _day_term(turn.day)
    yield _month_term(turn.day)


def _filter_terms(filters: Filters) -> Iterator[list[str]]:
    """For each filter the terms of which a turn must have one."""
    for kind, value in (("v", filters.vendor), ("p", filters.project), ("a", filters.agent), ("s", filters.speaker)):
        if value:
            yield [_filter_term(kind, value)]
    if filters.first and filters.last:
        yield list(_days(filters.first, filters.last)) or [_filter_term("d", "never")]


def _days(first: date, last: date) -> Iterator[str]:
    """Whole months by their own term, the days around them one by one."""
    day = first
    while day <= last:
        next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.day == 1 and next_month - timedelta(days=1) <= last:
            yield _month_term(day)
            day = next_month
        else:
            yield _day_term(day)
            day += timedelta(days=1)


def _filter_term(kind: str, value: str) -> str:
    """Names may hold anything, terms only letters and digits. A digit in front: no term of a text begins with one."""
    return f"9{kind}{hashlib.sha256(value.encode()).hexdigest()[:12]}"


def _day_term(day: date) -> str:
    return f"9d{day:%Y%m%d}"


def _month_term(day: date) -> str:
    return f"9m{day:%Y%m}"


def _quoted(term: str) -> str:
    # Terms are letters and hanzi; this is for what else a Unicode letter may be one day.
    return term.replace('"', "").replace("'", "").replace("\\", "")


def _way(session: Session | Connection) -> _Way:
    bound = session if isinstance(session, Connection) else session.get_bind()
    return _WAYS[bound.dialect.name]
