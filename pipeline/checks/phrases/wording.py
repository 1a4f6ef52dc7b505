"""What a reviewer reads about a condition that holds.

    符合侵犯隐私条件“套取验证码”：话务员说了“验证码”，3.6 秒后客户说了“三八二零五一”，其间没有说“别告诉别人”。

Words are quoted as they were heard, those of `none` as the pack has them.
"""

from collections.abc import Sequence

from pipeline.checks.catalogue import entry
from pipeline.checks.phrases.holding import Held
from pipeline.checks.phrases.sayings import Saying
from pipeline.text.conditions import WHOLE_BP, Condition, Role, Window

_WHO = {Role.AGENT: "话务员", Role.CUSTOMER: "客户", Role.ANY: "有人"}
_MOST_NAMED = 3


def explain(condition: Condition, found: Held) -> str:
    """Which condition held and why, one Chinese sentence."""
    wanted = condition.wanted
    name = f"符合{entry(condition.rule).name}条件“{condition.name}”："
    own = f"{_WHO[wanted.role]}{_where(wanted.window)}说了{_quoted(found.said)}"
    least = f"（至少 {wanted.minimum} 处）" if wanted.minimum > 1 else ""
    return f"{name}{own}{least}{_after(condition, found)}{_before(condition, found)}{_without(condition)}。"


def _after(condition: Condition, found: Held) -> str:
    if condition.after is None or found.after is None:
        return ""
    who = _WHO[condition.after.wanted.role]
    return f"，在{who}说“{found.after.words}”之后 {_gap_s(found.after, found.deciding):.1f} 秒"


def _before(condition: Condition, found: Held) -> str:
    if condition.before is None or found.before is None:
        return ""
    who = _WHO[condition.before.wanted.role]
    return f"，{_gap_s(found.deciding, found.before):.1f} 秒后{who}说了“{found.before.words}”"


def _without(condition: Condition) -> str:
    named = [f"“{phrase.text}”" for phrase in condition.wanted.none]
    if not named:
        return ""
    return f"，其间没有说{'、'.join(named[:_MOST_NAMED])}{'等' if len(named) > _MOST_NAMED else ''}"


def _gap_s(earlier: Saying, later: Saying) -> float:
    return max(0, later.span.start_ms - earlier.span.end_ms) / 1000


def _quoted(said: Sequence[Saying]) -> str:
    return "".join(f"“{words}”" for words in dict.fromkeys(saying.words for saying in said))


def _where(window: Window) -> str:
    """The window in words, empty for the whole call."""
    limits = (
        (window.first_turns, f"开头 {window.first_turns} 轮内"),
        (window.last_turns, f"最后 {window.last_turns} 轮内"),
        (window.first_ms, f"开头 {(window.first_ms or 0) / 1000:g} 秒内"),
        (window.last_ms, f"最后 {(window.last_ms or 0) / 1000:g} 秒内"),
    )
    told = [words for limit, words in limits if limit is not None]
    if (window.from_bp, window.to_bp) != (0, WHOLE_BP):
        told.append(f"通话的 {window.from_bp / 100:g}% 至 {window.to_bp / 100:g}% 之间")
    return f"在{'、'.join(told)}" if told else ""
