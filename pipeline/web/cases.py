"""Warnings, rectifications and exit cases: how they stand, and what each person may do about them (P-60 to P-63, P-71)."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import StoreError
from pipeline.export.words import ENTRIES, ROLES
from pipeline.ledger.history import Trigger
from pipeline.records.entry import Posted
from pipeline.records.person import Role
from pipeline.records.project import BusinessType
from pipeline.review.wording import written
from pipeline.services.case_book import CaseBook
from pipeline.services.cases import open_what_is_due
from pipeline.services.docket import Act, Waiting, acts_of, case_file, case_files, evidence_of, warning_counts
from pipeline.services.exiting import PROPOSE, Desk
from pipeline.store.events import record_event
from pipeline.store.facts import vendor_names
from pipeline.store.rectification_reports import rectification_reports
from pipeline.store.tables import Did
from pipeline.web.dispute_words import REPORT_NAMES
from pipeline.web.month_words import APPROVAL_NAMES, CASE_STATE_NAMES, GROUND_NAMES, TRIGGER_NAMES, TYPE_NAMES
from pipeline.web.numbers import InPath, number_of
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import House, HouseReading, Supervising, Visit

router = APIRouter()
MOST_ROWS = 200
WAITING_NAMES = {
    Waiting.NOTHING: "–",
    Waiting.DROPPING: "撤案",
    Waiting.SUSPENSION: "主管核实并记录中止新业务",
    Waiting.APPROVAL: "审批",
    Waiting.HANDOVER: "移交",
    Waiting.CLOSING: "主管结案",
}
FALLEN_NAMES = {
    Trigger.WARNINGS: "立案依据已不成立：有警告被撤销，剩下的不足以退出。",
    Trigger.RECTIFICATION: "立案依据已不成立：整改要求已随警告一并撤销。",
    Trigger.VETO: "立案依据已不成立：认定的违规已被撤销。",
    Trigger.DECISION: "立案依据已不成立。",
}
DONE = {
    "suspended": "已核实并记录：不再向该公司分配新业务。",
    "approved": "您的审批已记录。",
    "handed": "已记录移交。",
    "closed": "已结案，该公司退出；准入的业务已撤销。",
    "dropped": "已撤案，该公司恢复业务。",
    "opened": "已立案。",
    "warned": "警告已记录。",
    "voided": "警告已撤销；依据它的退出案件已重新审查。",
    "demanded": "整改要求已记录。",
    "rectified": "整改已记录为完成。",
    "vetoed": "一票否决已记录，已立案并中止新业务。",
}
_LATE = "没有记录：情况已经变了，可能别人先办了。请看下面最新的情况。"

Reason = Annotated[str, Form()]


@router.get("/cases")
def cases(request: Request, visit: HouseReading, vendor: str = "", done: str = "") -> Response:
    """All of it, of every vendor or of one."""
    with visit.reading() as session:
        book = CaseBook(session, visit.now, visit.zone)
        known = {one.vendor: one for one in book.histories(vendor or None)}
        files = case_files(book, visit.person, known)
        counts = warning_counts(book, known)
        rectifications = [one for history in known.values() for one in history.rectifications]
        reports = rectification_reports(session, visit.person, [one.number for one in rectifications])
        vendors = vendor_names(session)
    warnings = [(name, one) for name, history in known.items() for one in history.warnings]
    demanded = [(name, one) for name, history in known.items() for one in history.rectifications]
    return page(
        visit, request, "cases.html", files=files, counts=counts, reports=reports, today=visit.today, chosen=vendor, vendors=vendors,
        warnings=sorted(warnings, key=lambda one: -one[1].number)[:MOST_ROWS],
        rectifications=sorted(demanded, key=lambda one: (one[1].rectified is not None or one[1].fallen_by is not None, -one[1].number)),
        hidden=max(0, len(warnings) - MOST_ROWS), may_propose=visit.person.role in PROPOSE, done=DONE.get(done, ""),
        ground_names=GROUND_NAMES, trigger_names=TRIGGER_NAMES, state_names=CASE_STATE_NAMES, waiting_names=WAITING_NAMES,
        type_names=TYPE_NAMES, report_names=REPORT_NAMES, role_names=ROLES, approval_names=APPROVAL_NAMES,
    )  # fmt: skip


@router.get("/cases/{number}")
def case(request: Request, visit: HouseReading, number: InPath, done: str = "") -> Response:
    """One exit case: what it rests on, who has approved it, what is handed over, and the next step."""
    return _case_page(request, visit, number, done=done)


@router.post("/cases/warnings")
def give_warning(
    visit: Supervising, vendor: Annotated[str, Form()], project: Annotated[str, Form()], reason: Reason = ""
) -> Response:
    """Warn a vendor that broke a rule in operating."""
    with refused_as(
        "没有记录：该公司的这个项目本月已有经营中违规的警告。", "请选择登记过的外呼公司，并写明项目和理由。"
    ):
        of, why = written(project, "the project"), written(reason, "the reason")
        _act(visit, f"warning {vendor}", lambda desk: desk.give_warning(vendor, of, why))
    return RedirectResponse("/cases?done=warned", 303)


@router.post("/cases/warnings/{number}/void")
def void_warning(visit: Supervising, number: InPath, reason: Reason = "") -> Response:
    """Take a warning back."""
    with refused_as("没有撤销：没有这个警告，或者它已经撤销过了。", "请写明撤销的理由。"):
        why = written(reason, "the reason")
        _act(visit, f"void warning {number}", lambda desk: desk.void_warning(number, why))
    return RedirectResponse("/cases?done=voided", 303)


@router.post("/cases/rectifications")
def demand_rectification(
    visit: Supervising,
    vendor: Annotated[str, Form()],
    project: Annotated[str, Form()] = "",
    warning: Annotated[str, Form()] = "",
    demand: Reason = "",
) -> Response:
    """Demand that something be put right."""
    hangs_on = number_of(warning.strip())
    if warning.strip() and hangs_on is None:
        raise BadInput("警告写编号，例如 40。")
    with refused_as("没有记录：该公司没有这个编号的有效警告。", "请选择登记过的外呼公司，并写明要整改什么。"):
        what = written(demand, "the demand")
        of = written(project, "the project", needed=False) or None
        _act(visit, f"rectification {vendor}", lambda desk: desk.demand_rectification(vendor, of, what, hangs_on))
    return RedirectResponse("/cases?done=demanded", 303)


@router.post("/cases/rectifications/{number}/close")
def close_rectification(visit: Supervising, number: InPath, shown: Reason = "") -> Response:
    """Record that it was put right."""
    with refused_as("没有记录：没有这项整改，或者它已经结束了。", "请写明凭什么认定已整改。"):
        why = written(shown, "what shows it")
        _act(visit, f"rectified {number}", lambda desk: desk.close_rectification(number, why))
    return RedirectResponse("/cases?done=rectified", 303)


@router.post("/cases/propose")
def propose_exit(
    visit: House, vendor: Annotated[str, Form()], business_type: Annotated[str, Form()] = "", reason: Reason = ""
) -> Response:
    """Propose that a vendor leaves, altogether or one type of business."""
    if business_type and business_type not in TYPE_NAMES:
        raise BadInput("没有这种业务类型。")
    of = BusinessType(business_type) if business_type else None
    refused = "没有立案：您的角色不能提议，或同样的案件还没结，或该公司没有准入这项业务。"
    with refused_as(refused, "请选择登记过的外呼公司，并写明理由。"):
        why = written(reason, "the reason")
        opened = _act(visit, f"exit of {vendor}", lambda desk: desk.propose_exit(vendor, of, why))
    return RedirectResponse(f"/cases/{opened.number}?done=opened", 303)


@router.post("/cases/veto")
def veto(visit: House, vendor: Annotated[str, Form()], reason: Reason = "") -> Response:
    """Record that a vendor deals in another operator's products."""
    with refused_as("没有记录：您的角色不能记录一票否决。", "请选择登记过的外呼公司，并写明依据。"):
        why = written(reason, "the reason")
        _act(visit, f"veto {vendor}", lambda desk: desk.veto(vendor, why))
    return RedirectResponse("/cases?done=vetoed", 303)


@router.post("/cases/{number}/suspend")
def suspend(request: Request, visit: Supervising, number: InPath, note: Reason = "") -> Response:
    """Record that the vendor gets no new work."""
    return _decide(request, visit, number, "suspended", lambda desk: desk.record_suspension(number, _note(note)))


@router.post("/cases/{number}/approve")
def approve(request: Request, visit: House, number: InPath, note: Reason = "") -> Response:
    """One of the three approvals."""
    return _decide(request, visit, number, "approved", lambda desk: desk.approve(number, _note(note)))


@router.post("/cases/{number}/handover")
def hand_over(
    request: Request, visit: House, number: InPath, item: Annotated[str, Form()], note: Reason = ""
) -> Response:
    """Record that a piece of the checklist was handed over."""
    return _decide(request, visit, number, "handed", lambda desk: desk.hand_over(number, item, _note(note)))


@router.post("/cases/{number}/close")
def close_case(request: Request, visit: Supervising, number: InPath, note: Reason = "") -> Response:
    """Post the exit."""
    return _decide(request, visit, number, "closed", lambda desk: desk.close(number, _note(note)).posted)


@router.post("/cases/{number}/drop")
def drop_case(request: Request, visit: House, number: InPath, reason: Reason = "") -> Response:
    """End the case without an exit."""
    if not reason.strip():
        raise BadInput("请写明撤案的理由。")
    return _decide(request, visit, number, "dropped", lambda desk: desk.drop(number, _note(reason)))


def _decide(request: Request, visit: Visit, number: int, done: str, do: Callable[[Desk], Posted]) -> Response:
    """Do one thing in a case; where it is refused, the case as it stands now says why."""
    try:
        _act(visit, f"exit case {number}", do, done)
    except StoreError:
        return _case_page(request, visit, number, refused=_LATE)
    return RedirectResponse(f"/cases/{number}?done={done}", 303)


def _act(visit: Visit, subject: str, do: Callable[[Desk], Posted], detail: str = "") -> Posted:
    """One act in one transaction with what follows from it by itself."""
    with visit.writing() as session:
        posted = do(Desk(session, visit.person, visit.now, visit.zone))
        open_what_is_due(session, visit.now, vendor=posted.entry.vendor, zone=visit.zone)
        record_event(session, visit.person, Did.DECIDED, subject, visit.now, detail)
    return posted


def _note(text: str) -> str:
    with refused_as(_LATE, "备注最多 2000 字。"):
        return written(text, "the note", needed=False)


def _case_page(request: Request, visit: Visit, number: int, *, done: str = "", refused: str = "") -> Response:
    with visit.reading() as session:
        book = CaseBook(session, visit.now, visit.zone)
        file = case_file(book, number, visit.person)
        evidence, acts = evidence_of(book, file.case), acts_of(book, file.case)
    return page(
        visit, request, "case.html", status=409 if refused else 200, file=file, case=file.case, evidence=evidence, acts=acts,
        done=DONE.get(done, ""), refused=refused, acts_of_mine={act.value for act in file.may}, all_acts=Act,
        trigger_names=TRIGGER_NAMES, state_names=CASE_STATE_NAMES, waiting_names=WAITING_NAMES, fallen_names=FALLEN_NAMES,
        type_names=TYPE_NAMES, role_names=ROLES, approval_names=APPROVAL_NAMES, entry_names=ENTRIES,
        is_supervisor=visit.person.role is Role.SUPERVISOR,
    )  # fmt: skip
