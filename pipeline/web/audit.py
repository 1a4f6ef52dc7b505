"""What people did: who read, heard, unmasked, decided, changed and exported what, as a page and as a file. Both leave a line of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from pipeline.export.columns import Column
from pipeline.export.words import ROLES
from pipeline.store.events import Event, events
from pipeline.store.people import users
from pipeline.store.tables import Did
from pipeline.web.audit_words import detail_said, subject_code, subject_said
from pipeline.web.downloads import csv_response
from pipeline.web.numbers import Before, day_of
from pipeline.web.pages import gettext_of, page
from pipeline.web.refusals import BadInput
from pipeline.web.visit import Auditing, Visit

router = APIRouter()
_A_PAGE, _MOST_ROWS = 100, 100_000
_ASKED = ("name", "did", "subject", "day", "last")
DID_NAMES = {
    Did.LOGGED_IN: "登录",
    Did.LOG_IN_FAILED: "登录失败",
    Did.LOGGED_OUT: "退出",
    Did.READ: "查看",
    Did.HEARD: "听录音",
    Did.UNMASKED: "显示个人信息",
    Did.DECIDED: "判定",
    Did.EXPORTED: "导出",
    Did.CHANGED: "修改",
    Did.REFUSED: "被拒绝",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is in the form: a person, an act, the beginning of a subject, the first day and the last."""

    name: str = ""
    did: str = ""
    subject: str = ""
    day: str = ""
    last: str = ""

    @property
    def act(self) -> Did | None:
        """The act. Raises BadInput."""
        if self.did and self.did not in set(Did):
            raise BadInput("操作请在列表里选择。")
        return Did(self.did) if self.did else None

    @property
    def address(self) -> dict[str, str]:
        """What of it is filled in, for links."""
        return {key: getattr(self, key) for key in _ASKED if getattr(self, key)}


@router.get("/audit")
def audit(request: Request, visit: Auditing, asked: Annotated[Asked, Depends()], before: Before = None) -> Response:
    """A page of events, the latest first."""
    found = _found(request, visit, asked, before, _A_PAGE + 1)
    lines = found[:_A_PAGE]
    with visit.reading() as session:
        people = [user.person.name for user in users(session)]
    visit.tell(Did.READ, "audit", urlencode(asked.address))
    return page(
        visit, request, "audit.html", asked=asked, lines=lines, people=people, did_names=DID_NAMES,
        role_names=ROLES, subject_said=subject_said, detail_said=detail_said, is_first=before is None,
        next_before=lines[-1].event_id if len(found) > _A_PAGE else None,
    )  # fmt: skip


@router.get("/audit/table")
def audit_table(request: Request, visit: Auditing, asked: Annotated[Asked, Depends()]) -> Response:
    """The same as a file, without pages: at most so many lines, the latest."""
    found = _found(request, visit, asked, None, _MOST_ROWS)
    visit.tell(Did.EXPORTED, "audit", urlencode(asked.address))
    columns: tuple[Column[Event], ...] = (
        Column("event", "编号", lambda one: one.event_id),
        Column("at", "时间", lambda one: f"{one.at.astimezone(visit.zone):%Y-%m-%d %H:%M:%S}"),
        Column("person", "人员", lambda one: one.person),
        Column("role", "角色", lambda one: ROLES[one.role] if one.role else ""),
        Column("did", "操作", lambda one: DID_NAMES[one.did]),
        Column("subject", "对象", lambda one: one.subject),
        Column("detail", "说明", lambda one: one.detail),
    )
    return csv_response("操作记录", columns, found)


def _found(request: Request, visit: Visit, asked: Asked, before: int | None, limit: int) -> Sequence[Event]:
    first, last = day_of(asked.day), day_of(asked.last)
    with visit.reading() as session:
        return events(
            session,
            person=asked.name.strip() or None,
            did=asked.act,
            subject=subject_code(asked.subject.strip(), gettext_of(request)) or None,
            since=_start(visit, first) if first else None,
            until=_start(visit, last + timedelta(days=1)) if last else None,
            before=before,
            limit=limit,
        )


def _start(visit: Visit, day: date) -> datetime:
    return datetime.combine(day, time(), visit.zone)
