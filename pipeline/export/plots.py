"""Plots of a statement as inline SVG: scores over months with their intervals, violations by rule.

Texts stay texts, in the page's own font: the machine that draws needs no hanzi, and what is drawn is the same everywhere. Only what the figures
say goes into the bytes: no date, no random ids.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from io import StringIO

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.export import words
from pipeline.export.summary import Summary
from pipeline.records.closed import ScoreLine
from pipeline.records.finding import Severity
from pipeline.records.month import Month

COLOURS = ("#1f5f99", "#c2571a", "#2d7d46", "#7a3e9d", "#a3263a", "#5f6b1f")
SEVERITY_COLOURS: Mapping[Severity, str] = {
    Severity.FATAL: "#8c1c2b",
    Severity.MAJOR: "#d0602f",
    Severity.MINOR: "#e8b35a",
    Severity.NOTICE: "#c9ced6",
}
_GROUP_ID = re.compile(r'(<g) id="[^"]*"')
_LEAST_SCORE = 60
_MOST_RULES = 10


def score_plot(history: Sequence[ScoreLine], projects: Sequence[str], warning_line: int) -> str:
    """Month scores of each project with their 95 % intervals; a month without a score has a word and no point. "" where there is none."""
    if not history:
        return ""
    months = _months(history)
    with _style():
        figure = Figure(figsize=(7.2, 2.7))
        axes = figure.add_axes((0.06, 0.13, 0.925, 0.83))
        for place, project in enumerate(projects):
            own = [line for line in history if line.project == project]
            # Intervals of one month must not lie upon each other.
            shift = (place - (len(projects) - 1) / 2) * 0.09
            _scores(axes, own, months, shift, COLOURS[place % len(COLOURS)])
        _score_axes(axes, history, months, warning_line)
        return _svg(figure)


def rule_plot(summary: Summary, names: Mapping[str, str]) -> str:
    """The most frequent rules, each bar cut by severity. "" where there was no violation."""
    rows = summary.rules()[:_MOST_RULES]
    if not rows:
        return ""
    with _style():
        figure = Figure(figsize=(7.2, 0.45 + 0.27 * len(rows)))
        axes = figure.add_axes((0.2, 0.02, 0.75, 0.96))
        for place, (_, counts, total) in enumerate(rows):
            left = 0
            for severity, colour in SEVERITY_COLOURS.items():
                axes.barh(place, counts[severity], left=left, height=0.62, color=colour)
                left += counts[severity]
            axes.annotate(
                f"{total}", (total, place), xytext=(4, 0), textcoords="offset points", va="center", color="#26303b"
            )
        axes.set_yticks(range(len(rows)), [names.get(rule, rule) for rule, *_ in rows])
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(0, rows[0][2] * 1.08)
        axes.xaxis.set_visible(False)
        axes.tick_params(length=0)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        return _svg(figure)


def _style() -> AbstractContextManager[None]:
    return rc_context(
        {
            "font.family": ["DejaVu Sans"],
            "font.size": 9,
            "svg.fonttype": "none",
            "svg.hashsalt": "callqa",
            "axes.edgecolor": "#9aa4b0",
            "axes.linewidth": 0.8,
            "xtick.color": "#4a5563",
            "ytick.color": "#4a5563",
            "axes.unicode_minus": False,
        }
    )


def _months(history: Sequence[ScoreLine]) -> list[Month]:
    """Every month from the first to the last: one that is missing leaves its gap."""
    first, last = min(line.month for line in history), max(line.month for line in history)
    months = [first]
    while months[-1] < last:
        months.append(months[-1].plus(1))
    return months


def _scores(axes: Axes, own: Sequence[ScoreLine], months: Sequence[Month], shift: float, colour: str) -> None:
    for run in _runs([line for line in own if line.score_c is not None]):
        xs = [months.index(line.month) + shift for line in run]
        ys = [(line.score_c or 0) / 100 for line in run]
        low = [y - (line.score_low_c or 0) / 100 for y, line in zip(ys, run, strict=True)]
        high = [(line.score_high_c or 0) / 100 - y for y, line in zip(ys, run, strict=True)]
        axes.errorbar(
            xs, ys, yerr=[low, high], color=colour, marker="o", markersize=4.5, linewidth=1.4, capsize=3, elinewidth=1
        )
    for line in own:
        if line.score_c is None:
            place = (months.index(line.month) + shift, 0.04)
            label = words.STATUSES.get(line.status, line.status).split("（")[0]
            axes.text(
                *place, label, transform=axes.get_xaxis_transform(), ha="center", color=colour, rotation=90, fontsize=8
            )


def _runs(scored: Sequence[ScoreLine]) -> list[list[ScoreLine]]:
    """Stretches of months that follow on each other: no line is drawn over a month that has no score."""
    runs: list[list[ScoreLine]] = []
    for line in scored:
        if runs and runs[-1][-1].month.plus(1) == line.month:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _score_axes(axes: Axes, history: Sequence[ScoreLine], months: Sequence[Month], warning_line: int) -> None:
    scored = [line.score_low_c / 100 for line in history if line.score_low_c is not None]
    lowest = min([*scored, warning_line - 5, 100])
    axes.set_ylim(min(_LEAST_SCORE, max(0, lowest - 3)), 101)
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.set_xticks(range(len(months)), [str(month) for month in months])
    axes.axhline(warning_line, color="#a3263a", linestyle=(0, (4, 3)), linewidth=1)
    axes.text(
        len(months) - 0.42,
        warning_line + 0.6,
        f"警告线 {warning_line}",
        color="#a3263a",
        ha="right",
        va="bottom",
        fontsize=8,
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.grid(axis="y", color="#e4e8ee", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _svg(figure: Figure) -> str:
    """The figure as an element of a page."""
    made = StringIO()
    with warnings.catch_warnings():
        # Widths are only guessed where the drawing font lacks a hanzi; the reader's font has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(
            made, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = made.getvalue()
    return _GROUP_ID.sub(r"\1", text[text.index("<svg") :])
