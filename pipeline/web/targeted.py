"""Calls drawn on purpose (定向抽检): finding one, drawing it with a reason, and what has become of those that were drawn.

Reviewers do not see which calls these are: who knows that the worst is expected hears it.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.review.rights import ROLES, Act
from pipeline.services.drawing import policy_of
from pipeline.services.targeting import LONGEST_REASON, draw_on_purpose
from pipeline.store.offered import vendors_with_calls
from pipeline.store.states import find_call
from pipeline.store.targets import WhyNot, targeted_calls, why_not
from pipeline.store.visible import visible_call
from pipeline.web.call_words import OUTCOMES, STATES
from pipeline.web.numbers import Before, InPath
from pipeline.web.pages import page
from pipeline.web.refusals import Conflict, refused_as
from pipeline.web.visit import Supervising, TargetedReading

router = APIRouter()
_A_PAGE = 30
WHY_NOT = {
    WhyNot.WAITING: "这通电话已经抽中，下一夜就会质检，不用再抽。",
    WhyNot.HEARD: "这通电话已经质检过，同一录音再听结果不变，不能再抽。",
    WhyNot.WITHDRAWN: "这通电话已被撤回，不能抽检。",
    WhyNot.NOT_CONNECTED: "这通电话报的是未接通，没有录音可听，不能抽检。",
    WhyNot.CLOSED: "这通电话抽中过但没有听成，所在月份已经关账，不能再抽。",
}


@router.get("/draws")
def targeted_draws(
    request: Request, visit: TargetedReading, vendor: str = "", call_id: str = "", before: Before = None, done: str = ""
) -> Response:
    """The list, and the call that was looked for."""
    with visit.reading() as session:
        found = find_call(session, vendor.strip(), call_id.strip()) if call_id.strip() else None
        refused = why_not(session, found) if found is not None else None
        drawn = targeted_calls(session, before=before, limit=_A_PAGE + 1)
        return page(
            visit, request, "draws.html", drawn=drawn[:_A_PAGE], found=found, is_sought=bool(call_id.strip()),
            refused=WHY_NOT[refused] if refused else "", vendor=vendor, call_id=call_id, state_names=STATES,
            outcome_names=OUTCOMES, vendors=[(one, one) for one in vendors_with_calls(session, visit.person)],
            may_draw=visit.person.role in ROLES[Act.DRAW_ON_PURPOSE], longest_reason=LONGEST_REASON, is_first=before is None,
            next_before=drawn[_A_PAGE - 1].drawn_call_id if len(drawn) > _A_PAGE else None, is_done=done == "drawn",
        )  # fmt: skip


@router.post("/calls/{call_pk}/draw")
def draw_call(visit: Supervising, call_pk: InPath, reason: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Let the next night hear a call."""
    with visit.writing() as session:
        call = visible_call(session, visit.person, call_pk)
        if (refused := why_not(session, call)) is not None:
            raise Conflict(WHY_NOT[refused])
        with refused_as(WHY_NOT[WhyNot.WAITING], "请写明抽检原因，最多 400 字。"):
            draw_on_purpose(session, call, reason, visit.person, policy_of(visit.settings).version, visit.now)
    return RedirectResponse("/draws?done=drawn", 303)
