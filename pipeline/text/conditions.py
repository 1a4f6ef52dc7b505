"""Conditions: what phrases cannot say alone, because it depends on who says it when, how often, and after or before what.

    [[conditions]]
    name = "套取验证码"
    any = ["验证码", "短信码"]                                  the agent (unless `role` says otherwise) says one of these
    none = ["(别|不要)告诉(任何人|别人)"]                       and none of these
    before = { role = "customer", regex = '^[零一二三四五六七八九]{6}$', within_s = 20 }

`any`, `all` and `none` are lists in the packs' notation, `regex` and `not_regex` choose utterances, `window` a part of the call. `after` and
`before` are written the same way and say what has to be said first or next. Evaluated in `checks/phrases/conditions.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.records.finding import Severity
from pipeline.text.expression import Expression, expression
from pipeline.text.lexicon import Table, exceptions, phrases, refuse_single, severity
from pipeline.text.notation import Words
from pipeline.text.phrases import Phrase

WHOLE_BP = 10_000
_SAID = ("role", "any", "all", "none", "regex", "not_regex", "minimum", "window", "exceptions")
_COUNTS = ("first_turns", "last_turns")
_SECONDS = ("first_s", "last_s")
_SHARES = ("from_share", "to_share")
CONDITION_KEYS = ("name", "severity", "after", "before", *_SAID)
WINDOW_KEYS = (*_COUNTS, *_SECONDS, *_SHARES)


class Role(StrEnum):
    """Whose words are meant."""

    AGENT = "agent"
    CUSTOMER = "customer"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the call looked at. Turns are utterances of the role meant, shares of the call [from, to) in basis points; None = no limit."""

    first_turns: int | None = None
    last_turns: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    from_bp: int = 0
    to_bp: int = WHOLE_BP

    @property
    def needs_end(self) -> bool:
        """Whether it cannot be told where the recording's end is missing."""
        is_share = (self.from_bp, self.to_bp) != (0, WHOLE_BP)
        return self.last_turns is not None or self.last_ms is not None or is_share


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be said: `minimum` hits of `any` (of `regex` where there is neither `any` nor `all`), every one of `all`, none of `none`.

    Only utterances count in which `regex` is found and `not_regex` is not; `none` is looked for in all of them.
    """

    role: Role
    any: tuple[Phrase, ...]
    all: tuple[Phrase, ...]
    none: tuple[Phrase, ...]
    regex: Expression | None
    not_regex: Expression | None
    minimum: int
    window: Window

    @property
    def is_regex_only(self) -> bool:
        """Whether the expression itself is what is looked for."""
        return not self.any and not self.all


@dataclass(frozen=True, slots=True)
class Anchor:
    """What has to be said first or next, at most `within_ms` away; None = anywhere on that side."""

    wanted: Wanted
    within_ms: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the pack of `rule`. `severity` None = the rule's own."""

    rule: str
    name: str
    wanted: Wanted
    after: Anchor | None
    before: Anchor | None
    severity: Severity | None


def load_conditions(pack: Table, rule: str, words: Words, general: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions of a pack; its `general` exceptions hold for their any and all. Raises LexiconError with file, line and reason."""
    found: list[Condition] = []
    for table in pack.tables("conditions"):
        table.only(*CONDITION_KEYS)
        name = table.text("name")
        if name in {condition.name for condition in found}:
            raise table.error("name", "two conditions of this name; findings must tell them apart", name)
        wanted, after, before = (
            _wanted(table, words, general),
            _anchor(table, "after", words),
            _anchor(table, "before", words),
        )
        found.append(Condition(rule, name, wanted, after, before, severity(table) or severity(pack)))
    return tuple(found)


def _anchor(table: Table, key: str, words: Words) -> Anchor | None:
    if key not in table.values:
        return None
    anchor = table.table(key)
    anchor.only("within_s", *_SAID)
    within_ms = _milliseconds(anchor, "within_s") if "within_s" in anchor.values else None
    return Anchor(_wanted(anchor, words, ()), within_ms)


def _wanted(table: Table, words: Words, general: Sequence[str]) -> Wanted:
    own = (*general, *exceptions(table, words))
    wanted = Wanted(
        _role(table),
        _phrases(table, "any", words, own),
        _phrases(table, "all", words, own),
        _phrases(table, "none", words, ()),
        _expression(table, "regex"),
        _expression(table, "not_regex"),
        table.whole("minimum", 1),
        _window(table),
    )
    if wanted.is_regex_only and wanted.regex is None:
        place = next((key for key in ("none", "not_regex", "name", "role") if key in table.values), "any")
        raise table.error(place, "any, all or regex is missing: what is only not said has no place in the call")
    if wanted.minimum < 1:
        raise table.error("minimum", "must be at least 1", wanted.minimum)
    if "minimum" in table.values and wanted.all and not wanted.any:
        raise table.error(
            "minimum", "counts hits of any or of a regex alone; of all every one is needed", wanted.minimum
        )
    return wanted


def _role(table: Table) -> Role:
    given = table.text("role", Role.AGENT)
    if given not in set(Role):
        raise table.error("role", f"must be one of {', '.join(Role)}", given)
    return Role(given)


def _phrases(table: Table, key: str, words: Words, general: Sequence[str]) -> tuple[Phrase, ...]:
    found = phrases(table, key, words, hit_key=key, exceptions=general)
    if key in table.values and not found:
        raise table.error(key, "lists nothing")
    for phrase in found:
        refuse_single(table, key, phrase)
        if phrase.severity is not None:
            raise table.error(key, "severity belongs to the condition, not to its words", phrase.text)
    return found


def _expression(table: Table, key: str) -> Expression | None:
    if key not in table.values:
        return None
    given = table.text(key)
    try:
        return expression(given)
    except ValueError as error:
        raise table.error(key, str(error), given) from error


def _window(table: Table) -> Window:
    if "window" not in table.values:
        return Window()
    window = table.table("window")
    window.only(*WINDOW_KEYS)
    if not window.values:
        raise table.error("window", f"is empty; known: {', '.join(WINDOW_KEYS)}")
    first_turns, last_turns = (_count(window, key) for key in _COUNTS)
    first_ms, last_ms = (_milliseconds(window, key) if key in window.values else None for key in _SECONDS)
    from_bp, to_bp = (_share(window, key, default) for key, default in zip(_SHARES, (0, WHOLE_BP), strict=True))
    if from_bp >= to_bp:
        key = next(key for key in _SHARES if key in window.values)
        raise window.error(key, "from_share must be less than to_share", window.values[key])
    return Window(first_turns, last_turns, first_ms, last_ms, from_bp, to_bp)


def _count(window: Table, key: str) -> int | None:
    if key not in window.values:
        return None
    count = window.whole(key)
    if count < 1:
        raise window.error(key, "must be at least 1", count)
    return count


def _milliseconds(table: Table, key: str) -> int:
    seconds = table.number(key)
    if not 0 < seconds < 86_400:
        raise table.error(key, "must be more than 0 seconds and less than a day", table.values[key])
    return round(seconds * 1000)


def _share(window: Table, key: str, default: int) -> int:
    if key not in window.values:
        return default
    share = window.number(key)
    if not 0 <= share <= 1:
        raise window.error(key, "must be a share of the call from 0.0 to 1.0", window.values[key])
    return round(share * WHOLE_BP)
