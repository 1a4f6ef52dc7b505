"""The queue: what to hear next, and the one button that chooses for the reviewer.

Nothing here says why somebody is handed a call: what is on his desk is listed without what was found in it, and stands in no other list.
"""

from random import SystemRandom
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.checks.catalogue import RULES, entry
from pipeline.export.words import GRADES
from pipeline.records.call import CallState
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.services.queue_view import queue_view
from pipeline.services.queueing import next_call, review_policy
from pipeline.store.desks import on_desk, put_back
from pipeline.store.queue_page import COUNTED, Place, QueueFilter, counted, projects_in_queue, vendors_in_queue
from pipeline.web.call_words import STATES
from pipeline.web.numbers import InPath, day_of
from pipeline.web.pages import page, rule_name
from pipeline.web.refusals import BadInput
from pipeline.web.visit import Centre, Visit

router = APIRouter()
OPEN, DECIDED, MINE = "open", "decided", "mine"
_STATES = (CallState.INSPECTED, CallState.PARTIAL, CallState.QUARANTINED, CallState.WITHDRAWN)
_FAULTS = [rule for rule in RULES if entry(rule).severity is not Severity.NOTICE]
_DICE = SystemRandom()


@router.get("/queue")
def queue(
    request: Request,
    visit: Centre,
    show: str = OPEN,
    vendor: str = "",
    project: str = "",
    rule: str = "",
    agent: str = "",
    day: str = "",
    state: str = "",
    grade: str = "",
    after: str = "",
    empty: str = "",
) -> Response:
    """A page of calls under some filters, those with undecided findings, those that are decided, or what is on the person's own desk."""
    if show not in (OPEN, DECIDED, MINE):
        raise BadInput("没有这个列表。")
    wanted = QueueFilter(
        is_open=show != DECIDED,
        vendor=vendor.strip() or None,
        project=project.strip() or None,
        rule=rule.strip() or None,
        agent=agent.strip() or None,
        day=day_of(day),
        state=state.strip() or None,
        grade=_grade(grade.strip()),
    )
    policy_month = Month.of(visit.today)
    with visit.reading() as session:
        view = queue_view(session, visit.person, wanted, _place(after), visit.now, review_policy(session, policy_month))
        totals = {each: counted(session, visit.person, QueueFilter(is_open=each == OPEN)) for each in (OPEN, DECIDED)}
        vendors, projects = vendors_in_queue(session, visit.person), projects_in_queue(session)
    chosen = {"vendor": vendor, "project": project, "rule": rule, "agent": agent, "day": day, "state": state, "grade": grade}  # fmt: skip
    further = view.page.further
    given = {name: value for name, value in chosen.items() if value}
    return page(
        visit,
        request,
        "queue.html",
        view=view,
        show=show,
        chosen=chosen,
        is_filtered=bool(given),
        totals=totals,
        most=COUNTED,
        vendors=[(one, one) for one in vendors],
        projects=[(one, one) for one in projects],
        rules=[(one, rule_name(one)) for one in _FAULTS],
        states=[(one.value, STATES[one]) for one in _STATES],
        grades=list(enumerate(GRADES))[1:],
        is_first=not after,
        first=_address(show, given),
        further=further and _address(show, given, f"{further[0]}.{further[1]}"),
        all_of=_address(show, {}),
        nothing_left=bool(empty),
    )


@router.post("/queue/next")
def next_in_queue(visit: Centre) -> Response:
    """Hand the person a call and show it."""
    return RedirectResponse(next_address(visit), 303)


@router.post("/queue/{call_pk}/back")
def put_back_into_queue(visit: Centre, call_pk: InPath) -> Response:
    """Take a call off the person's desk, for the others to judge."""
    with visit.writing() as session:
        put_back(session, call_pk, visit.person, visit.now)
        is_more = bool(on_desk(session, visit.person))
    return RedirectResponse("/queue?show=mine" if is_more else "/queue", 303)


def next_address(visit: Visit) -> str:
    """Hand the person a call: where it is shown. What he was handed before and is not done with comes first."""
    policy_month = Month.of(visit.today)
    with visit.writing() as session:
        call_pk = next_call(session, visit.person, visit.now, review_policy(session, policy_month), _DICE)
    return "/queue?empty=1" if call_pk is None else f"/calls/{call_pk}"


def _address(show: str, given: dict[str, str], after: str = "") -> str:
    return "/queue?" + urlencode({"show": show, **given, **({"after": after} if after else {})})


def _grade(text: str) -> int | None:
    if text and text not in ("1", "2", "3"):
        raise BadInput("级别是 1、2 或 3。")
    return int(text) if text else None


def _place(text: str) -> Place | None:
    """Where a page begins. Raises BadInput."""
    if not text:
        return None
    priority, _, call_pk = text.partition(".")
    digits = (priority.removeprefix("-"), call_pk)
    if not all(one.isascii() and one.isdecimal() and len(one) <= 18 for one in digits):
        raise BadInput("这一页的地址不完整，请回到第一页。")
    return int(priority), int(call_pk)
