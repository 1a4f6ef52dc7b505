"""Search in all transcripts, by words and by sound.

    find_turns(session, person, sought("验证码", by_sound=True), Filters(vendor="华声外呼"))
        2026033000010   agent 00:45.7   您把支付密码给我 …        验正码: the same sound

The index gives turns with all terms, the newest first; what they say decides. Only the newest inspection of a recording is shown, and only
what the person may see.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby, islice

from sqlalchemy import CTE, BigInteger, Select, column, func, select, values
from sqlalchemy.orm import Session

from pipeline.records.person import Person
from pipeline.records.turn import Speaker
from pipeline.store.newest import is_newest
from pipeline.store.search_index import Filters, Said, find_keys, index_turns, mask_row, turn_of
from pipeline.store.tables import CallRow, InspectionRow, RecordingRow, TurnRow
from pipeline.store.visible import visible
from pipeline.text.masking import mask
from pipeline.text.normal import normalize, normalize_aligned
from pipeline.text.terms import Likeness, Sought, places

# A first batch that is nearly always enough for a page, and how many turns that only seem to match a search looks through.
_BATCH, _LARGEST_BATCH, _MOST_LOOKED_AT = 64, 1024, 50_000
_AROUND = 2
_FILL = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a turn's text; `likeness` None: not what was looked for."""

    text: str
    likeness: Likeness | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that has what was looked for, masked, in pieces; `before` and `after` are the turns around it. `at_ms`: where the first words begin."""

    key: int
    call_pk: int
    vendor: str
    project: str
    agent: str
    call_id: str
    day: date
    started_at: datetime
    speaker: Speaker
    at_ms: int
    pieces: tuple[Piece, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Page:
    """Hits, the newest first. `next_below`: what to ask for the next page, None where there is none."""

    hits: tuple[Hit, ...]
    next_below: int | None


def find_turns(
    session: Session, person: Person, wanted: Sought, filters: Filters, *, below: int | None = None, size: int = 30
) -> Page:
    """A page of turns that have all wordings."""
    found = list(islice(_matching(session, person, wanted, filters, below), size + 1))
    shown = found[:size]
    return Page(tuple(_hits(session, shown, wanted)), shown[-1] if len(found) > size else None)


def count_turns(session: Session, person: Person, wanted: Sought, filters: Filters, most: int) -> int:
    """How many turns there are, counted up to `most` + 1."""
    return sum(1 for _ in islice(_matching(session, person, wanted, filters, None), most + 1))


def index_inspection(session: Session, inspection_id: int) -> None:
    """Put the turns of an inspection that has just been written into the index."""
    index_turns(session, _stored(session, inspection_id - 1, inspection_id))


def fill_index(session: Session) -> None:
    """Put all stored turns into an empty index."""
    last = session.scalar(select(func.max(InspectionRow.id))) or 0
    for start in range(0, last, _FILL):
        index_turns(session, _stored(session, start, start + _FILL))


def _stored(session: Session, after: int, until: int) -> Iterator[Said]:
    query = (
        select(
            TurnRow.inspection_id,
            TurnRow.position,
            TurnRow.speaker,
            TurnRow.text,
            CallRow.vendor,
            CallRow.project,
            CallRow.agent,
            CallRow.day,
        )
        .join(InspectionRow, InspectionRow.id == TurnRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(TurnRow.inspection_id > after, TurnRow.inspection_id <= until)
        .order_by(TurnRow.inspection_id, TurnRow.position)
    )
    for row in session.execute(query):
        yield Said(*row)


def _matching(session: Session, person: Person, wanted: Sought, filters: Filters, below: int | None) -> Iterator[int]:
    """The key of every turn that has the wordings, the newest first, read as it is asked for."""
    if not wanted.wordings:
        return
    whole = _with_both_days(session, filters)
    looked_at, batch = 0, _BATCH
    while looked_at < _MOST_LOOKED_AT:
        keys = find_keys(session, wanted, whole, below, batch)
        for key, text in session.execute(_texts(person, filters, keys)).tuples():
            if places(wanted, normalize(mask(text))):
                yield key
        if len(keys) < batch:
            return
        below, looked_at, batch = keys[-1], looked_at + len(keys), min(batch * 2, _LARGEST_BATCH)


def _with_both_days(session: Session, filters: Filters) -> Filters:
    """Filters with an end where only a beginning is given, and the other way round: days are terms, and terms have no order."""
    if not filters.first and not filters.last:
        return filters
    first, last = filters.first, filters.last
    if first is None or last is None:
        known_first, known_last = session.execute(select(func.min(CallRow.day), func.max(CallRow.day))).one()
        first, last = first or known_first, last or known_last
    return replace(filters, first=first or last, last=last or first)


def _texts(person: Person, filters: Filters, keys: Sequence[int]) -> Select[tuple[int, str]]:
    rows = _rows(("key", "inspection_id", "position"), [(key, *turn_of(key)) for key in keys])
    query = (
        select(rows.c.key, TurnRow.text)
        .join(TurnRow, (TurnRow.inspection_id == rows.c.inspection_id) & (TurnRow.position == rows.c.position))
        .join(InspectionRow, InspectionRow.id == TurnRow.inspection_id)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(visible(person, CallRow.vendor), is_newest())
        .order_by(rows.c.key.desc())
    )
    # The index has hashes of these; the columns themselves have the word.
    for held, value in (
        (CallRow.vendor, filters.vendor),
        (CallRow.project, filters.project),
        (CallRow.agent, filters.agent),
        (TurnRow.speaker, filters.speaker),
    ):
        query = query.where(held == value) if value else query
    return query


def _hits(session: Session, keys: Sequence[int], wanted: Sought) -> Iterator[Hit]:
    calls, around = _calls(session, keys), _around(session, keys)
    for key in keys:
        inspection_id, position = turn_of(key)
        near = [turn for turn in around[inspection_id] if abs(turn.position - position) <= _AROUND]
        masked = dict(zip((turn.position for turn in near), mask_row([turn.text for turn in near]), strict=True))
        turn = next(one for one in near if one.position == position)
        yield _hit(key, calls[inspection_id], turn, masked, wanted)


def _calls(session: Session, keys: Sequence[int]) -> dict[int, CallRow]:
    """Calls by their inspections."""
    query = (
        select(InspectionRow.id, CallRow)
        .join(RecordingRow, RecordingRow.id == InspectionRow.recording_id)
        .join(CallRow, CallRow.id == RecordingRow.call_pk)
        .where(InspectionRow.id.in_({turn_of(key)[0] for key in keys}))
    )
    return dict(session.execute(query).tuples().all())


def _around(session: Session, keys: Sequence[int]) -> dict[int, list[TurnRow]]:
    """The turns of the keys and those around them, in order, by inspection."""
    wanted = {
        (inspection_id, position + step)
        for inspection_id, position in map(turn_of, keys)
        for step in range(-_AROUND, _AROUND + 1)
    }
    rows = _rows(("inspection_id", "position"), sorted(wanted))
    at = (TurnRow.inspection_id == rows.c.inspection_id) & (TurnRow.position == rows.c.position)
    query = select(TurnRow).join(rows, at).order_by(TurnRow.inspection_id, TurnRow.position)
    found = session.scalars(query)
    return {inspection_id: list(turns) for inspection_id, turns in groupby(found, lambda turn: turn.inspection_id)}


def _rows(names: Sequence[str], rows: Sequence[tuple[int, ...]]) -> CTE:
    """Numbers as a table to join with: an index is used for each row, which it is not for a list of pairs."""
    columns = (column(name, BigInteger) for name in names)
    return values(*columns).data(list(rows) or [(-1,) * len(names)]).cte("wanted")


def _hit(key: int, call: CallRow, turn: TurnRow, masked: Mapping[int, str], wanted: Sought) -> Hit:
    shown = masked[turn.position]
    plain, origin = normalize_aligned(shown)
    spans = [(origin[place.start], origin[place.end - 1] + 1, place.likeness) for place in places(wanted, plain)]
    return Hit(
        key,
        call.id,
        call.vendor,
        call.project,
        call.agent,
        call.call_id,
        call.day,
        call.started_at,
        turn.speaker,
        _moment(turn, spans[0][0] if spans else 0),
        tuple(_pieces(shown, spans)),
        masked.get(turn.position - 1, ""),
        masked.get(turn.position + 1, ""),
    )


def _pieces(shown: str, spans: Sequence[tuple[int, int, Likeness]]) -> Iterator[Piece]:
    at = 0
    for start, end, likeness in spans:
        if start < at:
            continue  # two wordings over the same words
        if at < start:
            yield Piece(shown[at:start], None)
        yield Piece(shown[start:end], likeness)
        at = end
    if at < len(shown):
        yield Piece(shown[at:], None)


def _moment(turn: TurnRow, at: int) -> int:
    """When the character at `at` is said: by its word, or where the words do not spell the text, by its share of the turn."""
    words = json.loads(turn.words)
    starts = [start for word, start, _, _ in words for _ in word]
    if len(starts) == len(turn.text):
        return int(starts[at])
    return turn.start_ms + (turn.end_ms - turn.start_ms) * at // max(1, len(turn.text))
