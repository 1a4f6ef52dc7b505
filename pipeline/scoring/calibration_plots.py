"""Pictures of the figures that limits are set from: a histogram for each project, the present and the proposed limit drawn into it.

One PNG a limit, `rate_max_cpm.png` and so on. Needs the extra `plots` (matplotlib). Labels are Chinese where a font for it is installed, English
elsewhere: boxes instead of hanzi help nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pipeline.records.limit import Side
from pipeline.scoring.calibration import Calibration, Spread
from pipeline.scoring.proposed_standard import number

_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "SimHei",
)  # fmt: skip
_MOST_PROJECTS = 8
_BINS = 40
_BAR, _PAST, _OLD, _NEW = "#9db8d2", "#d98880", "#5d6d7e", "#1a5276"
# The far tail of a long-tailed figure would squeeze everything else into one bar; its last bar holds all beyond.
_SHOWN_PERCENT = 99.5


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of a picture in one language; `names` by limit: title and axis."""

    names: dict[str, tuple[str, str]]
    calls: str
    present: str
    proposed: str
    too_few: str
    all_projects: str
    claims: str
    percentile: str
    red: str


CHINESE = Labels(
    {
        "rate_max_cpm": ("语速上限", "一通中最快的语速（字/分）"),
        "rate_min_cpm": ("语速下限", "一通中最慢的语速（字/分）"),
        "longest_silence_ms": ("冷场上限", "一通中最长的静默（秒）"),
        "slow_response_ms": ("应答慢上限", "一通中客户等待应答最长（秒）"),
        "monologue_ms": ("独白上限", "一通中客服连续说话最长（秒）"),
        "interruption_count": ("抢话次数", "一通中的抢话次数"),
        "level_low_dbfs": ("音量下限", "客服有效语音电平（dBFS，P.56）"),
        "level_high_dbfs": ("音量上限", "客服有效语音电平（dBFS，P.56）"),
        "clipped_share": ("削波上限", "客服说话中削波样点的占比（%）"),
    },
    calls="通数", present="现行", proposed="建议", too_few="不足 50 通，不提建议", all_projects="全部项目合计", claims="判出",
    percentile="第 5、50、95 百分位", red="红色：按建议的上下限判出",
)  # fmt: skip
ENGLISH = Labels(
    {
        "rate_max_cpm": ("Fastest speech allowed", "fastest rate in a call (hanzi a minute)"),
        "rate_min_cpm": ("Slowest speech allowed", "slowest rate in a call (hanzi a minute)"),
        "longest_silence_ms": ("Longest silence allowed", "longest silence in a call (s)"),
        "slow_response_ms": ("Longest wait allowed", "longest wait for the agent in a call (s)"),
        "monologue_ms": ("Longest monologue allowed", "longest stretch of the agent alone in a call (s)"),
        "interruption_count": ("Interruptions that make a habit", "interruptions in a call"),
        "level_low_dbfs": ("Softest voice allowed", "agent's active speech level (dBFS, P.56)"),
        "level_high_dbfs": ("Loudest voice allowed", "agent's active speech level (dBFS, P.56)"),
        "clipped_share": ("Most clipping allowed", "clipped samples in the agent's speech (%)"),
    },
    calls="calls", present="present", proposed="proposed", too_few="fewer than 50 calls, nothing proposed",
    all_projects="all projects", claims="claims", percentile="5th, 50th and 95th percentile",
    red="red: claimed by the proposed limit",
)  # fmt: skip


def draw(calibration: Calibration, folder: Path) -> list[Path]:
    """Write the pictures and return their files. A limit without a single figure has none."""
    font = chinese_font()
    labels = CHINESE if font else ENGLISH
    written = []
    with rc_context({"font.family": [font] if font else ["sans-serif"], "axes.unicode_minus": False, "font.size": 9}):
        for together in calibration.together:
            own = [spread for spread in calibration.projects if spread.limit == together.limit and spread.values]
            rows = own if len(own) == 1 else [*_largest(own), together]
            if together.values:
                file = folder / f"{together.limit.name}.png"
                _picture(rows, labels).savefig(file, dpi=130)
                written.append(file)
    return written


def chinese_font() -> str | None:
    """The first known font with hanzi that is installed."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _FONTS if name in installed), None)


def _largest(spreads: Sequence[Spread]) -> list[Spread]:
    kept = sorted(spreads, key=lambda spread: -len(spread.values))[:_MOST_PROJECTS]
    return sorted(kept, key=lambda spread: spread.project or "")


def _picture(rows: Sequence[Spread], labels: Labels) -> Figure:
    title, axis = labels.names[rows[0].limit.name]
    figure = Figure(figsize=(8, 1.1 + 1.75 * len(rows)), layout="constrained")
    figure.suptitle(f"{title}  {rows[0].limit.name}", fontsize=12)
    edges = _edges(rows)
    axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
    for number_of_row, (place, spread) in enumerate(zip(axes, rows, strict=True), start=1):
        _histogram(place, spread, edges, labels)
        place.set_title(_name(spread, number_of_row, labels), loc="left", fontsize=10)
    axes[-1].set_xlabel(f"{axis}   {labels.red}" if any(row.proposed is not None for row in rows) else axis)
    return figure


def _histogram(place: Axes, spread: Spread, edges: NDArray[np.float64], labels: Labels) -> None:
    scale = _scale(spread)
    values = np.clip(np.array(spread.values) * scale, edges[0], edges[-1])
    then = spread.proposed
    past = np.array([then is not None and spread.limit.is_past(value, then) for value in spread.values], dtype=bool)
    place.hist([values[~past], values[past]], bins=list(edges), stacked=True, color=[_BAR, _PAST], rwidth=0.92)
    place.margins(y=0.32)
    for percent in (5, 50, 95):
        at = (spread.percentile(percent) or 0.0) * scale
        place.plot([min(at, edges[-1])], [0], marker="^", color="black", markersize=5, clip_on=False, zorder=5)
    _line(place, spread, spread.present, labels.present, _OLD, labels)
    if spread.proposed is not None:
        _line(place, spread, spread.proposed, labels.proposed, _NEW, labels)
    note = f"n = {len(spread.values)}   ▲ {labels.percentile}"
    place.set_title(note if spread.proposed is not None else f"{note}   {labels.too_few}", loc="right", fontsize=8)
    place.set_ylabel(labels.calls)
    place.spines[["top", "right"]].set_visible(False)
    place.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def _name(spread: Spread, number_of_row: int, labels: Labels) -> str:
    """The project's name; its number where there is no font for the name."""
    if spread.project is None:
        return labels.all_projects
    return spread.project if labels is CHINESE or spread.project.isascii() else f"project {number_of_row}"


def _line(place: Axes, spread: Spread, at: float, words: str, colour: str, labels: Labels) -> None:
    """A limit with its value and the share of calls that it claims, written away from the other limit's line."""
    other = spread.present if colour == _NEW else spread.proposed
    left = other is not None and (at < other or (at == other and colour == _NEW))
    # A limit that claims what stands at it lies before that bar, not in its middle.
    x = (at - (spread.limit.step / 2 if spread.limit.claims_at else 0)) * _scale(spread)
    place.axvline(x, color=colour, linestyle="-" if colour == _NEW else "--", linewidth=1.6)
    place.annotate(
        f"{words} {number(round(at * _scale(spread), 4))}\n{labels.claims} {spread.claimed(at).share:.1%}",
        (x, 0.98), xycoords=("data", "axes fraction"), xytext=(-4 if left else 4, 0), textcoords="offset points",
        ha="right" if left else "left", va="top", color=colour, fontsize=8,
    )  # fmt: skip


def _scale(spread: Spread) -> float:
    """From the figure's unit to the axis's: ms to s, shares to per cent."""
    name = spread.limit.name
    return 0.001 if name.endswith("_ms") else 100.0 if name.endswith("_share") else 1.0


def _edges(rows: Sequence[Spread]) -> NDArray[np.float64]:
    """Bins that hold the figures and every limit, with room for the limits' words."""
    scale, high = _scale(rows[0]), rows[0].limit.side is Side.HIGH
    values = np.concatenate([np.array(row.values) for row in rows]) * scale
    limits = [at * scale for row in rows for at in (row.present, row.proposed) if at is not None]
    low_end, high_end = (0, _SHOWN_PERCENT) if high else (100 - _SHOWN_PERCENT, 100)
    first = min(*limits, float(np.percentile(values, low_end)))
    last = max(*limits, float(np.percentile(values, high_end)))
    if rows[0].limit.name == "interruption_count":
        return np.arange(-0.5, last + 2)
    room = 0.16 * ((last - first) or 1.0)
    start = first - room
    return np.linspace(max(0.0, start) if values.min() >= 0 else start, last + room, _BINS + 1)
