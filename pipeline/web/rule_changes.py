"""A version of a pack, a script or the standard: what differs, who said what, approval by somebody else, and the way back."""

import difflib
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.errors import LexiconError, StorageError
from pipeline.records.rule_version import RuleState, RuleVersion
from pipeline.services.rule_changes import approve_change, propose_change
from pipeline.services.rule_files import STANDARD, is_in_force, rule_text
from pipeline.store.events import record_event
from pipeline.store.rule_versions import RuleConflict, find_version, reject_rules, withdraw_rules
from pipeline.store.tables import Did
from pipeline.store.visible import NotThere
from pipeline.text.pack_editing import with_version
from pipeline.web.numbers import InPath
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, Conflict
from pipeline.web.rule_words import STATE_NAMES, difference_names, file_name, mistake, refused_proposal, told_changes
from pipeline.web.visit import RulesApproving, RulesReading, Supervising, Visit

router = APIRouter()
_DECIDED = "这一项已经有人处理过了，请刷新后再看。"
_OWN = "自己提出的改动要由另一位主管或副总经理批准。"
_CHANGED = "提出之后，规则文件又被改过：请驳回这一项，重新提出。"


@router.get("/rules/changes/{version_id}")
def rule_change(request: Request, visit: RulesReading, version_id: InPath, done: str = "") -> Response:
    """What it changes, and what became of it."""
    with visit.reading() as session:
        version = _known(find_version(session, version_id))
        base = find_version(session, version.base_id) if version.base_id is not None else None
    before = base.content if base else version.content
    raw = difflib.unified_diff(before.splitlines(), version.content.splitlines(), lineterm="", n=1)
    return page(
        visit, request, "rule_change.html", version=version, base=base, changes=told_changes(request, version.file, before, version.content),
        names=difference_names, raw="\n".join(list(raw)[2:]), state_names=STATE_NAMES, in_force=is_in_force(visit.settings, version),
        place=place_of(version.file), title=file_name(version.file),
        is_open=version.state is RuleState.PROPOSED, done=done,
    )  # fmt: skip


@router.post("/rules/changes/{version_id}/approve")
def rule_approve(request: Request, visit: RulesApproving, version_id: InPath) -> Response:
    """Let it count: in the file from now on, and the next night judges by it."""
    version = _to_decide(visit, version_id)
    try:
        approve_change(visit.settings, visit.engine, version.version_id, visit.person, visit.now)
    except RuleConflict as error:
        raise Conflict(_DECIDED if error.person else _CHANGED) from error
    except LexiconError as error:
        raise BadInput(mistake(request, error)) from error
    except StorageError as error:
        raise Conflict("已批准，但规则文件写不进去：请管理员检查工作目录，下一次夜间检查前会再写一次。") from error
    return RedirectResponse(f"/rules/changes/{version_id}?done=approved", 303)


@router.post("/rules/changes/{version_id}/reject")
def rule_reject(visit: RulesApproving, version_id: InPath, why: Annotated[str, Form()] = "") -> Response:
    """Turn it down, with a reason."""
    version = _to_decide(visit, version_id)
    if not why.strip() or len(why) > 2000:
        raise BadInput("请写明驳回理由，最多 2000 字。")
    try:
        with visit.writing() as session:
            reject_rules(session, version_id, why.strip(), visit.person, visit.now)
            said = f"rejected version {version_id}"
            record_event(session, visit.person, Did.CHANGED, f"rules {version.file}", visit.now, said)
    except RuleConflict as error:
        raise Conflict(_DECIDED) from error
    return RedirectResponse(f"/rules/changes/{version_id}?done=rejected", 303)


@router.post("/rules/changes/{version_id}/withdraw")
def rule_withdraw(visit: Supervising, version_id: InPath) -> Response:
    """Take one's own proposal back."""
    with visit.reading() as session:
        version = _known(find_version(session, version_id))
    if version.proposed_by != visit.person.name:
        raise Conflict("只能撤回自己提出的改动。")
    try:
        with visit.writing() as session:
            withdraw_rules(session, version_id, visit.person, visit.now)
            said = f"withdrew version {version_id}"
            record_event(session, visit.person, Did.CHANGED, f"rules {version.file}", visit.now, said)
    except RuleConflict as error:
        raise Conflict(_DECIDED) from error
    return RedirectResponse(f"{place_of(version.file)}?done=withdrawn", 303)


@router.post("/rules/changes/{version_id}/return")
def rule_return(
    request: Request, visit: Supervising, version_id: InPath, note: Annotated[str, Form()] = ""
) -> Response:
    """Propose an earlier version again, under a number of its own."""
    with visit.writing() as session:
        version = _known(find_version(session, version_id))
        content = with_version(version.content, rule_text(visit.settings, version.file))
        with refused_proposal(request, "请写明为什么恢复，最多 2000 字；和现在生效的一样时不能提交。"):
            made = propose_change(session, visit.settings, version.file, content, note, visit.person, visit.now)
    return RedirectResponse(f"/rules/changes/{made.version_id}?done=return-{version_id}", 303)


def place_of(file: str) -> str:
    """The page of a file: phrases/privacy.toml is /rules/packs/privacy, standard.toml is /rules/standard."""
    if file == STANDARD:
        return "/rules/standard"
    folder, _, name = file.removesuffix(".toml").partition("/")
    return f"/rules/{'packs' if folder == 'phrases' else folder}/{name}"


def _to_decide(visit: Visit, version_id: int) -> RuleVersion:
    with visit.reading() as session:
        version = _known(find_version(session, version_id))
    if version.proposed_by == visit.person.name:
        raise Conflict(_OWN)
    if version.state is not RuleState.PROPOSED:
        raise Conflict(_DECIDED)
    return version


def _known(version: RuleVersion | None) -> RuleVersion:
    if version is None:
        raise NotThere("there is no such version")
    return version
