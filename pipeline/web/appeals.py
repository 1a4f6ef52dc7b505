"""Appeals: filed by a vendor's people against what they lost by, read by who takes part, decided by a supervisor who had no hand in it."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile as Uploaded

from pipeline.errors import UsageError
from pipeline.export.words import ENTRIES, ROLES
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.review.attachment import Attachment, attachment
from pipeline.services.appeal_file import appeal_file
from pipeline.services.appealing import appeal, decide_appeal
from pipeline.store.attachments import find_attachment
from pipeline.store.charged import listed_appeals, visible_appeal, visible_verdict
from pipeline.store.events import record_event
from pipeline.store.offered import vendors_with_calls
from pipeline.store.tables import Did
from pipeline.web.dispute_words import DECISION_NAMES, appeal_state
from pipeline.web.numbers import InForm, InPath, Offset
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, refused_as
from pipeline.web.visit import Disputing, OfVendor, Supervising

router = APIRouter()
_A_PAGE = 50
_TOO_LATE = "这项判定现在不能申诉：可能已经申诉过、已被改判，或者申诉期已过。请刷新后再看。"
_NOT_YOURS = "这件申诉不能由您裁定：可能已经有人裁定，或者您参与过这项判定。请刷新后再看。"
_REASON = "请写明申诉理由，最多 2000 字。"
_WRONG_FILE = "附件只收录音、PDF、PNG、JPEG 图片或文本文件，最大 10 MB；按内容识别，与文件名无关。申诉没有提交。"


@router.get("/appeals")
def appeal_list(request: Request, visit: Disputing, vendor: str = "", state: str = "", offset: Offset = 0) -> Response:
    """Appeals, those that wait for a decision first."""
    with visit.reading() as session:
        found = listed_appeals(
            session,
            visit.person,
            vendor=vendor or None,
            only_open=state == "open",
            limit=_A_PAGE + 1,
            offset=offset,
        )
        vendors = vendors_with_calls(session, visit.person)
    return page(
        visit, request, "appeals.html", found=found[:_A_PAGE], vendors=[(one, one) for one in vendors], appeal_state=appeal_state,
        chosen={"vendor": vendor, "state": state}, later=offset + _A_PAGE if len(found) > _A_PAGE else None,
        earlier=max(0, offset - _A_PAGE) if offset > 0 else None,
    )  # fmt: skip


@router.post("/appeals")
def appeal_file_in(
    visit: OfVendor,
    verdict: InForm,
    reason: Annotated[str, Form()] = "",
    file: UploadFile | None = None,
) -> Response:
    """File an appeal, with a file beside it if there is one: both or neither."""
    if not reason.strip():
        raise BadInput(_REASON)
    attached = _attached(file)
    with visit.writing() as session, refused_as(_TOO_LATE, _REASON):
        known = visible_verdict(session, visit.person, verdict)
        filed = appeal(session, known.verdict_id, reason, visit.person, visit.now, visit.zone, attached)
        detail = f"filed against verdict {verdict}" + (f", {attached.name}" if attached else "")
        record_event(session, visit.person, Did.CHANGED, f"appeal {filed.appeal_id}", visit.now, detail)
    return RedirectResponse(f"/appeals/{filed.appeal_id}?done=appeal-{verdict}", 303)


@router.get("/appeals/{appeal_id}")
def appeal_page(request: Request, visit: Disputing, appeal_id: InPath, done: str = "") -> Response:
    """An appeal with all that belongs to it, and for who may decide it the form."""
    with visit.reading() as session:
        found = appeal_file(session, visit.person, appeal_id)
    visit.tell(Did.READ, f"appeal {appeal_id}")
    return page(
        visit, request, "appeal.html", found=found, done=done, appeal_state=appeal_state, decisions=DECISION_NAMES,
        entries=ENTRIES, roles=ROLES,
    )  # fmt: skip


@router.post("/appeals/{appeal_id}/decide")
def appeal_decide(
    visit: Supervising,
    appeal_id: InPath,
    upheld: Annotated[bool, Form()],
    decision: Annotated[str, Form()] = "",
) -> Response:
    """Decide an appeal, once and for all; what it gives back goes into the ledger with it."""
    with visit.writing() as session, refused_as(_NOT_YOURS, "请写明裁定理由，最多 2000 字。"):
        visible_appeal(session, visit.person, appeal_id)
        model = load_confirmation(visit.settings.confirmation_path)
        decide_appeal(
            session, appeal_id, upheld=upheld, decision=decision, person=visit.person, now=visit.now, model=model
        )
        said = "upheld" if upheld else "rejected"
        record_event(session, visit.person, Did.DECIDED, f"appeal {appeal_id}", visit.now, said)
    return RedirectResponse(f"/appeals/{appeal_id}?done=decision-{appeal_id}", 303)


@router.get("/appeals/{appeal_id}/attachments/{attachment_id}")
def appeal_attachment(visit: Disputing, appeal_id: InPath, attachment_id: InPath) -> Response:
    """A file beside an appeal, to be saved and never shown as a part of a page."""
    with visit.reading() as session:
        found = find_attachment(session, visit.person, appeal_id, attachment_id)
    visit.tell(Did.READ, f"attachment {attachment_id}", f"of appeal {appeal_id}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


def _attached(file: Uploaded | None) -> Attachment | None:
    """What came with the form; a form whose file was left empty brings none."""
    if file is None or not file.filename:
        return None
    try:
        return attachment(file.filename, file.file.read())
    except UsageError as error:
        raise BadInput(_WRONG_FILE) from error
