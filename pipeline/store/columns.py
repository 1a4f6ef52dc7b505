"""What all tables share: their base, instants in UTC, words of an enumeration, wide keys.

Keys are 64 bit on PostgreSQL (a year of turns passes 2³¹) and SQLite's own row number there. Constraints have names, so that a migration can
find them on both.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, Double, Enum, Integer, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

WORD_LENGTH = 20
WIDE = BigInteger().with_variant(Integer(), "sqlite")

Key = Annotated[int, mapped_column(WIDE, primary_key=True)]


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. A datetime without a zone is refused: nobody could say later what it meant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps no zone, so what is stored there is UTC by this rule alone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"a stored instant needs a time zone, got {value.isoformat()}")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Stored(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant(), str: Text(), float: Double()}  # noqa: RUF012 - read by SQLAlchemy as it stands


def word(kind: type[StrEnum]) -> Enum:
    """A column holding a word of an enumeration as text: a new word needs no migration."""
    return Enum(
        kind, native_enum=False, length=WORD_LENGTH, values_callable=lambda words: [each.value for each in words]
    )
