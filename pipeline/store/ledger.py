"""The ledger in the store: entries go in at its end, once and for all, and come out in their order.

    with writing(engine) as session:
        post(session, [entry])        # in the transaction of what it records: both are stored or neither

The same key again is the entry that stands there, unchanged, whatever happened meanwhile: a step that died after its commit may run again. What
must agree is everything but the instant; that is the first posting's.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.errors import StoreError
from pipeline.ledger.chain import COLUMNS, START, Link, columns_of, link_after, posted_of
from pipeline.ledger.standing import next_open, refusal_of_month, refusal_of_reversal
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.store.engine import IN_ONE_STATEMENT, lock_against_writers
from pipeline.store.ledger_rows import insert_links, stored_links
from pipeline.store.tables import EntryRow


def post(session: Session, entries: Sequence[Entry]) -> list[Posted]:
    """Append entries inside the caller's write transaction; what stands under each key afterwards, in the order given.

    Raises StoreError, after which nothing of the transaction may be kept, where a key is known with another content, a month is closed (naming
    the next open one), or a reversal is not the exact opposite of one earlier entry that nothing has reversed.
    """
    return [posted for chunk in _posting(session, entries) for posted in chunk]


def post_many(session: Session, entries: Iterable[Entry]) -> int:
    """As `post`, for millions: entries are taken and written a thousand at a time and none is kept. Returns how many were given."""
    return sum(len(chunk) for chunk in _posting(session, entries))


def entries(
    session: Session,
    *,
    month: Month | None = None,
    vendor: str | None = None,
    project: str | None = None,
    kinds: Collection[EntryKind] | None = None,
    after: int = 0,
) -> Iterator[Posted]:
    """The entries for which all of it holds, in the order of their numbers, read as they are asked for; none that is posted meanwhile."""
    which = [EntryRow.number > after, EntryRow.number <= head(session)[0]]
    for column, value in (
        (EntryRow.month, None if month is None else str(month)),
        (EntryRow.vendor, vendor),
        (EntryRow.project, project),
    ):
        if value is not None:
            which.append(column == value)
    if kinds is not None:
        which.append(_is_of(kinds, hidden=month is not None and vendor is not None))
    return map(_whole, stored_links(session, *which))


def entry(session: Session, number: int) -> Posted:
    """An entry by its number. Raises StoreError where there is none."""
    if (found := _one(session, EntryRow.number == number)) is None:
        raise StoreError(f"the ledger has no entry {number}: its last is {head(session)[0]}")
    return found


def find_entry(session: Session, key: str) -> Posted | None:
    """The entry under a key, if it was posted."""
    return _one(session, EntryRow.key == key)


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and "" of an empty ledger."""
    last = select(EntryRow.number, EntryRow.sha256).order_by(EntryRow.number.desc()).limit(1)
    return session.execute(last).tuples().first() or (0, START)


def is_closed(session: Session, month: Month) -> bool:
    """Whether the month is closed: it has a closing entry."""
    return month in _closed_months(session)


def open_month(session: Session, month: Month) -> Month:
    """The first open month from this one on: where a late decision counts."""
    return next_open(month, _closed_months(session))


def _is_of(kinds: Collection[EntryKind], *, hidden: bool) -> ColumnElement[bool]:
    """Of one of some kinds; `hidden` from the index of kinds, by which SQLite would go through a month to find one vendor's violations."""
    if hidden:
        return func.coalesce(EntryRow.kind, "").in_([kind.value for kind in kinds])
    return EntryRow.kind.in_(kinds)


def _closed_months(session: Session) -> set[Month]:
    return set(map(Month.parse, session.scalars(select(EntryRow.month).where(EntryRow.kind == EntryKind.CLOSE))))


def _posting(session: Session, given: Iterable[Entry]) -> Iterator[list[Posted]]:
    # Two that both had seen one last entry would both write the next.
    lock_against_writers(session, EntryRow.__tablename__)
    end = _End(session)
    remaining = iter(given)
    while chunk := list(islice(remaining, IN_ONE_STATEMENT)):
        yield end.append(chunk)


class _End:
    """The ledger's end while its writer holds the lock."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._number, self._sha256 = head(session)
        self._closed = _closed_months(session)

    def append(self, chunk: Sequence[Entry]) -> list[Posted]:
        """Write what is new of the chunk; what stands under each of its keys."""
        known = self._known([entry.key for entry in chunk])
        links: list[Link] = []
        new: dict[int, Posted] = {}
        for entry in chunk:
            if (standing := known.get(entry.key)) is not None:
                _refuse_difference(standing, entry)
                continue
            self._refuse(entry, new)
            link = link_after(self._number, self._sha256, columns_of(entry))
            self._number, self._sha256 = link.number, link.sha256
            links.append(link)
            known[entry.key] = new[link.number] = Posted(link.number, entry, link.previous, link.sha256)
            if entry.kind is EntryKind.CLOSE:
                self._closed.add(entry.month)
        insert_links(self._session, links)
        return [known[entry.key] for entry in chunk]

    def _known(self, keys: Sequence[str]) -> dict[str, Posted]:
        return {link.columns[0]: _whole(link) for link in stored_links(self._session, EntryRow.key.in_(keys))}  # type: ignore[misc]

    def _refuse(self, entry: Entry, new: dict[int, Posted]) -> None:
        why = refusal_of_month(entry, self._closed)
        if why is None and (entry.reverses is not None or entry.kind is EntryKind.REVERSAL):
            why = refusal_of_reversal(entry, *self._reversed(entry.reverses or 0, new))
        if why is not None:
            raise StoreError(f"entry {entry.key!r} is refused: {why}; nothing was posted")

    def _reversed(self, number: int, new: dict[int, Posted]) -> tuple[Entry | None, int | None]:
        """The entry of that number, written or about to be, and the number of what reverses it."""
        here = next((posted.number for posted in new.values() if posted.entry.reverses == number), None)
        written = select(EntryRow.number).where(EntryRow.reverses == number)
        by = here if here is not None else self._session.scalar(written)
        if number in new:
            return new[number].entry, by
        found = _one(self._session, EntryRow.number == number)
        return (None if found is None else found.entry), by


def _one(session: Session, which: ColumnElement[bool]) -> Posted | None:
    """The only row for which it holds."""
    for link in [*stored_links(session, which)]:
        return _whole(link)
    return None


def _whole(link: Link) -> Posted:
    try:
        return posted_of(link)
    except ValueError as error:
        raise StoreError(f"entry {link.number} was altered ({error}): `callqa verify` says what else was") from error


def _refuse_difference(standing: Posted, entry: Entry) -> None:
    given = replace(entry, recorded_at=standing.entry.recorded_at)
    if given == standing.entry:
        return
    pairs = zip(COLUMNS, columns_of(standing.entry), columns_of(given), strict=True)
    differing = ", ".join(f"{name} {there!r} (given {offered!r})" for name, there, offered in pairs if there != offered)
    raise StoreError(
        f"entry {entry.key!r} stands as number {standing.number} with another content: {differing}; nothing was posted"
    )
