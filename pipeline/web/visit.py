"""A request of somebody who is logged in, and who may make it.

    @router.get("/queue")
    def queue(visit: Centre) -> Response: ...

`Centre` and its siblings are the only way to a page: they know the session, refuse other roles, check the form's token on everything that
changes something, and hand over the person, in whose name all queries are scoped (`store/visible.py`). A route that has none of them does not start.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from pipeline.records.person import Person, Role
from pipeline.settings import Settings
from pipeline.store.api_tokens import find_token
from pipeline.store.engine import reading, writing
from pipeline.store.events import record_event
from pipeline.store.tables import Did
from pipeline.store.web_sessions import find_session, touch_session
from pipeline.web.refusals import Forbidden, LoggedOut, NoToken, TooOften, WrongToken

COOKIE = "callqa_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's: the installation, who asks, when, and the token that his forms carry."""

    settings: Settings
    engine: Engine
    person: Person
    csrf: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are counted."""
        return ZoneInfo(self.settings.timezone)

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the store."""
        with reading(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction."""
        with writing(self.engine) as session:
            yield session

    def tell(self, did: Did, subject: str, detail: str = "") -> None:
        """Write into the audit trail, in a transaction of its own."""
        with self.writing() as session:
            record_event(session, self.person, did, subject, self.now, detail)


@dataclass(frozen=True, slots=True)
class Allow:
    """The roles that a route lets in. `by_token`: it is the read side's, which programs reach with a token of somebody's (`web/api`)."""

    roles: frozenset[Role]
    by_token: bool = False

    async def __call__(self, request: Request) -> Visit:
        """The visit. Raises LoggedOut, Forbidden, WrongToken, NoToken or TooOften."""
        visit = await run_in_threadpool(_visit_by_token if self.by_token else _visit_of, request)
        request.state.visit = visit
        if request.method not in _SAFE:
            given = request.headers.get(CSRF_HEADER) or str((await request.form()).get(CSRF_FIELD, ""))
            # The read side has no forms, and what has none is not changed.
            if self.by_token or not hmac.compare_digest(given.encode(), visit.csrf.encode()):
                raise WrongToken
        if visit.person.role not in self.roles:
            raise Forbidden(visit.person.role)
        return visit


def _visit_of(request: Request) -> Visit:
    settings, engine, token = request.app.state.settings, request.app.state.engine, request.cookies.get(COOKIE, "")
    now = datetime.now(UTC)
    if not token:
        raise LoggedOut
    with reading(engine) as session:
        found = find_session(session, token, now)
    if found is None:
        raise LoggedOut
    if found.is_due:
        with writing(engine) as session:
            touch_session(session, token, now)
    return Visit(settings, engine, found.person, found.csrf, now)


def _visit_by_token(request: Request) -> Visit:
    """Of the person whose token it is; without one, of who is logged in."""
    if (header := request.headers.get("Authorization")) is None:
        try:
            return _visit_of(request)
        except LoggedOut as error:
            raise NoToken from error
    state, now = request.app.state, datetime.now(UTC)
    address = request.client.host if request.client else ""
    if not state.attempts.may_try(address, now):
        raise TooOften
    scheme, _, token = header.partition(" ")
    with reading(state.engine) as session:
        person = find_token(session, token.strip()) if scheme.lower() == "bearer" else None
    if person is None:
        state.attempts.failed(address, now)
        raise NoToken
    return Visit(state.settings, state.engine, person, "", now)


def allow(*roles: Role) -> Allow:
    """A route for these roles."""
    return Allow(frozenset(roles))


def read_by(*roles: Role) -> Allow:
    """A route of the read side for these roles."""
    return Allow(frozenset(roles), by_token=True)


CENTRE = (Role.REVIEWER, Role.SUPERVISOR)
HOUSE = (*CENTRE, Role.MARKETING, Role.VICE_PRESIDENT)

Anybody = Annotated[Visit, Depends(allow(*Role))]
"""Whoever is logged in."""
Centre = Annotated[Visit, Depends(allow(*CENTRE))]
"""Reviewers and supervisors of the customer service centre."""
Supervising = Annotated[Visit, Depends(allow(Role.SUPERVISOR))]
"""Supervisors."""
House = Annotated[Visit, Depends(allow(*HOUSE))]
"""The operator's own people who judge and approve."""
HouseReading = Annotated[Visit, Depends(allow(*HOUSE, Role.AUDITOR))]
"""Those and the auditor, who reads everything and changes nothing."""
CallReading = Annotated[Visit, Depends(allow(*HOUSE, Role.AUDITOR, Role.VENDOR))]
"""Who may hear a call: the house, the auditor, and a vendor's people their own."""
Disputing = Annotated[Visit, Depends(allow(*CENTRE, Role.AUDITOR, Role.VENDOR))]
"""Who takes part in appeals and complaints or reads them: the centre, the auditor, and a vendor's people in their own."""
Searching = Annotated[Visit, Depends(allow(*CENTRE, Role.AUDITOR))]
"""Who may search all transcripts: the centre, and the auditor."""
RulesReading = Annotated[Visit, Depends(allow(*HOUSE, Role.AUDITOR, Role.ADMINISTRATOR))]
"""Who may read rules and policy: the house, the auditor, and administrators."""
RulesApproving = Annotated[Visit, Depends(allow(Role.SUPERVISOR, Role.VICE_PRESIDENT))]
"""Who approves a change of the rules that somebody else has proposed."""
PolicyProposing = Annotated[
    Visit, Depends(allow(Role.SUPERVISOR, Role.MARKETING, Role.VICE_PRESIDENT, Role.ADMINISTRATOR))
]
"""Who may propose a policy (P-11)."""
PolicyApproving = Annotated[Visit, Depends(allow(Role.VICE_PRESIDENT))]
"""Who puts a policy in force."""
OfVendor = Annotated[Visit, Depends(allow(Role.VENDOR))]
"""A vendor's people."""
RunsReading = Annotated[Visit, Depends(allow(*CENTRE, Role.AUDITOR, Role.ADMINISTRATOR))]
"""Who may see what the machine did and does."""
RetentionReading = Annotated[Visit, Depends(allow(Role.SUPERVISOR, Role.AUDITOR))]
"""Who may see what is kept and what is destroyed."""
TargetedReading = Annotated[Visit, Depends(allow(Role.SUPERVISOR, Role.AUDITOR))]
"""Who may see which calls were drawn on purpose."""
Administering = Annotated[Visit, Depends(allow(Role.ADMINISTRATOR))]
"""Administrators, who hear and judge nothing."""
Auditing = Annotated[Visit, Depends(allow(Role.AUDITOR, Role.ADMINISTRATOR, Role.SUPERVISOR))]
"""Who may see what others did."""
ApiAnybody = Annotated[Visit, Depends(read_by(*Role))]
"""On the read side: whoever has a token."""
ApiCallReading = Annotated[Visit, Depends(read_by(*HOUSE, Role.AUDITOR, Role.VENDOR))]
"""As CallReading."""
ApiHouseReading = Annotated[Visit, Depends(read_by(*HOUSE, Role.AUDITOR))]
"""As HouseReading."""
ApiRunsReading = Annotated[Visit, Depends(read_by(*CENTRE, Role.AUDITOR, Role.ADMINISTRATOR))]
"""As RunsReading."""
