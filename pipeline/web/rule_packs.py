"""A phrase pack seen and changed by people who do not write TOML: changed in a form, tried against stored calls, then proposed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.checks.catalogue import entry as rule_entry
from pipeline.checks.ruleset import parse_pack
from pipeline.errors import CallqaError, LexiconError
from pipeline.export.words import SEVERITIES
from pipeline.records.finding import Severity
from pipeline.services.condition_words import condition_in_words
from pipeline.services.loaded_rules import loaded_rules
from pipeline.services.rule_changes import check_rules, propose_change, text_to_change
from pipeline.services.rule_files import PACKS, rule_names, rule_text
from pipeline.services.trying import Limits, try_pack
from pipeline.store.offered import last_day_with_calls
from pipeline.store.rule_versions import open_proposal, rule_history
from pipeline.store.visible import NotThere
from pipeline.text.lexicon import table_of, word_groups
from pipeline.text.pack_editing import LineMoved, lines_of, version_of
from pipeline.text.toml_changes import differences
from pipeline.web.call_words import MATCHES
from pipeline.web.numbers import day_of, number_of
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput, Conflict
from pipeline.web.rule_form import LIST_NAMES, PackForm, grounds_mark
from pipeline.web.rule_words import STATE_NAMES, around, difference_names, mistake, refused_proposal, told_changes
from pipeline.web.visit import RulesReading, Supervising, Visit

router = APIRouter()
TRIED_DAYS, TRIED_S = 31, 10.0
_SHOWN = 100
MOVED = "这一条刚才被改过或移动过，请回到词库页面再改。"
SAME = "这样改以后和现在生效的一样，没有可提交的内容。"


@router.get("/rules/packs/{name}")
def pack_page(
    request: Request, visit: RulesReading, name: str, find: str = "", edit: str = "", done: str = ""
) -> Response:
    """Its lines with what belongs to them, its conditions, its history; for a supervisor the forms."""
    key, _, at = edit.partition("-")
    form = PackForm(op="change", key=key, at=at) if number_of(at) is not None else PackForm()
    return _shown(request, visit, name, _Look(form, find=find, done=done))


@dataclass(frozen=True, slots=True)
class _Look:
    """What the page of a pack shows beside the pack: a form that is filled in, what is wrong with it, what was found or done."""

    form: PackForm
    problem: str = ""
    find: str = ""
    done: str = ""


def _shown(request: Request, visit: Visit, name: str, look: _Look, status: int = 200) -> Response:
    file = pack_file(visit, name)
    with visit.reading() as session:
        counted, text = rule_text(visit.settings, file), text_to_change(session, visit.settings, file, visit.person)
        waiting, history = open_proposal(session, file), rule_history(session, file)
        last = last_day_with_calls(session, visit.person)
    table = table_of(visit.settings.lexicons_path / file, text)
    pack, lines = parse_pack(table, visit.settings.lexicons_path), lines_of(text)
    found = {key: [one for one in enumerate(some) if look.find in one[1].text] for key, some in lines.items()}
    return page(
        visit, request, "rule_pack.html", status=status, name=name, rule=rule_entry(pack.rule), pack=pack, lines=found,
        sizes={key: len(some) for key, some in lines.items()}, find=look.find, form=look.form.beginning(lines), problem=look.problem,
        conditions=[(one, condition_in_words(one)) for one in pack.conditions],
        groups=word_groups(table, {}), general_severity=table.values.get("severity", ""),
        general_exceptions=table.texts("exceptions", ()), grounds=grounds_mark(text),
        waiting=waiting, versions=history, is_draft=text != counted, done=look.done,
        since=last and last - timedelta(days=TRIED_DAYS - 1), list_names=LIST_NAMES, state_names=STATE_NAMES,
        severities=[(one.value, SEVERITIES[one]) for one in Severity],
    )  # fmt: skip


@router.post("/rules/packs/{name}/try")
def pack_try(
    request: Request,
    visit: Supervising,
    name: str,
    form: Annotated[PackForm, Depends()],
    since: Annotated[str, Form()] = "",
) -> Response:
    """What the change would find and no longer find in stored calls; from here it is proposed."""
    file, first = pack_file(visit, name), day_of(since) or date.min
    with visit.reading() as session:
        counted, before = rule_text(visit.settings, file), text_to_change(session, visit.settings, file, visit.person)
        try:
            after = _after(request, visit, file, before, form)
        except BadInput as refused:
            return _shown(request, visit, name, _Look(form, problem=str(refused)), refused.status)
        pack = parse_pack(table_of(visit.settings.lexicons_path / file, after), visit.settings.lexicons_path)
        tried = try_pack(session, pack, loaded_rules(visit.settings), Limits(first, TRIED_S))
    return page(
        visit, request, "rule_trial.html", title=rule_entry(pack.rule).name, place=f"/rules/packs/{name}",
        fields=[*form.fields(), ("since", since)], since=since, changes=told_changes(request, file, counted, after), names=difference_names,
        tried=tried, most=_SHOWN,
        is_draft=before != counted, match_names=MATCHES, around=around,
    )  # fmt: skip


@router.post("/rules/packs/{name}/propose")
def pack_propose(
    request: Request,
    visit: Supervising,
    name: str,
    form: Annotated[PackForm, Depends()],
    note: Annotated[str, Form()] = "",
) -> Response:
    """Propose the change, with the reason for it."""
    file = pack_file(visit, name)
    with visit.writing() as session:
        before = text_to_change(session, visit.settings, file, visit.person)
        after = _after(request, visit, file, before, form)
        with refused_proposal(request):
            propose_change(session, visit.settings, file, after, note, visit.person, visit.now)
    return RedirectResponse(f"/rules/packs/{name}?done=proposed", 303)


def _after(request: Request, visit: Visit, file: str, before: str, form: PackForm) -> str:
    """The pack after the form, in order. Raises BadInput or Conflict in the user's language."""
    counted = rule_text(visit.settings, file)
    try:
        after = form.applied(before, version_of(counted) + 1)
        check_rules(visit.settings, file, after)
    except LineMoved as error:
        raise Conflict(MOVED) from error
    except LexiconError as error:
        raise BadInput(mistake(request, error)) from error
    except BadInput:
        raise
    except CallqaError as error:
        raise BadInput("这一条词库里已经有了。") from error
    if not [one for one in differences(counted, after) if one.path != ("version",)]:
        raise BadInput(SAME)
    return after


def pack_file(visit: Visit, name: str) -> str:
    """The pack's file. Raises NotThere."""
    if name not in rule_names(visit.settings, PACKS):
        raise NotThere(f"there is no pack {name!r}")
    return f"{PACKS}/{name}.toml"
