"""Pages: templates with what all of them need, in the language and the light of who looks.

return page(visit, request, "queue.html", rows=rows)
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pipeline.checks.catalogue import RULES, rules_named
from pipeline.checks.catalogue import entry as rule_entry
from pipeline.export.words import ROLES, SEVERITIES
from pipeline.text.clock import clock
from pipeline.text.masking import mask
from pipeline.web.menu import menu_for
from pipeline.web.speech import LANGUAGES, speech_of
from pipeline.web.visit import CSRF_FIELD, Visit

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
LIGHTS = ("auto", "light", "dark")

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)


def page(visit: Visit | None, request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A template as a response. `visit` None: nobody is logged in. Never stored by browsers or proxies: it shows what calls say."""
    return HTMLResponse(render(visit, request, template, **context), status, {"Cache-Control": "no-store"})


def render(visit: Visit | None, request: Request, template: str, **context: object) -> str:
    """A template as text."""
    language, light = language_of(request), light_of(request)
    speech = speech_of(language)
    zone = ZoneInfo(request.app.state.settings.timezone)
    shared: Mapping[str, object] = {
        "visit": visit,
        "person": visit.person if visit else None,
        "role_name": ROLES[visit.person.role] if visit else "",
        "menu": menu_for(visit.person.role) if visit else (),
        "path": request.url.path,
        "query": request.query_params,
        "language": language,
        "languages": LANGUAGES,
        "light": light,
        "nonce": nonce_of(request),
        "csrf": _csrf_field(visit),
        "csrf_token": visit.csrf if visit else "",
        "local": lambda at, how="%Y-%m-%d %H:%M": local(at, zone, how),
        "_": speech.gettext,
        "gettext": speech.gettext,
        "ngettext": speech.ngettext,
        "pgettext": speech.pgettext,
    }
    return _environment.get_template(template).render(**shared, **context)


def language_of(request: Request) -> str:
    """What is chosen in a cookie; Chinese else."""
    chosen = request.cookies.get("lang", "")
    return chosen if chosen in LANGUAGES else "zh"


def gettext_of(request: Request) -> Callable[[str], str]:
    """What says a sentence in the request's language."""
    return speech_of(language_of(request)).gettext


def light_of(request: Request) -> str:
    """Light, dark, or as the machine has it."""
    chosen = request.cookies.get("light", "")
    return chosen if chosen in LIGHTS else "auto"


def nonce_of(request: Request) -> str:
    """The request's nonce, under which the page may bring styles of its own (`web/headers.py`)."""
    if not hasattr(request.state, "nonce"):
        request.state.nonce = secrets.token_urlsafe(16)
    return str(request.state.nonce)


def local(at: datetime | None, zone: ZoneInfo, how: str = "%Y-%m-%d %H:%M") -> str:
    """An instant in the configured zone, as people there read it."""
    return "" if at is None else f"{at.astimezone(zone):{how}}"


def yuan(fen: int | None, *, sign: bool = False) -> str:
    """Fen as yuan with thousands: 1,234.05."""
    if fen is None:
        return "–"
    text = f"{abs(fen) // 100:,}.{abs(fen) % 100:02}"
    return ("−" if fen < 0 else "+" if sign and fen else "") + text


def rule_name(rule: str) -> str:
    """A rule's Chinese name, or the rule itself."""
    return rule_entry(rule).name if rule in RULES else rule


def _csrf_field(visit: Visit | None) -> Markup:
    if visit is None:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, visit.csrf)


_environment.filters.update(
    clock=clock,
    mask=mask,
    yuan=yuan,
    rule_name=rule_name,
    rules_named=rules_named,
    severity_name=lambda one: SEVERITIES[one],
)
