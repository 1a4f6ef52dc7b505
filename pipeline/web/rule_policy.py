"""The policy seen and changed by people who do not write TOML: proposed from a month on, approved by the vice-president, all kept (P-11)."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from pipeline.checks.catalogue import RULES
from pipeline.errors import CallqaError, StoreError
from pipeline.export.words import ROLES, SEVERITIES
from pipeline.policy.editing import Unreadable, changes, completed, sections
from pipeline.policy.meanings import SECTIONS, TABLES
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.project import BusinessType
from pipeline.services.rule_files import rule_text
from pipeline.store.closes import latest_closed
from pipeline.store.events import record_event
from pipeline.store.policies import (
    APPROVE,
    PROPOSE,
    PolicyVersion,
    approve_policy,
    find_policy,
    policy_text,
    policy_versions,
    propose_policy,
)
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.web.pages import page
from pipeline.web.policy_form import UNIT_NAMES, Refused, answers_of, cell_text, policy_after, rule_or_category
from pipeline.web.refusals import Conflict
from pipeline.web.rule_opened import OPENED, mark_of
from pipeline.web.sent import Sent, value
from pipeline.web.visit import PolicyApproving, PolicyProposing, RulesReading, Visit

router = APIRouter()
_FILE = "policy.toml"
_SPARE_ROWS = 2
_LONGEST_NOTE = 500
_OVERTAKEN = "表单打开以后，政策又有了新的版本。您填的值还在：请先看“历次版本”里新的改动，再核对一遍提交。"
# As days in forms (`numbers.day_of`): at the calendar's edges no month could be counted on.
_FIRST_YEAR, _LAST_YEAR = 2000, 9000


@router.get("/rules/policy")
def policy_page(request: Request, visit: RulesReading, begin: str = "", done: str = "") -> Response:
    """Every value with its paragraph and meaning; for who may propose, as a form. `begin`: the version whose values it begins with."""
    return _shown(request, visit, begin, None, "", done)


@router.post("/rules/policy/propose")
def policy_propose(
    request: Request,
    visit: PolicyProposing,
    form: Sent,
    begin: Annotated[str, Form()] = "",
    from_month: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Propose the values from a month on. What does not add up is said above the form, in which everything typed still stands."""
    with visit.reading() as session:
        content = _begun(session, visit, begin)
    answers = answers_of(form, sections(content))
    if value(form, OPENED) != mark_of(content):
        return _shown(request, visit, begin, answers, _OVERTAKEN, "", 409)
    try:
        month, reason = _month(from_month), _reason(note)
        after = policy_after(request, content, answers)
        if after == content and not begin:
            raise Refused("没有改动任何数值。")
        text = f"# {visit.today:%Y-%m-%d} {visit.person.name}：{reason}\n{after}"
        with visit.writing() as session:
            policy = propose_policy(session, text.encode(), "policy", month, visit.person, visit.now)
            record_event(
                session, visit.person, Did.CHANGED, f"policy {policy.version}", visit.now, f"proposed from {month}"
            )
    except Refused as refused:
        return _shown(request, visit, begin, answers, str(refused), "", 400, refused.wrong)
    except StoreError:
        problem = "这个月不能从新版本开始：它已经关账，或者已有批准的版本。请选更晚的月份。"
        return _shown(request, visit, begin, answers, problem, "", 409)
    return RedirectResponse(f"/rules/policy/{policy.version}?done=proposed", 303)


@router.get("/rules/policy/{version}")
def policy_version(request: Request, visit: RulesReading, version: str, done: str = "") -> Response:
    """What a version changes in the one before it, and what became of it."""
    with visit.reading() as session:
        versions = policy_versions(session)
        found = next((one for one in versions if one.version == version), None)
        if found is None:
            raise NotThere(f"there is no policy {version!r}")
        text, before = policy_text(session, version), _before(versions, found)
        earlier = policy_text(session, before.version) if before else rule_text(visit.settings, _FILE)
        policy = find_policy(session, Month.of(visit.today))
    return page(
        visit, request, "rule_policy_version.html", version=found, before=before, changes=changes(earlier, text), section_names=SECTIONS,
        table_names=TABLES, unit_names=UNIT_NAMES, rule_names=_rule_names,
        text=text, in_force=policy is not None and policy.version == version,
        may_approve=visit.person.role in APPROVE and found.proposed_by != visit.person.name,
        may_propose=visit.person.role in PROPOSE, done=done,
    )  # fmt: skip


@router.post("/rules/policy/{version}/approve")
def policy_approve(visit: PolicyApproving, version: str) -> Response:
    """Put a version in force: the vice-president's word, and never on his own proposal."""
    with visit.writing() as session:
        if version not in {one.version for one in policy_versions(session)}:
            raise NotThere(f"there is no policy {version!r}")
        try:
            approve_policy(session, version, visit.person, visit.now)
        except StoreError as error:
            raise Conflict(
                "这个版本不能批准：已经批准过、是您自己提出的、被后来的版本取代，或者它的月份已经关账。"
            ) from error
        record_event(session, visit.person, Did.CHANGED, f"policy {version}", visit.now, "approved")
    return RedirectResponse(f"/rules/policy/{version}?done=approved", 303)


def _shown(
    request: Request,
    visit: Visit,
    begin: str,
    answers: Mapping[str, Sequence[str]] | None,
    problem: str,
    done: str,
    status: int = 200,
    wrong: Unreadable | None = None,
) -> Response:
    with visit.reading() as session:
        content, versions = _begun(session, visit, begin), policy_versions(session)
        in_force, closed = find_policy(session, Month.of(visit.today)), latest_closed(session)
    return page(
        visit, request, "rule_policy.html", status=status, sections=sections(content), section_names=SECTIONS, table_names=TABLES,
        mark=mark_of(content), answers=answers or {}, problem=problem, wrong=wrong,
        begin=begin, versions=versions[::-1], in_force=in_force, may=visit.person.role in PROPOSE,
        unit_names=UNIT_NAMES, spare=_SPARE_ROWS, cell_text=cell_text,
        rules=RULES, severities=[(one.value, SEVERITIES[one]) for one in Severity], types=list(BusinessType),
        roles=[(one.value, ROLES[one]) for one in Role], earliest=closed.plus(1) if closed else Month.of(visit.today), done=done,
    )  # fmt: skip


def _begun(session: Session, visit: Visit, begin: str) -> str:
    """The text a form begins with: a version's, else that in force or proposed last, else the file's. Raises NotThere."""
    versions = policy_versions(session)
    if begin and begin not in {one.version for one in versions}:
        raise NotThere(f"there is no policy {begin!r}")
    last = next((one for one in reversed(versions) if not one.replaced), None)
    wanted, model = begin or (last.version if last else ""), rule_text(visit.settings, _FILE)
    return completed(policy_text(session, wanted), model) if wanted else model


def _before(versions: Sequence[PolicyVersion], one: PolicyVersion) -> PolicyVersion | None:
    """The approved version that counts in the month before."""
    earlier = [other for other in versions if other.approved_at and other.from_month < one.from_month]
    return earlier[-1] if earlier else None


def _rule_names(cell: str) -> str:
    return "、".join(map(rule_or_category, cell.split("、")))


def _month(given: str) -> Month:
    try:
        month = Month.parse(given)
    except (CallqaError, ValueError) as error:
        raise Refused("请写从哪个月起，例如 2026-05。") from error
    if not _FIRST_YEAR <= month.year <= _LAST_YEAR:
        raise Refused("请写从哪个月起，例如 2026-05。")
    return month


def _reason(note: str) -> str:
    """The reason on one line: it becomes a comment in the text, which makes every proposal a version of its own."""
    reason = " ".join(note.split())
    if not reason or len(reason) > _LONGEST_NOTE or not reason.isprintable():
        raise Refused("请写明为什么改，最多 500 字。")
    return reason
