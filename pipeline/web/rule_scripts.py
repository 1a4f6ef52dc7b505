"""A project's script seen and changed by people who do not write TOML: changed in a form, tried against stored calls, then proposed."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from pipeline.checks.catalogue import ELEMENTS
from pipeline.checks.catalogue import entry as rule_entry
from pipeline.checks.ruleset import parse_script
from pipeline.checks.script.editing import ALWAYS, LIMITS, POLICY, Wish, rewritten, wish_of
from pipeline.checks.script.figures import NAMES as FIGURE_NAMES
from pipeline.errors import LexiconError
from pipeline.services.loaded_rules import loaded_rules
from pipeline.services.rule_changes import check_rules, propose_change, text_to_change
from pipeline.services.rule_files import SCRIPTS, rule_names, rule_text
from pipeline.services.trying import Limits, try_script
from pipeline.store.offered import last_day_with_calls
from pipeline.store.rule_versions import open_proposal, rule_history
from pipeline.store.visible import NotThere
from pipeline.text.lexicon import table_of
from pipeline.text.pack_editing import version_of
from pipeline.text.toml_changes import differences
from pipeline.web.call_words import MATCHES
from pipeline.web.numbers import day_of
from pipeline.web.pages import page
from pipeline.web.refusals import BadInput
from pipeline.web.rule_opened import Overtaken, mark_of, overtaken
from pipeline.web.rule_packs import TRIED_DAYS, TRIED_S
from pipeline.web.rule_words import STATE_NAMES, around, difference_names, mistake, refused_proposal
from pipeline.web.script_form import NEW_ANSWERS, OUTCOME_NAMES, OUTCOMES, kept, wish_from
from pipeline.web.sent import Sent, once_more
from pipeline.web.visit import RulesReading, Supervising, Visit

router = APIRouter()
LIMIT_NAMES = {
    "call_s": "整通电话最长（秒）",
    "opening_s": "开场白最长（秒）",
    "answer_turns": "客户问完以后，几句话之内答到",
    "answer_s": "客户问完以后，几秒之内答到",
}
WHEN_NAMES = (("", "不要求"), (ALWAYS, "总是要求"), (OUTCOMES, "看结果"), (POLICY, "本来要求，暂时不要求"))
_SHOWN = 100


@router.get("/rules/scripts/{name}")
def script_page(request: Request, visit: RulesReading, name: str, done: str = "") -> Response:
    """What is required when; for a supervisor as a form."""
    return _shown(request, visit, name, None, "", done)


@router.post("/rules/scripts/{name}/try")
def script_try(
    request: Request, visit: Supervising, name: str, form: Sent, since: Annotated[str, Form()] = ""
) -> Response:
    """What the change would find and no longer find in the project's stored calls; from here it is proposed."""
    file, first = _file(visit, name), day_of(since) or date.min
    with visit.reading() as session:
        counted, before = rule_text(visit.settings, file), text_to_change(session, visit.settings, file, visit.person)
        if late := overtaken(session, file, form, before):
            return _shown(request, visit, name, form, "", "", 409, late)
        try:
            after = _after(request, visit, file, before, form)
        except BadInput as refused:
            return _shown(request, visit, name, form, str(refused), "", refused.status)
        script = parse_script(table_of(visit.settings.lexicons_path / file, after), visit.settings.lexicons_path)
        tried = try_script(session, script, loaded_rules(visit.settings), Limits(first, TRIED_S))
    return page(
        visit, request, "rule_trial.html", title=script.name, place=f"/rules/scripts/{name}", fields=once_more(form), since=since,
        changes=differences(counted, after), names=difference_names, tried=tried, most=_SHOWN,
        is_draft=before != counted, match_names=MATCHES, around=around,
    )  # fmt: skip


@router.post("/rules/scripts/{name}/propose")
def script_propose(
    request: Request, visit: Supervising, name: str, form: Sent, note: Annotated[str, Form()] = ""
) -> Response:
    """Propose the change, with the reason for it."""
    file = _file(visit, name)
    with visit.writing() as session:
        before = text_to_change(session, visit.settings, file, visit.person)
        if late := overtaken(session, file, form, before):
            return _shown(request, visit, name, form, "", "", 409, late)
        after = _after(request, visit, file, before, form)
        with refused_proposal(request):
            propose_change(session, visit.settings, file, after, note, visit.person, visit.now)
    return RedirectResponse(f"/rules/scripts/{name}?done=proposed", 303)


def _shown(
    request: Request,
    visit: Visit,
    name: str,
    form: FormData | None,
    problem: str,
    done: str,
    status: int = 200,
    late: Overtaken | None = None,
) -> Response:
    file = _file(visit, name)
    with visit.reading() as session:
        counted, text = rule_text(visit.settings, file), text_to_change(session, visit.settings, file, visit.person)
        waiting, versions = open_proposal(session, file), rule_history(session, file)
        last = last_day_with_calls(session, visit.person)
    script = parse_script(table_of(visit.settings.lexicons_path / file, text), visit.settings.lexicons_path)
    wish = wish_of(text)
    if form is not None:
        then = wish if late is None or late.then is None else wish_of(late.then)
        wish = kept(_typed_or(form, then), then, wish)
    return page(
        visit, request, "rule_script.html", status=status, name=name, script=script, wish=wish, problem=problem, done=done,
        elements={element: known[0] for element, known in ELEMENTS.items()}, plans={e: rule_entry(f"script.missing.{e}").plan for e in ELEMENTS},
        when_names=WHEN_NAMES, outcome_names=OUTCOME_NAMES, limit_names=LIMIT_NAMES, limits=LIMITS, figure_names=FIGURE_NAMES,
        new_answers=NEW_ANSWERS, waiting=waiting, versions=versions, is_draft=text != counted, state_names=STATE_NAMES,
        since=last and last - timedelta(days=TRIED_DAYS - 1), mark=mark_of(text), late=late,
        changed=late.changes(request) if late else (), names=difference_names,
    )  # fmt: skip


def _typed_or(form: FormData, wish: Wish) -> Wish:
    """What was typed, as far as it can be read; else what stands in the file. A removed answer is shown again."""
    try:
        typed = wish_from(form, wish)
    except BadInput:
        return wish
    return Wish(
        typed.required,
        typed.cues,
        typed.order,
        typed.limits,
        typed.key_figures,
        typed.jargon,
        tuple(new or old for new, old in zip(typed.answers, wish.answers, strict=False))
        + typed.answers[len(wish.answers) :],
    )


def _after(request: Request, visit: Visit, file: str, before: str, form: FormData) -> str:
    """The script after the form, in order. Raises BadInput in the user's language."""
    counted = rule_text(visit.settings, file)
    try:
        after = rewritten(before, wish_from(form, wish_of(before)), version_of(counted) + 1)
        check_rules(visit.settings, file, after)
    except LexiconError as error:
        raise BadInput(mistake(request, error)) from error
    if not [one for one in differences(counted, after) if one.path != ("version",)]:
        raise BadInput("这样改以后和现在生效的一样，没有可提交的内容。")
    return after


def _file(visit: Visit, name: str) -> str:
    """The script's file. Raises NotThere."""
    if name not in rule_names(visit.settings, SCRIPTS):
        raise NotThere(f"there is no script {name!r}")
    return f"{SCRIPTS}/{name}.toml"
