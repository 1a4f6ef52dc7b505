"""The form of a script: from its fields to what is wished. Fields are named after the file: required.thanks, limits.call_s, answers.0.asked."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from starlette.datastructures import FormData

from pipeline.checks.catalogue import ELEMENTS
from pipeline.checks.script.editing import ABSENT, ALWAYS, LIMITS, POLICY, Answer, Wish
from pipeline.checks.script.figures import Kind
from pipeline.records.call import Outcome
from pipeline.text.pack_editing import typed_lines
from pipeline.web import call_words
from pipeline.web.refusals import BadInput
from pipeline.web.sent import value, values

OUTCOMES = "outcomes"
OUTCOME_NAMES = {
    one: call_words.OUTCOMES[one] for one in (Outcome.SUCCESS, Outcome.REFUSED, Outcome.CALLBACK, Outcome.OTHER)
}
NEW_ANSWERS = 1
_LONGEST_NAME = 40
_Value = TypeVar("_Value")


def wish_from(form: FormData, now: Wish) -> Wish:
    """The script as the form has it. Raises BadInput."""
    order = tuple(dict.fromkeys(one for one in values(form, "order") if one))
    return Wish(
        {element: _when(form, f"required.{element}") for element in ELEMENTS},
        {element: typed_lines(value(form, f"cues.{element}")) for element in ELEMENTS},
        order,
        {key: _limit(value(form, f"limits.{key}")) for key in LIMITS},
        {kind.value: _when(form, f"key_figures.{kind}") for kind in Kind},
        typed_lines(value(form, "jargon")),
        tuple(_answers(form, len(now.answers))),
    )


def kept(typed: Wish, then: Wish, now: Wish) -> Wish:
    """What was typed into a form that showed `then`; what was left as it was shown is as it stands now."""
    come = now.answers[len(then.answers) :]
    return Wish(
        _each(typed.required, then.required, now.required),
        _each(typed.cues, then.cues, now.cues),
        now.order if typed.order == then.order else typed.order,
        _each(typed.limits, then.limits, now.limits),
        _each(typed.key_figures, then.key_figures, now.key_figures),
        now.jargon if typed.jargon == then.jargon else typed.jargon,
        now.answers if typed.answers == then.answers else (*typed.answers, *come),
    )


def _each(typed: Mapping[str, _Value], then: Mapping[str, _Value], now: Mapping[str, _Value]) -> dict[str, _Value]:
    return {name: now[name] if given == then[name] else given for name, given in typed.items()}


def _when(form: FormData, name: str) -> str:
    chosen = value(form, name)
    if chosen in (ABSENT, ALWAYS, POLICY):
        return chosen
    outcomes = [one for one in OUTCOME_NAMES if one.value in values(form, f"{name}.on")]
    if chosen != OUTCOMES or not outcomes:
        raise BadInput("选了“看结果”的，请至少勾一种结果。")
    return ",".join(outcomes)


def _limit(given: str) -> int | None:
    if not given.strip():
        return None
    if not (given.isascii() and given.strip().isdecimal()) or len(given.strip()) > 6:
        raise BadInput("时限请填整数；没有限制就留空。")
    return int(given)


def _answers(form: FormData, known: int) -> Iterator[Answer | None]:
    """The known ones by their place, None where its name was taken away; new ones that have a name behind them."""
    for at in range(known + NEW_ANSWERS):
        name = value(form, f"answers.{at}.name").strip()
        if len(name) > _LONGEST_NAME:
            raise BadInput("口径的名称最多 40 个字。")
        if name:
            yield Answer(
                name, *(typed_lines(value(form, f"answers.{at}.{key}")) for key in ("asked", "answer", "exceptions"))
            )
        elif at < known:
            yield None
