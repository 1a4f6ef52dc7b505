"""The form of the policy: fields by their names in the file, what was typed put back where it is wrong."""

from collections.abc import Mapping, Sequence

from fastapi import Request
from starlette.datastructures import FormData

from pipeline.checks.catalogue import RULES
from pipeline.errors import CallqaError, LexiconError
from pipeline.policy.editing import PolicySection, Unreadable, meaning_of, rewritten
from pipeline.policy.meanings import TABLES, Meaning
from pipeline.services.policy_file import check_policy
from pipeline.services.rule_mistakes import in_chinese
from pipeline.web.pages import language_of, rule_name
from pipeline.web.rule_words import CATEGORY_NAMES
from pipeline.web.sent import values

UNIT_NAMES = {
    "days": "天", "months": "个月", "years": "年", "minutes": "分钟", "seconds": "秒", "points": "分", "percent": "%", "yuan": "元",
    "whole_yuan": "元", "area": "平方米",
}  # fmt: skip
ITEM_RULES = "score.item[].rules"
_CATEGORIES = {f"{category}.*": f"{name}（整类）" for category, name in CATEGORY_NAMES.items()}
_RULES_BY_NAME = {name: rule for rule, name in ((*_CATEGORIES.items(), *((rule, rule_name(rule)) for rule in RULES)))}


def answers_of(form: FormData, known: tuple[PolicySection, ...]) -> dict[str, list[str]]:
    """What was filled in, by name. A list of boxes of which none is ticked was answered, too: `shown` names all that the form had."""
    shown = set(values(form, "shown"))
    names = [field.name for section in known for field in section.fields]
    names += [name for section in known for table in section.tables for name, _ in table.columns]
    answers = {name: values(form, name) for name in names if name in shown}
    if ITEM_RULES in answers:
        answers[ITEM_RULES] = ["\n".join(map(_rule_of, cell.splitlines())) for cell in answers[ITEM_RULES]]
    return answers


def cell_text(name: str, lines: Sequence[str]) -> str:
    """A cell as it is shown: rules by their names."""
    return "\n".join(map(rule_or_category, lines) if name == ITEM_RULES else lines)


def rule_or_category(rule: str) -> str:
    """A rule's name; phrase.* is called after its category."""
    return _CATEGORIES.get(rule) or rule_name(rule)


def _rule_of(name: str) -> str:
    """The rule of a name; what is no name stays, and is refused as no rule."""
    return _RULES_BY_NAME.get(name.strip(), name.strip())


def policy_after(request: Request, content: str, answers: Mapping[str, list[str]]) -> str:
    """The policy with what was filled in. Raises Refused with a sentence in the user's language."""
    try:
        after = rewritten(content, answers)
        check_policy(after.encode(), "policy")
    except Unreadable as error:
        raise Refused(_unreadable(request, error), error) from error
    except LexiconError as error:
        raise Refused(_mistake(request, error)) from error
    return after


class Refused(CallqaError):
    """What was filled in does not add up; the sentence says where and why. `wrong`: the field in which no number stands."""

    def __init__(self, sentence: str, wrong: Unreadable | None = None) -> None:
        super().__init__(sentence)
        self.wrong = wrong


def _unreadable(request: Request, error: Unreadable) -> str:
    meaning = meaning_of(error.name)
    if language_of(request) != "zh":
        return f"{meaning.english if meaning else error.name}: {error.given!r} is no number for it"
    return f"{meaning.chinese if meaning else error.name}：“{error.given}”不是这里能填的数。"


def _mistake(request: Request, error: LexiconError) -> str:
    if language_of(request) != "zh":
        return str(error)

    def name_of(key: str) -> str | None:
        meaning, table = meaning_of(key), TABLES.get(key.partition(" ")[0])
        return meaning.chinese + _in_file(meaning) if meaning else table[0] if table else None

    return in_chinese(str(error), name_of)


def _in_file(meaning: Meaning) -> str:
    """The file has hundredths of percents and fen, and so have its readers' messages."""
    return (
        "（下面的数以万分之一计）"
        if meaning.unit == "percent"
        else "（下面的数以分计）"
        if meaning.unit == "yuan"
        else ""
    )
