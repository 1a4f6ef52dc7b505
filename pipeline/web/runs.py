"""What the machine did: its last runs, what it does now, how a day's calls stand, and the calls that it could not hear."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.records.person import Role
from pipeline.store.call_file import subject_of
from pipeline.store.events import record_event
from pipeline.store.nights import night_results
from pipeline.store.offered import last_day_with_calls, vendors_with_calls
from pipeline.store.runs import latest_runs
from pipeline.store.states import counts_by_state
from pipeline.store.tables import Did
from pipeline.store.unheard import at_work, retry, unheard_calls
from pipeline.store.work import open_work
from pipeline.web.call_words import REASONS, STATES
from pipeline.web.numbers import InPath, Offset, day_of
from pipeline.web.pages import page
from pipeline.web.refusals import refused_as
from pipeline.web.visit import RunsReading, Supervising

router = APIRouter()
_A_PAGE, _RUNS = 30, 20
COUNT_NAMES = {
    "draws": "抽样",
    "inspected": "已质检",
    "partial": "部分可检",
    "quarantined": "无法质检",
    "not_produced": "未提供录音",
    "findings": "发现",
    "taken_over": "由别的进程接手",
}
STAGE_NAMES = {
    "draw": "抽样",
    "pull": "取录音",
    "decode": "解码",
    "vad": "找语音",
    "transcribe": "转写",
    "check": "检查",
    "store": "入库",
    "whole": "总用时",
}


@router.get("/runs")
def runs(request: Request, visit: RunsReading, day: str = "", vendor: str = "", skip: Offset = 0) -> Response:
    """The page."""
    with visit.reading() as session:
        shown = day_of(day) or last_day_with_calls(session, visit.person)
        unheard, is_more = unheard_calls(session, visit.person, vendor=vendor or None, skip=skip, size=_A_PAGE)
        return page(
            visit, request, "runs.html", day=shown, vendor=vendor, unheard=unheard, skip=skip,
            further=skip + _A_PAGE if is_more else None, state_names=STATES, reason_names=REASONS,
            count_names=COUNT_NAMES, stage_names=STAGE_NAMES, can_retry=visit.person.role is Role.SUPERVISOR,
            runs=latest_runs(session, _RUNS),
            at_work=at_work(session, visit.now),
            waiting=open_work(session),
            states=counts_by_state(session, shown) if shown else {},
            nights=night_results(session, shown) if shown else (),
            vendors=[(one, one) for one in vendors_with_calls(session, visit.person)],
        )  # fmt: skip


@router.post("/runs/retry/{call_pk}")
def retry_call(visit: Supervising, call_pk: InPath) -> Response:
    """Let the next night try a call again that could not be heard."""
    with (
        visit.writing() as session,
        refused_as("这通录音不能重试：已经在排队、已经听过、已经销毁，或所在月份已经关账。"),
    ):
        call = retry(session, visit.person, call_pk, visit.now)
        record_event(session, visit.person, Did.CHANGED, subject_of(call), visit.now, "retry")
    return RedirectResponse("/runs#unheard", 303)
