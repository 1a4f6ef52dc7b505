"""What is kept, what stays for a reason, what is destroyed and who signed it, and whether vendors can produce old recordings."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.policy.sampling import RetentionPolicy
from pipeline.records.person import Role
from pipeline.services.drawing import policy_on
from pipeline.services.probing import MOST_CALLS, answer, ask, probes
from pipeline.services.retention import MOST_ON_A_LIST, carry_out, decline, propose, sign
from pipeline.store.destructions import confirm_copies, destructions, listed, vendor_copies
from pipeline.store.offered import vendors_with_calls
from pipeline.store.retention import due_recordings, holds, place_hold, release_hold
from pipeline.store.states import find_call
from pipeline.store.tables import Gone
from pipeline.store.visible import NotThere, visible_call
from pipeline.web.numbers import InForm, InPath
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import RetentionReading, Supervising, Visit

router = APIRouter()
GONE_NAMES = {Gone.DELETED: "已删除", Gone.SHARED: "文件另一通仍需要，已不可播放", Gone.HELD: "又需留存，未销毁"}
_SHOWN = 100
_Field = Annotated[str, Form(max_length=2000)]


@router.get("/retention")
def retention(request: Request, visit: RetentionReading) -> Response:
    """The page."""
    policy = _policy(visit)
    with visit.reading() as session:
        due, held = due_recordings(session, policy, visit.today, limit=MOST_ON_A_LIST)
        lists = destructions(session)
        return page(
            visit, request, "retention.html", due=due, held=held, shown=_SHOWN, most=MOST_ON_A_LIST, policy=policy,
            most_asked=MOST_CALLS, may_sign=visit.person.role is Role.SUPERVISOR, today=visit.today,
            far=visit.today + timedelta(days=36500),
            holds=holds(session),
            lists=lists,
            probes=probes(session),
            vendors=[(one, one) for one in vendors_with_calls(session, visit.person)],
        )  # fmt: skip


@router.get("/retention/lists/{number}")
def destruction_list(request: Request, visit: RetentionReading, number: InPath) -> Response:
    """A list with its recordings and what became of them."""
    with visit.reading() as session:
        found = destructions(session, number)
        if not found:
            raise NotThere(f"there is no list {number}")
        return page(
            visit, request, "destruction.html", one=found[0], gone_names=GONE_NAMES,
            may_sign=visit.person.role is Role.SUPERVISOR,
            items=listed(session, number), copies=vendor_copies(session, number),
        )  # fmt: skip


@router.post("/retention/propose")
def propose_destruction(visit: Supervising) -> Response:
    """Make a list of what is due."""
    policy = _policy(visit)
    with visit.writing() as session, refused_as("现在没有到期可销毁的录音。"):
        number = propose(session, policy, visit.person, visit.now, visit.today)
    return RedirectResponse(f"/retention/lists/{number}", 303)


@router.post("/retention/lists/{number}/sign")
def sign_destruction(visit: Supervising, number: InPath, seen: _Field = "") -> Response:
    """Sign a list by the beginning of its hash, and carry it out."""
    if len(seen.strip()) < 8 or not _sha256_of(visit, number).startswith(seen.strip().lower()):
        raise BadInput("请输入清单校验值的前 8 位以上，表示您核对过这张清单。")
    with visit.writing() as session, refused_as("这张清单不能由您签字：须由提出者以外的主管签字，且尚未处理。"):
        sign(session, number, visit.person, visit.now, visit.today)
    carry_out(visit.settings, visit.engine, _policy(visit), number, visit.now, visit.today)
    return RedirectResponse(f"/retention/lists/{number}", 303)


@router.post("/retention/lists/{number}/resume")
def resume_destruction(visit: Supervising, number: InPath) -> Response:
    """Go on with a signed list that was interrupted."""
    with refused_as("这张清单还没有签字。"):
        carry_out(visit.settings, visit.engine, _policy(visit), number, visit.now, visit.today)
    return RedirectResponse(f"/retention/lists/{number}", 303)


@router.post("/retention/lists/{number}/decline")
def decline_destruction(visit: Supervising, number: InPath) -> Response:
    """Let a list be."""
    with visit.writing() as session, refused_as("这张清单已经签字或退回。"):
        decline(session, number, visit.person, visit.now)
    return RedirectResponse("/retention", 303)


@router.post("/retention/lists/{number}/copies")
def confirm_vendor_copies(visit: Supervising, number: InPath, vendor: _Field = "", document: _Field = "") -> Response:
    """Write which document says that a vendor has destroyed its copies."""
    if not document.strip():
        raise BadInput("请写明外呼公司证明文件的名称或文号。")
    with visit.writing() as session, refused_as("这家外呼公司没有待确认的副本。"):
        confirm_copies(session, number, vendor, document.strip(), visit.person, visit.now)
    return RedirectResponse(f"/retention/lists/{number}", 303)


@router.post("/retention/hold")
def hold_call(visit: Supervising, vendor: _Field = "", call_id: _Field = "", reason: _Field = "") -> Response:
    """Let a call's recordings stay, by hand."""
    with visit.writing() as session, refused_as("这通录音已经销毁。", "请写明留存原因，最多 400 字。"):
        call = find_call(session, vendor.strip(), call_id.strip())
        if call is None:
            raise BadInput("没有这通电话，请核对外呼公司和通话编号。")
        visible_call(session, visit.person, call.id)
        place_hold(session, call, reason, visit.person, visit.now)
    return RedirectResponse("/retention#holds", 303)


@router.post("/retention/holds/{hold_id}/release")
def release_call(visit: Supervising, hold_id: InPath) -> Response:
    """Let a hold go."""
    with visit.writing() as session, refused_as("这条留存已经解除。"):
        release_hold(session, hold_id, visit.person, visit.now)
    return RedirectResponse("/retention#holds", 303)


@router.post("/retention/probe")
def probe_vendor(visit: Supervising, vendor: _Field = "", count: InForm = 3) -> Response:
    """Ask a vendor for old recordings, chosen by a seed that is written down."""
    policy, seed = _policy(visit), secrets.token_hex(8)
    with (
        visit.writing() as session,
        refused_as("这家外呼公司没有在留存期内、满一个月的通话。", "一次调取 1 到 20 通。"),
    ):
        ask(session, policy, vendor, seed, count, visit.person, visit.now, visit.today)
    return RedirectResponse("/retention#probes", 303)


@router.post("/retention/probes/{probe_id}")
def answer_probe(visit: Supervising, probe_id: InPath, produced: _Field = "", note: _Field = "") -> Response:
    """Write whether the vendor could produce a recording."""
    if produced not in ("yes", "no"):
        raise BadInput("请选择能否调取。")
    with visit.writing() as session, refused_as("这通录音的调取结果已经记录。"):
        answer(session, probe_id, produced == "yes", note, visit.person, visit.now)
    return RedirectResponse("/retention#probes", 303)


def _policy(visit: Visit) -> RetentionPolicy:
    return policy_on(visit.settings, visit.engine, visit.today).retention


def _sha256_of(visit: Visit, number: int) -> str:
    with visit.reading() as session:
        found = destructions(session, number)
    if not found:
        raise NotThere(f"there is no list {number}")
    return found[0].items_sha256
