"""A pack's conditions and word groups seen and changed by people who do not write TOML: in a form, tried on stored calls, then proposed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from pipeline.checks.catalogue import entry as rule_entry
from pipeline.checks.ruleset import parse_pack
from pipeline.export.words import SEVERITIES
from pipeline.records.finding import Severity
from pipeline.services.loaded_rules import loaded_rules
from pipeline.services.rule_changes import check_rules, propose_change, text_to_change
from pipeline.services.rule_files import rule_text
from pipeline.services.trying import Limits, try_pack
from pipeline.store.offered import last_day_with_calls
from pipeline.store.visible import NotThere
from pipeline.text.condition_editing import FIELDS, fields_of, groups_of, other_lines
from pipeline.text.lexicon import table_of
from pipeline.text.pack_editing import LineMoved, version_of
from pipeline.text.toml_changes import differences
from pipeline.web.call_words import MATCHES
from pipeline.web.condition_form import Kind, Outcome, condition_after, group_after, is_new, part_of, place_of
from pipeline.web.numbers import day_of, number_of
from pipeline.web.pages import page
from pipeline.web.refusals import Conflict
from pipeline.web.rule_opened import mark_of, overtaken
from pipeline.web.rule_packs import MOVED, SAME, TRIED_DAYS, TRIED_S, pack_file
from pipeline.web.rule_words import ROLES, around, difference_names, file_name, refused_proposal, told_changes
from pipeline.web.sent import Sent, once_more, value
from pipeline.web.visit import RulesReading, Supervising, Visit

router = APIRouter()
_SHOWN = 100


@router.get("/rules/packs/{name}/conditions")
def condition_page(request: Request, visit: RulesReading, name: str, at: str = "") -> Response:
    """A condition with all that belongs to it, or an empty one; for a supervisor as a form."""
    place = number_of(at)
    if at and place is None:
        raise NotThere(f"there is no condition {at!r}")
    content = _content(visit, name)
    try:
        return _condition(request, visit, name, content, place, fields_of(content, place))
    except LineMoved as error:
        raise NotThere(str(error)) from error


@router.get("/rules/packs/{name}/words")
def group_page(request: Request, visit: RulesReading, name: str, group: str = "") -> Response:
    """A word group, or an empty one; for a supervisor as a form."""
    content = _content(visit, name)
    known = groups_of(content)
    if group and group not in known:
        raise NotThere(f"there is no word group {group!r}")
    return _group(request, visit, name, content, group, "\n".join(known.get(group, ())), adds=not group)


@router.post("/rules/packs/{name}/{kind}/try")
def part_try(
    request: Request, visit: Supervising, name: str, kind: Kind, form: Sent, since: Annotated[str, Form()] = ""
) -> Response:
    """What the change would find and no longer find in stored calls; from here it is proposed."""
    file, first = pack_file(visit, name), day_of(since) or date.min
    with visit.reading() as session:
        counted, outcome = _after(request, visit, session, file, kind, form)
        if outcome.is_wrong:
            return _again(request, visit, name, kind, form, outcome)
        pack = parse_pack(table_of(visit.settings.lexicons_path / file, outcome.content), visit.settings.lexicons_path)
        tried = try_pack(session, pack, loaded_rules(visit.settings), Limits(first, TRIED_S))
        is_draft = text_to_change(session, visit.settings, file, visit.person) != counted
    return page(
        visit, request, "rule_trial.html", title=rule_entry(pack.rule).name, place=f"/rules/packs/{name}/{kind}",
        home=f"/rules/packs/{name}", fields=once_more(form), since=since, changes=told_changes(request, file, counted, outcome.content),
        names=difference_names, tried=tried, most=_SHOWN, is_draft=is_draft, match_names=MATCHES, around=around,
    )  # fmt: skip


@router.post("/rules/packs/{name}/{kind}/propose")
def part_propose(
    request: Request, visit: Supervising, name: str, kind: Kind, form: Sent, note: Annotated[str, Form()] = ""
) -> Response:
    """Propose the change, with the reason for it."""
    file = pack_file(visit, name)
    with visit.writing() as session:
        _, outcome = _after(request, visit, session, file, kind, form)
        if not outcome.is_wrong:
            with refused_proposal(request):
                propose_change(session, visit.settings, file, outcome.content, note, visit.person, visit.now)
            return RedirectResponse(f"/rules/packs/{name}?done=proposed", 303)
    return _again(request, visit, name, kind, form, outcome)


def _after(
    request: Request, visit: Visit, session: Session, file: str, kind: Kind, form: FormData
) -> tuple[str, Outcome]:
    """The pack that counts, and the one after the form. Raises Conflict where somebody else has changed the pack."""
    counted, before = rule_text(visit.settings, file), text_to_change(session, visit.settings, file, visit.person)
    reads = condition_after if kind is Kind.CONDITIONS else group_after
    try:
        late = overtaken(session, file, form, before)
        if late and not is_new(kind, form) and not late.is_same(lambda text: part_of(text, kind, form)):
            return counted, Outcome(before, late=late)
        outcome = reads(
            request, before, form, version_of(counted) + 1, lambda text: check_rules(visit.settings, file, text)
        )
    except LineMoved as error:
        raise Conflict(MOVED) from error
    is_other = any(one.path != ("version",) for one in differences(counted, outcome.content))
    return counted, outcome if outcome.is_wrong or (is_other and outcome.content != before) else Outcome(
        before, {}, SAME
    )


def _again(request: Request, visit: Visit, name: str, kind: Kind, form: FormData, outcome: Outcome) -> Response:
    """The form once more, with what was typed and what is wrong with it."""
    content, late, is_gone = _content(visit, name), outcome.late, value(form, "op") == "remove"
    if kind is Kind.WORDS:
        group, words = value(form, "group"), value(form, "words")
        if is_gone:
            words = "\n".join(groups_of(content).get(group, ()))
        return _group(request, visit, name, content, group, words, adds=is_new(kind, form), outcome=outcome)
    at = place_of(form)
    answers: Mapping[str, str] = {field: "\n".join(value(form, field).splitlines()) for field in FIELDS}
    if is_gone:
        answers = fields_of(content, at)
    elif late:
        answers = late.kept(answers, lambda text: fields_of(text, at))
    return _condition(request, visit, name, content, at, answers, outcome)


def _condition(
    request: Request,
    visit: Visit,
    name: str,
    content: str,
    at: int | None,
    answers: Mapping[str, str],
    outcome: Outcome | None = None,
) -> Response:
    return _part(
        request, visit, name, "rule_condition.html", content, outcome, at=at, was=fields_of(content, at)["name"], answers=answers,
        today=fields_of(content, at),
        others=other_lines(content, at), groups=tuple(groups_of(content)), roles=ROLES,
        severities=[(one.value, SEVERITIES[one]) for one in Severity],
    )  # fmt: skip


def _group(
    request: Request,
    visit: Visit,
    name: str,
    content: str,
    group: str,
    words: str,
    *,
    adds: bool,
    outcome: Outcome | None = None,
) -> Response:
    return _part(
        request, visit, name, "rule_group.html", content, outcome, group=group, words=words, is_new=adds,
        today=groups_of(content).get(group, ()),
    )  # fmt: skip


def _part(
    request: Request, visit: Visit, name: str, template: str, content: str, outcome: Outcome | None, **context: object
) -> Response:
    with visit.reading() as session:
        last = last_day_with_calls(session, visit.person)
    late = outcome.late if outcome else None
    return page(
        visit, request, template, status=409 if late else 400 if outcome else 200, name=name, title=file_name(pack_file(visit, name)),
        mistakes=outcome.mistakes if outcome else {}, problem=outcome.problem if outcome else "",
        since=last and last - timedelta(days=TRIED_DAYS - 1), mark=mark_of(content), late=late,
        changed=late.changes(request) if late else (), names=difference_names, **context,
    )  # fmt: skip


def _content(visit: Visit, name: str) -> str:
    file = pack_file(visit, name)
    with visit.reading() as session:
        return text_to_change(session, visit.settings, file, visit.person)
