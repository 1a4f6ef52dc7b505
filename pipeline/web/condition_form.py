"""The forms of a condition and of a word group: from their fields to the pack after them, every mistake at its field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request
from starlette.datastructures import FormData

from pipeline.errors import LexiconError
from pipeline.text.condition_editing import (
    FIELDS,
    HARMLESS,
    NoNumber,
    fields_of,
    groups_of,
    names_of,
    other_lines,
    with_condition,
    with_group,
)
from pipeline.text.pack_editing import LineMoved, typed_lines
from pipeline.web.numbers import number_of
from pipeline.web.refusals import BadInput
from pipeline.web.rule_opened import Overtaken
from pipeline.web.rule_words import mistake_alone
from pipeline.web.sent import value

NO_NUMBER = "这里要填一个数。"
_LONGEST_NAME, _LONGEST = 40, 20_000
_NOTHING_WANTED = "any, all or regex is missing"


class Kind(StrEnum):
    """Which part of a pack a form is about."""

    CONDITIONS = "conditions"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The pack after a form; `mistakes` by field, `problem` what lies elsewhere in the pack, `late` that somebody else has
    changed the part meanwhile. Nothing counts where there is one of these.
    """

    content: str
    mistakes: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    late: Overtaken | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be put right first."""
        return bool(self.mistakes or self.problem or self.late)


def place_of(form: FormData) -> int | None:
    """Which condition a form is about; None: a new one. Raises LineMoved for what is no place."""
    given = value(form, "at")
    place = number_of(given)
    if given and place is None:
        raise LineMoved(f"conditions: there is no place {given!r}")
    return place


def part_of(content: str, kind: Kind, form: FormData) -> object:
    """What a form showed of a pack: a condition with all that belongs to it, or a group's words. Raises LineMoved where it is not there."""
    if kind is Kind.WORDS:
        return _known(groups_of(content), value(form, "group").strip())
    at = place_of(form)
    fields = fields_of(content, at)
    if fields["name"] != value(form, "was"):
        raise LineMoved("conditions: another one stands there")
    return fields, other_lines(content, at)


def is_new(kind: Kind, form: FormData) -> bool:
    """Whether a form adds something, and so showed nothing that another could have changed."""
    return bool(value(form, "new")) if kind is Kind.WORDS else place_of(form) is None


def answers_of(form: FormData) -> dict[str, str]:
    """What was filled in, by field."""
    answers = {name: "\n".join(value(form, name).splitlines()) for name in FIELDS}
    if any(len(given) > _LONGEST for given in answers.values()):
        raise BadInput("一格最多 20000 个字。")
    return answers


def condition_after(
    request: Request, content: str, form: FormData, version: int, check: Callable[[str], None]
) -> Outcome:
    """The pack after the form of a condition. `check` raises LexiconError where a text would be no pack. Raises LineMoved."""
    at, was = place_of(form), value(form, "was")
    if value(form, "op") == "remove":
        return _checked(request, with_condition(content, at, was, None, version), check)
    given, now = answers_of(form), fields_of(content, at)
    found: dict[str, str] = {}
    if not given["name"].strip() or len(given["name"]) > _LONGEST_NAME or not given["name"].isprintable():
        found["name"], given["name"] = "请写名称，最多 40 个字。", _instead("name", now["name"])
    # One mistake hides the next: what is wrong is told, put back, and the rest looked at again.
    for _ in FIELDS:
        try:
            after = with_condition(content, at, was, given, version)
            check(after)
        except NoNumber as error:
            name, said = error.name, NO_NUMBER
        except LexiconError as error:
            name, said = _field(error, content, at), mistake_alone(request, error)
            if name in found or name not in FIELDS:
                return Outcome(content, found, "" if found else said)
        else:
            return Outcome(content if found else after, found)
        found[name], given[name] = said, _instead(name, now[name])
    return Outcome(content, found)


def group_after(request: Request, content: str, form: FormData, version: int, check: Callable[[str], None]) -> Outcome:
    """The pack after the form of a word group, as `condition_after`. Raises LineMoved for a group that is not there and not to be new."""
    groups, name, adds = groups_of(content), value(form, "group").strip(), is_new(Kind.WORDS, form)
    if not adds:
        _known(groups, name)
    if value(form, "op") == "remove":
        return _checked(request, with_group(content, name, None, version), check)
    words = typed_lines(value(form, "words"))
    mistakes = {}
    if adds and (not name.isalnum() or len(name) > _LONGEST_NAME):
        mistakes["group"] = "请写名称：汉字或字母，最多 40 个字。"
    elif adds and name in groups:
        mistakes["group"] = "已有同名的词组，请换一个名称。"
    if not words:
        mistakes["words"] = "至少要写一行；不要这个词组了就删去它。"
    return (
        Outcome(content, mistakes) if mistakes else _checked(request, with_group(content, name, words, version), check)
    )


def _known(groups: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    if name not in groups:
        raise LineMoved(f"words: there is no group {name!r}")
    return groups[name]


def _checked(request: Request, after: str, check: Callable[[str], None]) -> Outcome:
    try:
        check(after)
    except LexiconError as error:
        return Outcome(after, {}, mistake_alone(request, error))
    return Outcome(after)


def _field(error: LexiconError, content: str, at: int | None) -> str:
    """The field of a mistake; empty where it lies elsewhere in the pack."""
    place = len(names_of(content)) if at is None else at
    if error.keys[:2] != ("conditions", str(place)):
        return ""
    way = list(error.keys[2:])
    if _NOTHING_WANTED in str(error):
        way[-1] = "any"
    return ".".join(way)


def _instead(name: str, now: str) -> str:
    """What stands in for something wrong while the rest is looked at: what was there, or words that are never wrong."""
    return now or (HARMLESS if name.rpartition(".")[2] in ("name", "any", "all", "regex") else "")
