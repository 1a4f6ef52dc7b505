"""The limits of voice and hours seen and changed by people who do not write TOML: in a form, tried on stored calls, then proposed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from pipeline.checks.ruleset import with_standard
from pipeline.checks.standard_editing import Fault, faults, rewritten, shown
from pipeline.checks.standard_meanings import MEANINGS, SECTIONS, UNIT_NAMES, Unit
from pipeline.services.loaded_rules import loaded_rules
from pipeline.services.rule_changes import propose_change, text_to_change
from pipeline.services.rule_files import STANDARD, rule_text
from pipeline.services.trying import Limits, try_standard
from pipeline.store.offered import last_day_with_calls
from pipeline.store.rule_versions import open_proposal, rule_history
from pipeline.text.lexicon import table_of
from pipeline.web.call_words import MATCHES
from pipeline.web.numbers import day_of
from pipeline.web.pages import page
from pipeline.web.rule_opened import Overtaken, mark_of, overtaken
from pipeline.web.rule_packs import TRIED_DAYS, TRIED_S
from pipeline.web.rule_words import STANDARD_NAME, STATE_NAMES, around, refused_proposal, told_changes, tongue_of
from pipeline.web.sent import Sent, once_more, value
from pipeline.web.visit import RulesReading, Supervising, Visit

router = APIRouter()
_SHOWN = 100


@router.get("/rules/standard")
def standard_page(request: Request, visit: RulesReading, done: str = "") -> Response:
    """Every limit with its meaning, unit and bounds; for a supervisor as a form."""
    return _shown(request, visit, done=done)


@router.post("/rules/standard/try")
def standard_try(request: Request, visit: Supervising, form: Sent, since: Annotated[str, Form()] = "") -> Response:
    """What other limits would find and no longer find in stored calls; from here they are proposed."""
    first, answers = day_of(since) or date.min, _answers(form)
    with visit.reading() as session:
        before = text_to_change(session, visit.settings, STANDARD, visit.person)
        if late := overtaken(session, STANDARD, form, before):
            return _shown(request, visit, late.kept(answers, shown), late=late)
        wrong = faults(answers)
        after = before if wrong else rewritten(before, answers)
        counted = rule_text(visit.settings, STANDARD)
        if wrong or after == counted:
            return _shown(request, visit, answers, wrong, is_same=not wrong)
        ruleset = loaded_rules(visit.settings)
        then = with_standard(ruleset, table_of(visit.settings.lexicons_path / STANDARD, after))
        tried = try_standard(session, then, ruleset, Limits(first, TRIED_S))
    old, new, tongue = shown(counted), shown(after), tongue_of(request)
    unheard = [one.named(tongue) for name, one in MEANINGS.items() if not one.is_heard and old.get(name) != new[name]]
    return page(
        visit, request, "rule_trial.html", title=STANDARD_NAME, place="/rules/standard", fields=once_more(form), since=since,
        changes=told_changes(request, STANDARD, counted, after), names=lambda one: one.path, tried=tried, most=_SHOWN,
        is_draft=before != counted, match_names=MATCHES, around=around, untried=unheard, by_turns=True,
    )  # fmt: skip


@router.post("/rules/standard/propose")
def standard_propose(request: Request, visit: Supervising, form: Sent, note: Annotated[str, Form()] = "") -> Response:
    """Propose the limits, with the reason for it."""
    answers = _answers(form)
    with visit.writing() as session:
        before = text_to_change(session, visit.settings, STANDARD, visit.person)
        if late := overtaken(session, STANDARD, form, before):
            return _shown(request, visit, late.kept(answers, shown), late=late)
        wrong = faults(answers)
        after = before if wrong else rewritten(before, answers)
        if not wrong and after != rule_text(visit.settings, STANDARD):
            with refused_proposal(request):
                propose_change(session, visit.settings, STANDARD, after, note, visit.person, visit.now)
            return RedirectResponse("/rules/standard?done=proposed", 303)
    return _shown(request, visit, answers, wrong, is_same=not wrong)


def _shown(
    request: Request,
    visit: Visit,
    answers: Mapping[str, str] | None = None,
    wrong: tuple[Fault, ...] = (),
    *,
    is_same: bool = False,
    late: Overtaken | None = None,
    done: str = "",
) -> Response:
    with visit.reading() as session:
        counted, text = (
            rule_text(visit.settings, STANDARD),
            text_to_change(session, visit.settings, STANDARD, visit.person),
        )
        waiting, versions = open_proposal(session, STANDARD), rule_history(session, STANDARD)
        last = last_day_with_calls(session, visit.person)
    return page(
        visit, request, "rule_standard.html", status=409 if late else 400 if wrong or is_same else 200, title=STANDARD_NAME, sections=SECTIONS,
        meanings=MEANINGS, unit_names=UNIT_NAMES, values=shown(text), in_force=shown(counted), answers=answers or {},
        faults={one.name: one for one in wrong}, is_same=is_same, is_clock=lambda one: one.unit is Unit.CLOCK,
        tongue=tongue_of(request), waiting=waiting, versions=versions, is_draft=text != counted, state_names=STATE_NAMES,
        since=last and last - timedelta(days=TRIED_DAYS - 1), done=done, mark=mark_of(text), late=late,
        changed=late.changes(request) if late else (), names=lambda one: one.path,
    )  # fmt: skip


def _answers(form: FormData) -> dict[str, str]:
    return {name: value(form, name).strip() for name in MEANINGS}
