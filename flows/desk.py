"""What a command that somebody answers for works with: the store, the person who has proven himself, the clock, the zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine

from flows.signing_in import sign_in
from pipeline.findings.confirmation import Confirmation
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.records.person import Person
from pipeline.review.rights import ROLES, Act
from pipeline.services.drawing import open_store
from pipeline.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Desk:
    """One command's."""

    engine: Engine
    person: Person
    now: datetime
    zone: ZoneInfo
    settings: Settings

    @property
    def model(self) -> Confirmation | None:
        """The accepted one, by which the queue ranks."""
        return load_confirmation(self.settings.confirmation_path)

    @property
    def today(self) -> date:
        """The day it is in the configured zone."""
        return self.now.astimezone(self.zone).date()


def sit_down(context: typer.Context, acting: str, act: Act) -> Desk:
    """The desk of somebody who may do the act. Raises StoreError where he has not proven himself, or may not."""
    settings = load(context.obj)
    engine = open_store(settings)
    person = sign_in(engine, acting, allowed=ROLES[act])
    return Desk(engine, person, datetime.now(UTC), ZoneInfo(settings.timezone), settings)
