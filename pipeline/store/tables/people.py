"""People, what is known of vendors and projects, and the policies in force."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.records.person import Role
from pipeline.store.columns import Key, Stored, word


class UserRow(Stored):
    """Somebody who can log in. `password` is an argon2 hash; a disabled user stays, for what he decided names him."""

    __tablename__ = "users"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(word(Role))
    vendor: Mapped[str | None]
    password: Mapped[str]
    created_by: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_by: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class FactRow(Stored):
    """Something known of a vendor or one of its projects from a day on; a later row says something newer and overwrites nothing.

    `project` is "" where the vendor itself is meant. `fact` is a word of `pipeline/records/registry.py`, `value` its text.
    """

    __tablename__ = "facts"
    __table_args__ = (Index("ix_facts_vendor_project_fact", "vendor", "project", "fact"),)

    id: Mapped[Key]
    vendor: Mapped[str]
    project: Mapped[str]
    fact: Mapped[str]
    value: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    document: Mapped[str]
    document_date: Mapped[date | None]
    person: Mapped[str]
    recorded_at: Mapped[datetime]


class PolicyRow(Stored):
    """A version of the policy, with its text as it was proposed, and from which month it is to count."""

    __tablename__ = "policies"

    version: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    from_month: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
