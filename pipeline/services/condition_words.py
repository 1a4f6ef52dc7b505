"""A pack's condition in a Chinese sentence, for who does not read the file.

套取验证码：话务员说“验证码”或“短信码”，同一窗口里没有说“不要告诉任何人”；之后 20 秒内客户说符合 ^[零一二三四五六七八九]{6}$ 的话。
"""

from collections.abc import Iterator, Sequence

from pipeline.text.conditions import WHOLE_BP, Anchor, Condition, Role, Wanted, Window
from pipeline.text.phrases import Phrase

_WHO = {Role.AGENT: "话务员", Role.CUSTOMER: "客户", Role.ANY: "任何一方"}
_SHOWN = 4


def condition_in_words(condition: Condition) -> str:
    """What has to happen for the condition to hold."""
    parts = [_wanted(condition.wanted)]
    parts += [f"在此之前{_within(condition.after)}{_wanted(condition.after.wanted)}"] if condition.after else []
    parts += [f"在此之后{_within(condition.before)}{_wanted(condition.before.wanted)}"] if condition.before else []
    return "；".join(parts) + "。"


def _wanted(wanted: Wanted) -> str:
    return _WHO[wanted.role] + "，".join(_clauses(wanted)) + _window(wanted.window)


def _clauses(wanted: Wanted) -> Iterator[str]:
    times = f"至少 {wanted.minimum} 次" if wanted.minimum > 1 else ""
    if wanted.any:
        yield f"{times}说{_one_of(wanted.any)}"
    if wanted.all:
        yield "说到" + "、".join(f"“{phrase.text}”" for phrase in wanted.all) + "（每一种都要有）"
    if wanted.regex is not None:
        yield f"{'' if wanted.any or wanted.all else times}说的话符合 {wanted.regex.text}"
    if wanted.not_regex is not None:
        yield f"说的话不符合 {wanted.not_regex.text}"
    if wanted.none:
        yield f"没有说{_one_of(wanted.none)}"


def _one_of(phrases: Sequence[Phrase]) -> str:
    shown = "、".join(f"“{phrase.text}”" for phrase in phrases[:_SHOWN])
    return shown + (f"等 {len(phrases)} 种之一" if len(phrases) > _SHOWN else "之一" if len(phrases) > 1 else "")


def _within(anchor: Anchor) -> str:
    return "" if anchor.within_ms is None else f" {anchor.within_ms / 1000:g} 秒内"


def _window(window: Window) -> str:
    limits = [
        *([f"前 {window.first_turns} 句"] if window.first_turns is not None else []),
        *([f"最后 {window.last_turns} 句"] if window.last_turns is not None else []),
        *([f"开头 {window.first_ms / 1000:g} 秒"] if window.first_ms is not None else []),
        *([f"最后 {window.last_ms / 1000:g} 秒"] if window.last_ms is not None else []),
    ]
    if (window.from_bp, window.to_bp) != (0, WHOLE_BP):
        limits.append(f"通话的 {window.from_bp / 100:g} % 到 {window.to_bp / 100:g} %")
    return f"（只看{'、'.join(limits)}）" if limits else ""
