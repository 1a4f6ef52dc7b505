"""The ledger's rows as plain columns, in and out, past the ORM's types: quick, and a row that was altered can still be read and named."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from sqlalchemy import ColumnElement, Connection, String, func, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipeline.ledger.chain import COLUMNS, Link
from pipeline.store.tables import EntryRow

READ_AT_ONCE = 5000
# With one row a statement, SQLite opens a statement journal for each, which costs more than the row and its triggers.
WRITTEN_AT_ONCE = 200
_AT = COLUMNS.index("recorded_at")
_NAMES = ("number", *COLUMNS, "previous", "sha256")
_QUOTED = ", ".join(f'"{name}"' for name in _NAMES)
_TABLE = EntryRow.__tablename__
# As the driver gives them: words of an enumeration stay words, also those that are none.
_STORED = {name: type_coerce(getattr(EntryRow, name), String).label(name) for name in _NAMES}
# SQLite keeps an instant as the text that is hashed; PostgreSQL writes it so.
_IN_POSTGRESQL = {"recorded_at": func.to_char(func.timezone("UTC", EntryRow.recorded_at), "YYYY-MM-DD HH24:MI:SS.US")}


def insert_links(session: Session, links: Sequence[Link]) -> None:
    """Write rows at the ledger's end."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _copy(connection, links)
        return
    for start in range(0, len(links), WRITTEN_AT_ONCE):
        rows = links[start : start + WRITTEN_AT_ONCE]
        values = chain.from_iterable((row.number, *row.columns, row.previous, row.sha256) for row in rows)
        connection.exec_driver_sql(_insert(len(rows)), tuple(values))


def stored_links(session: Session, *which: ColumnElement[bool]) -> Iterator[Link]:
    """The rows for which all of it holds, in the order of their numbers, read as they are asked for."""
    connection = session.connection()
    columns = _STORED if connection.dialect.name == "sqlite" else _STORED | _IN_POSTGRESQL
    query = select(*columns.values()).where(*which).order_by(EntryRow.number)
    with connection.execute(query.execution_options(yield_per=READ_AT_ONCE)) as rows:
        for row in rows:
            yield Link(row[0], tuple(row[1:-2]), row[-2], row[-1])


@cache
def _insert(rows: int) -> str:
    values = ", ".join([f"({', '.join('?' * len(_NAMES))})"] * rows)
    return f"INSERT INTO {_TABLE} ({_QUOTED}) VALUES {values}"  # noqa: S608 - names of the table, marks for the values


def _copy(connection: Connection, links: Sequence[Link]) -> None:
    """COPY takes a sixth of what INSERT does with PostgreSQL, which has to be told that the instants are UTC."""
    statement = f"COPY {_TABLE} ({_QUOTED}) FROM STDIN"
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(statement) as lines:
            for row in links:
                columns = (*row.columns[:_AT], f"{row.columns[_AT]}+00", *row.columns[_AT + 1 :])
                lines.write_row((row.number, *columns, row.previous, row.sha256))
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError(statement, None, error) from error
    finally:
        cursor.close()
