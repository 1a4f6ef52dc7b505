"""Decisions at a call's page. Forms without JavaScript come back to the page, htmx gets the parts that change.

    /calls/7/findings/12     confirmed, overturned, reclassified
    /calls/7/faults          a fault that none named
    /calls/7/verdicts/9      a supervisor's verdict in the place of another's
    /calls/7/done            and on to the next call
    /pending/3/undo          within ten seconds

What stands in the way of a decision is a sentence with 409, and nothing that was typed is lost.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from pipeline.errors import StoreError, UsageError
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.records.verdict import Decision
from pipeline.review.wording import LONGEST_TEXT
from pipeline.services.judging import (
    finish,
    judge,
    judge_anew,
    settle_due,
    take_back,
)
from pipeline.store.call_file import CallFile, call_file
from pipeline.store.pending import Judgement, NotYours
from pipeline.store.seats import take_seat
from pipeline.store.visible import NotThere, visible_call
from pipeline.web.call import call_address, parts, whole_page
from pipeline.web.call_context import NOTHING_TYPED, Typed
from pipeline.web.call_form import decision_of, note_of, rule_of, severity_of, span_of
from pipeline.web.call_view import said_in
from pipeline.web.numbers import InPath, number_of
from pipeline.web.pages import gettext_of
from pipeline.web.queue import next_address
from pipeline.web.refusal_words import OTHERWISE, sentence_of
from pipeline.web.refusals import BadInput
from pipeline.web.sound import write_played
from pipeline.web.visit import Centre, Supervising, Visit

router = APIRouter()

Text = Annotated[str, Form(max_length=20_000)]
Word = Annotated[str, Form(max_length=100)]


@router.post("/calls/{call_pk}/findings/{finding_id}")
def decide_finding(
    request: Request,
    visit: Centre,
    call_pk: InPath,
    finding_id: InPath,
    decision: Word,
    note: Text = "",
    rule: Word = "",
    severity: Word = "",
    played: Text = "",
    session: Word = "",
) -> Response:
    """Decide about a finding of the call."""
    judgement = _judgement(finding_id, decision, rule, severity, note)
    typed = Typed(notes={finding_id: note})
    return _judged(request, visit, call_pk, session, played, lambda _: judgement, typed)


@router.post("/calls/{call_pk}/verdicts/{verdict_id}")
def revise_verdict(
    request: Request,
    visit: Supervising,
    call_pk: InPath,
    verdict_id: InPath,
    decision: Word,
    note: Text = "",
    rule: Word = "",
    severity: Word = "",
    played: Text = "",
) -> Response:
    """Put another verdict in the place of one that stands: a supervisor who had no hand in it, and why."""
    if not note.strip():
        raise BadInput("请写明为什么改。")
    judgement = _judgement(None, decision, rule, severity, note)
    try:
        with visit.writing() as store:
            file = call_file(store, visible_call(store, visit.person, call_pk))
            write_played(store, visit, file, played)
            model = load_confirmation(visit.settings.confirmation_path)
            judge_anew(store, take_seat(store, call_pk, visit.person), verdict_id, judgement, visit.now, model)
    except (StoreError, UsageError) as error:
        return _refused(request, visit, call_pk, "", error, NOTHING_TYPED)
    if request.headers.get("HX-Request"):
        return parts(request, visit, call_pk, None)
    return RedirectResponse(call_address(call_pk, None), 303)


@router.post("/calls/{call_pk}/faults")
def add_missed_fault(
    request: Request,
    visit: Centre,
    call_pk: InPath,
    rule: Word = "",
    severity: Word = "",
    start: Word = "",
    end: Word = "",
    words: Text = "",
    note: Text = "",
    played: Text = "",
    session: Word = "",
) -> Response:
    """Add a fault that no finding named: from `start` to `end` (seconds, or minutes:seconds), or about the whole call."""
    if not rule:
        raise BadInput("请选择补记的问题类型。")
    span = span_of(start, end)

    def judgement(file: CallFile) -> Judgement:
        said = said_in(file.inspection.turns, span) if span and file.inspection else ""
        # What was chosen in a masked transcript is taken from the unmasked one.
        heard = said if "*" in words or not words else words
        return Judgement(
            None, Decision.ADDED, rule_of(rule), severity_of(severity), span, heard[:LONGEST_TEXT], note_of(note)
        )

    typed = {"rule": rule, "severity": severity, "start": start, "end": end, "words": words, "note": note}
    return _judged(request, visit, call_pk, session, played, judgement, Typed(fault=typed))


@router.post("/calls/{call_pk}/done")
def finish_call(request: Request, visit: Centre, call_pk: InPath, played: Text = "", session: Word = "") -> Response:
    """Be done with the call, and on to the next one."""
    try:
        with visit.writing() as store:
            file = call_file(store, visible_call(store, visit.person, call_pk))
            write_played(store, visit, file, played)
            finish(store, take_seat(store, call_pk, visit.person, number_of(session)), visit.now)
    except StoreError as error:
        return _refused(request, visit, call_pk, session, error, NOTHING_TYPED)
    onward = f"/calibration/{session}" if session else next_address(visit)
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": onward})
    return RedirectResponse(onward, 303)


@router.post("/pending/{pending_id}/undo")
def undo_decision(request: Request, visit: Centre, pending_id: InPath, here: Word = "", session: Word = "") -> Response:
    """Take a decision back; `here` is the call whose page asks."""
    settle_due(visit.engine, visit.now, visit.settings.confirmation_path)
    page_pk = number_of(here)
    try:
        with visit.writing() as store:
            taken = take_back(store, pending_id, visit.person, visit.now)
    except NotYours as error:
        if page_pk is None:
            raise BadInput("已过十秒，判定已经生效，不能再撤销。") from error
        return _refused(request, visit, page_pk, session, error, NOTHING_TYPED)
    typed = Typed(notes={taken.judgement.finding_id or 0: taken.judgement.note})
    if not request.headers.get("HX-Request"):
        return whole_page(request, visit, taken.call_pk, taken.session_id, typed=typed)
    typed = typed if page_pk in (None, taken.call_pk) else NOTHING_TYPED
    return parts(request, visit, page_pk or taken.call_pk, number_of(session), typed)


def _judgement(finding_id: int | None, decision: str, rule: str, severity: str, note: str) -> Judgement:
    """What a form says of a fault that is known; rule and severity are those of another fault. Raises BadInput."""
    is_other = decision == Decision.RECLASSIFIED.value
    if is_other and not (rule or severity):
        raise BadInput("改判要选另一个问题类型，或者另一个严重程度。")
    return Judgement(
        finding_id,
        decision_of(decision),
        rule_of(rule) if is_other else None,
        severity_of(severity) if is_other else None,
        note=note_of(note),
    )


def _judged(
    request: Request,
    visit: Visit,
    call_pk: int,
    session: str,
    played: str,
    judgement: Callable[[CallFile], Judgement],
    typed: Typed,
) -> Response:
    settle_due(visit.engine, visit.now, visit.settings.confirmation_path)
    try:
        with visit.writing() as store:
            done = _judge(store, visit, call_pk, session, played, judgement)
    except (StoreError, UsageError) as error:
        return _refused(request, visit, call_pk, session, error, typed)
    if request.headers.get("HX-Request"):
        return parts(request, visit, call_pk, number_of(session))
    return RedirectResponse(call_address(call_pk, session, _place(done.finding_id)), 303)


def _judge(
    store: Session, visit: Visit, call_pk: int, session: str, played: str, judgement: Callable[[CallFile], Judgement]
) -> Judgement:
    file = call_file(store, visible_call(store, visit.person, call_pk))
    write_played(store, visit, file, played)
    seat = take_seat(store, call_pk, visit.person, number_of(session))
    return judge(store, seat, judgement(file), visit.now).judgement


def _refused(
    request: Request, visit: Visit, call_pk: int, session: str, error: StoreError | UsageError, typed: Typed
) -> Response:
    """The sentence with 409: alone for htmx, over the page with all that was typed without it."""
    if isinstance(error, NotThere):
        raise error
    say = gettext_of(request)
    sentence = sentence_of(error, say)
    problem, detail = (say(OTHERWISE), str(error)) if sentence is None else (sentence, "")
    if request.headers.get("HX-Request"):
        return PlainTextResponse(f"{problem} {detail}".strip(), 409, {"Cache-Control": "no-store"})
    typed = Typed(problem, typed.notes, typed.fault, detail)
    return whole_page(request, visit, call_pk, number_of(session), typed=typed, status=409)


def _place(finding_id: int | None) -> str:
    return f"#finding-{finding_id}" if finding_id else "#added"
