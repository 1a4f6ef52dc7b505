"""What somebody may see at all: a vendor's people their own vendor's, everybody else every vendor's.

The one function in front of every query that a page or the read side makes. What is not visible is not there: a foreign call answers like one
that does not exist.

    select(CallRow).where(CallRow.id == 7, visible(person, CallRow.vendor))
"""

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from pipeline.errors import StoreError
from pipeline.records.person import Person, Role
from pipeline.store.tables import CallRow


class NotThere(StoreError):
    """There is no such thing, or none that the person may see: nobody learns which."""


def visible(person: Person, vendor: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition on a vendor column. A vendor's person without a vendor sees nothing."""
    if person.role is not Role.VENDOR:
        return true()
    return vendor == (person.vendor or "")


def visible_vendor(person: Person, vendor: str) -> str:
    """The vendor, where the person may see it. Raises NotThere."""
    if person.role is Role.VENDOR and vendor != person.vendor:
        raise NotThere(f"there is no vendor {vendor!r}")
    return vendor


def visible_call(session: Session, person: Person, call_pk: int) -> CallRow:
    """A call that the person may see. Raises NotThere."""
    query = select(CallRow).where(CallRow.id == call_pk, visible(person, CallRow.vendor))
    if (row := session.scalars(query).one_or_none()) is None:
        raise NotThere(f"there is no call {call_pk}")
    return row
