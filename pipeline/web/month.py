"""The month: the board of every vendor's projects, what is in the way of the close, the close itself, and its restatements."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from pipeline.errors import DataError, StoreError
from pipeline.export.words import STATUSES
from pipeline.policy.policy import Policy
from pipeline.records.closed import Closing
from pipeline.records.estimate import Interval
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.services.board import BOARD, Board, closed_board, running_board, scores_until
from pipeline.services.checklist import checklist, undecided_fatal
from pipeline.services.closing import close_month, restate
from pipeline.services.ledger_proof import sign_ledger
from pipeline.services.ranking import rank_types
from pipeline.store.closes import known_months
from pipeline.store.counts import ProjectMonth, record_audit
from pipeline.store.events import record_event
from pipeline.store.month_lines import closings
from pipeline.store.policies import find_policy, policy_of_version
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.web.downloads import csv_response
from pipeline.web.interval_plot import interval_plot
from pipeline.web.month_words import GRADE_NAMES, TYPE_NAMES
from pipeline.web.pages import language_of, page
from pipeline.web.refusals import BadInput
from pipeline.web.score_plot import MOST_LINES, curves, months_of, score_plot
from pipeline.web.speech import speech_of
from pipeline.web.visit import HouseReading, Supervising, Visit

router = APIRouter()
MOST_FATAL = 100
"""So many undecided findings are listed; there may be thousands."""
DONE = {
    "closed": "已关账。账目已签名，数字从此不变；更正用“重述”。",
    "restated": "已重述：新的修订已写入，差额记入下一个未关账的月份。",
    "same": "没有变化：自上次修订以来没有任何数字改变，未产生新的修订。",
    "audited": "稽核结论已记录。",
}


@router.get("/month")
def latest_month(request: Request, visit: HouseReading) -> Response:
    """The latest month that there is anything of."""
    with visit.reading() as session:
        months = known_months(session)
    if not months:
        return page(visit, request, "month_none.html")
    return RedirectResponse(f"/month/{months[0]}", 303)


@router.get("/month/{month}")
def month_board(
    request: Request, visit: HouseReading, month: str, vendor: str = "", revision: str = "", running: str = "", done: str = ""
) -> Response:  # fmt: skip
    """A month: as it was closed, or how it stands and what is to be done before its close."""
    return _month_page(request, visit, month_of(month), vendor, revision, with_figures=bool(running), done=done)


@router.get("/month/{month}/running")
def running_month(request: Request, visit: HouseReading, month: str, vendor: str = "") -> Response:
    """An open month's figures so far, for the page to take in when they are counted."""
    wanted = month_of(month)
    with visit.reading() as session:
        policy = find_policy(session, wanted)
        if policy is None or closings(session, wanted):
            raise NotThere(f"{wanted} has no running figures")
        board = running_board(session, wanted, policy, visit.zone)
        shown = _figures(session, request, board, policy, vendor)
    return page(visit, request, "month_figures.html", status=200, month=wanted, chosen=vendor, **shown)


@router.get("/month/{month}/board.csv")
def board_table(visit: HouseReading, month: str, vendor: str = "", revision: str = "") -> Response:
    """The board as a file."""
    wanted = month_of(month)
    with visit.reading() as session:
        closing = closing_of(closings(session, wanted), revision)
        if closing is not None:
            board = closed_board(session, closing, visit.zone)
        elif (policy := find_policy(session, wanted)) is not None:
            board = running_board(session, wanted, policy, visit.zone)
        else:
            raise NotThere(f"{wanted} has no figures")
    visit.tell(Did.EXPORTED, f"board {wanted}", vendor)
    return csv_response(f"board-{wanted}", BOARD, board.of(vendor or None).rows)


@router.get("/ranking/{month}")
def month_ranking(request: Request, visit: HouseReading, month: str) -> Response:
    """Who is better than whom in a closed month, as far as it proves it."""
    wanted = month_of(month)
    with visit.reading() as session:
        if not (known := closings(session, wanted)):
            raise NotThere(f"{wanted} is not closed")
        policy = policy_of_version(session, known[-1].policy)
        rankings = rank_types(session, known[-1], policy, visit.today, visit.zone)
    plots = {
        one.business_type.value: interval_plot(
            str(wanted), [(each.name, _as_share(each.measured)) for each in one.ranked], unit=""
        )
        for one in rankings
    }
    return page(visit, request, "ranking.html", month=wanted, rankings=rankings, plots=plots, type_names=TYPE_NAMES)


@router.post("/month/{month}/close")
def close(
    request: Request, visit: Supervising, month: str, carry: Annotated[list[int] | None, Form()] = None, sure: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Close the month; what is in the way is said beside the list."""
    wanted = month_of(month)
    if not sure:
        raise BadInput("请先勾选“我已核对”，再关账。")
    try:
        with visit.writing() as session:
            close_month(session, wanted, visit.person, visit.now, carry_over=carry or (), zone=visit.zone)
            record_event(session, visit.person, Did.DECIDED, f"close {wanted}", visit.now)
    except DataError as error:
        return _month_page(request, visit, wanted, refused="还没有关账：下面的清单里有事情没办完。", why=str(error))
    sign_ledger(visit.settings, visit.engine, visit.now)
    return RedirectResponse(f"/month/{wanted}?done=closed", 303)


@router.post("/month/{month}/restate")
def restate_month(
    request: Request, visit: Supervising, month: str, carry: Annotated[list[int] | None, Form()] = None, sure: Annotated[str, Form()] = ""
) -> Response:  # fmt: skip
    """Make a closed month's lines anew from what stands now."""
    wanted = month_of(month)
    if not sure:
        raise BadInput("请先勾选“我已核对”，再重述。")
    try:
        with visit.writing() as session:
            closing = restate(session, wanted, visit.person, visit.now, carry_over=carry or (), zone=visit.zone)
            is_new = closing.closed_at == visit.now
            detail = f"r{closing.revision}" if is_new else "as it was"
            record_event(session, visit.person, Did.DECIDED, f"restate {wanted}", visit.now, detail)
    except DataError as error:
        return _month_page(request, visit, wanted, refused="没有重述：下面的事情还没办完。", why=str(error))
    sign_ledger(visit.settings, visit.engine, visit.now)
    return RedirectResponse(f"/month/{wanted}?done={'restated' if is_new else 'same'}", 303)


@router.post("/month/{month}/audit")
def audit_counts(
    request: Request,
    visit: Supervising,
    month: str,
    vendor: Annotated[str, Form()],
    project: Annotated[str, Form()],
    accepted: Annotated[int, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Say how many of two differing counts are accepted, and why."""
    wanted = month_of(month)
    if not text.strip():
        raise BadInput("请写明稽核依据，例如核对了哪些单据。")
    with visit.reading() as session:
        policy = find_policy(session, wanted)
    if policy is None:
        raise BadInput("本月没有批准的政策，不能稽核。")
    try:
        with visit.writing() as session:
            of = ProjectMonth(vendor, project, wanted)
            record_audit(session, of, accepted, text.strip(), visit.person, policy.settlement, visit.now)
            record_event(
                session, visit.person, Did.DECIDED, f"audit {wanted} {vendor}/{project}", visit.now, str(accepted)
            )
    except StoreError as error:
        refused = "没有记录：认可量不能超过双方所报的最大值，报数的人也不能自己稽核。"
        return _month_page(request, visit, wanted, refused=refused, why=str(error))
    return RedirectResponse(f"/month/{wanted}?done=audited", 303)


def month_of(text: str) -> Month:
    """The month in an address. Raises NotThere."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NotThere(str(error)) from error


def _month_page(
    request: Request,
    visit: Visit,
    month: Month,
    vendor: str = "",
    revision: str = "",
    *,
    with_figures: bool = False,
    done: str = "",
    refused: str = "",
    why: str = "",
) -> Response:
    with visit.reading() as session:
        months, known = known_months(session), closings(session, month)
        if month not in months:
            raise NotThere(f"nothing is known of {month}")
        closing = closing_of(known, revision)
        shown: dict[str, object] = {}
        if closing is not None:
            board = closed_board(session, closing, visit.zone)
            shown = _figures(session, request, board, policy_of_version(session, closing.policy), vendor)
            # They are asked for where the month may be restated, which is theirs.
            fatal = undecided_fatal(session, month) if visit.person.role is Role.SUPERVISOR else ()
        else:
            listed = checklist(session, month, visit.today)
            fatal = listed.fatal
            if with_figures and listed.policy is not None:
                board = running_board(session, month, listed.policy, visit.zone)
                shown = _figures(session, request, board, listed.policy, vendor)
            shown["checklist"] = listed
    context = {"checklist": None, "board": None, **shown}
    return page(
        visit, request, "month.html", status=409 if refused else 200, month=month, months=months, closings=known, closing=closing,
        chosen=vendor, fatal=fatal[:MOST_FATAL], fatal_count=len(fatal), done=DONE.get(done, ""), refused=refused, why=why, **context,
    )  # fmt: skip


def closing_of(known: tuple[Closing, ...], revision: str) -> Closing | None:
    """The revision that an address names, the latest where it names none; None of an open month. Raises NotThere."""
    if not revision:
        return known[-1] if known else None
    for closing in known:
        if revision == str(closing.revision):
            return closing
    raise NotThere(f"there is no revision {revision!r}")


def _figures(session: Session, request: Request, board: Board, policy: Policy, vendor: str) -> dict[str, object]:
    """What a board's table and plot are made of."""
    vendors = sorted({row.vendor for row in board.rows})
    drawn = curves(scores_until(session, board, vendor or None), of_projects=bool(vendor))
    warned = speech_of(language_of(request)).gettext("警告线")
    return {
        "board": board.of(vendor or None),
        "vendor_options": [(name, name) for name in vendors],
        "plot_options": score_plot(drawn[:MOST_LINES], policy.warning.score_line, warned),
        "curves": drawn,
        "curve_months": months_of(drawn),
        "hidden_curves": len(drawn[MOST_LINES:]),
        "status_names": STATUSES,
        "grade_names": GRADE_NAMES,
    }


def _as_share(at: Interval) -> Interval:
    return Interval(at.value / 100, at.low / 100, at.high / 100)
