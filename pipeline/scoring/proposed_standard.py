"""A standard file with proposed limits in it: the present file, word for word, but for the lines of the limits that change.

    rate_max_cpm = 350
    →
    # 校准 2026-03-02：原值 350；按 812 通的第 95 百分位 318.4 提出。
    rate_max_cpm = 320

The line of an earlier calibration is replaced, so that a file does not grow with every month.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date

from pipeline.errors import LexiconError
from pipeline.records.limit import Side
from pipeline.scoring.calibration import Spread

_MARK = "# 校准 "


def proposed_standard(present: str, proposals: Iterable[Spread], day: date) -> str:
    """The text of the new file. Raises LexiconError where a limit has no line of its own in the present one."""
    lines = present.splitlines()
    expected = tomllib.loads(present)
    for spread in proposals:
        if spread.proposed is not None:
            lines = _replaced(lines, spread, spread.proposed, day)
            expected[spread.limit.name] = spread.proposed
    text = "\n".join(lines) + "\n"
    if tomllib.loads(text) != expected:
        raise LexiconError(
            "standard.toml: its limits cannot be replaced line by line; write each as `name = value` once"
        )
    return text


def number(value: float) -> str:
    """As it is written in the file: 320, -31.5, 0.0005."""
    return str(int(value)) if value == int(value) else f"{value:.10f}".rstrip("0")


def _replaced(lines: list[str], spread: Spread, proposed: float, day: date) -> list[str]:
    name = spread.limit.name
    line = re.compile(rf"{re.escape(name)}\s*=\s*[-+.\w]+")
    at = next((n for n, text in enumerate(lines) if line.match(text)), None)
    if at is None:
        raise LexiconError(f"standard.toml: no line `{name} = …` to replace; write it on a line of its own")
    before = lines[: at - 1] if at and lines[at - 1].startswith(_MARK) else lines[:at]
    new = line.sub(f"{name} = {number(proposed)}", lines[at], count=1)
    return [*before, _comment(spread, day), new, *lines[at + 1 :]]


def _comment(spread: Spread, day: date) -> str:
    percent = 95 if spread.limit.side is Side.HIGH else 5
    figure = number(round(spread.percentile(percent) or 0.0, 4))
    old = number(spread.present)
    return f"{_MARK}{day}：原值 {old}；按 {len(spread.values)} 通的第 {percent} 百分位 {figure} 提出。"
