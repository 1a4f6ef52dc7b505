"""Why a figure is what it is, as a tree to open: from a fen to the score, the call, the verdict, the finding, the second that can be heard."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError
from pipeline.records.closed import SettlementLine
from pipeline.records.person import Role
from pipeline.services.explained_chinese import FACTOR as CHINESE_FACTOR
from pipeline.services.explained_chinese import Chinese
from pipeline.services.explained_english import FACTOR as ENGLISH_FACTOR
from pipeline.services.explained_english import English
from pipeline.services.explaining import Explainer
from pipeline.services.reasons import Reason
from pipeline.store.month_lines import closings, find_statement, settlement_lines
from pipeline.store.policies import policy_for
from pipeline.store.seats import take_seat
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere, visible_vendor
from pipeline.web.month import closing_of, month_of
from pipeline.web.pages import language_of, page
from pipeline.web.refusal_words import sentence_of
from pipeline.web.speech import speech_of
from pipeline.web.visit import CallReading, Visit

router = APIRouter()
MOST_CALLS = 20


@router.get("/explain")
def explain(request: Request, visit: CallReading, name: str = "") -> Response:
    """What a name means: an entry's number, a statement, a month's score, a call, a verdict, a finding."""
    wanted = name.strip()
    if not wanted:
        return _explanation(request, visit, "", None, None)
    with visit.reading() as session:
        line = scoped(session, visit, wanted)
        try:
            reason = explained(session, visit, wanted, _explainer(session, request, visit))
        except (DataError, StoreError) as error:
            say = speech_of(language_of(request)).gettext
            because = sentence_of(error, say) or say("没有叫这个名字的东西：")
            return _explanation(request, visit, wanted, None, None, status=404, refused=because)
    visit.tell(Did.READ, f"explanation {wanted}")
    return _explanation(request, visit, wanted, reason, line)


@router.get("/month/{month}/{vendor}/{project:path}")
def explain_line(
    request: Request, visit: CallReading, month: str, vendor: str, project: str, revision: str = ""
) -> Response:
    """Why a vendor's project has the score and the money that it has; of an open month, what weighs against it so far."""
    wanted, of = month_of(month), visible_vendor(visit.person, vendor)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), revision)
        explainer = _explainer(session, request, visit)
        line = None
        try:
            if closing is None:
                if visit.person.role is Role.VENDOR:
                    raise NotThere(f"{wanted} has no statement yet")
                reason = explainer.running(wanted, of, project, policy_for(session, wanted))
            else:
                line = next((one for one in settlement_lines(session, closing, of) if one.project == project), None)
                reason = explainer.explain(line.statement_no) if line else explainer.score_of(closing, of, project)
        except DataError as error:
            raise NotThere(str(error)) from error
    name = line.statement_no if line else f"{wanted}/{of}/{project}"
    visit.tell(Did.READ, f"explanation {name}")
    return _explanation(request, visit, name, reason, line)


def scoped(session: Session, visit: Visit, name: str) -> SettlementLine | None:
    """The settlement line that a name is of. Raises NotThere where a vendor's person asks for anything but its own statements."""
    found = find_statement(session, name) if name.startswith("JS-") else None
    if visit.person.role is Role.VENDOR:
        if found is None:
            raise NotThere(f"there is no statement {name!r}")
        visible_vendor(visit.person, found[1].vendor)
    return found[1] if found else None


def explained(session: Session, visit: Visit, name: str, explainer: Explainer) -> Reason:
    """What a name means to the person. Raises as `Explainer.explain`, and NotThere where it is of a call that he is to judge unseen by others."""
    reason = explainer.explain(name)
    if reason.sound is not None and take_seat(session, reason.sound.call_pk, visit.person).blind:
        raise NotThere(f"there is no {name}")
    return reason


def _explainer(session: Session, request: Request, visit: Visit) -> Explainer:
    say = English if language_of(request) == "en" else Chinese
    to_vendor = visit.person.role is Role.VENDOR
    return Explainer(session, MOST_CALLS, visit.zone, say(visit.zone, with_names=not to_vendor), to_vendor=to_vendor)


def _explanation(
    request: Request,
    visit: Visit,
    name: str,
    reason: Reason | None,
    line: SettlementLine | None,
    *,
    status: int = 200,
    refused: str = "",
) -> Response:
    factor = ""
    if reason is not None and line is not None:
        factor = next((text for fact, text in reason.facts if fact in (CHINESE_FACTOR, ENGLISH_FACTOR)), "")
    return page(
        visit, request, "explanation.html", status=status, name=name, reason=reason, line=line, factor=factor, refused=refused
    )  # fmt: skip
