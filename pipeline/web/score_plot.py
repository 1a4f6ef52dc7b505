"""Month scores as lines with their intervals, one line a vendor, or one a project where a single vendor is looked at.

ECharts has no series for an interval and a page brings no scripts of its own: an unseen line at the lower bound carries the band up to the upper one,
and a short stroke shows it also where a month stands alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from pipeline.records.closed import ScoreLine
from pipeline.records.estimate import Interval
from pipeline.records.month import Month
from pipeline.services.ranking import is_of_all, mean_score

MOST_LINES = 6
_COLOURS = ("#2b82b8", "#d98b1f", "#4a9d6b", "#b0473f", "#7a5ab5", "#64748b")
Options = dict[str, object]


@dataclass(frozen=True, slots=True)
class ScoreCurve:
    """What one line shows, by month; None: a month without a score that counts. `calls` is how many calls its months had,
    `of_all` the months of which every call was heard.
    """

    name: str
    calls: int
    by_month: Mapping[Month, Interval | None]
    of_all: frozenset[Month] = frozenset()


def curves(lines: Iterable[ScoreLine], *, of_projects: bool) -> list[ScoreCurve]:
    """A curve a vendor (the mean of its projects, by their calls) or a project, those with the most calls first."""
    found: dict[str, dict[Month, list[ScoreLine]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        found[line.project if of_projects else line.vendor][line.month].append(line)
    made = [
        ScoreCurve(
            name,
            sum(line.calls for theirs in months.values() for line in theirs),
            {month: mean_score(theirs) for month, theirs in months.items()},
            frozenset(month for month, theirs in months.items() if is_of_all(theirs)),
        )
        for name, months in found.items()
    ]
    return sorted(made, key=lambda one: (-one.calls, one.name))


def months_of(shown: Sequence[ScoreCurve]) -> list[Month]:
    """From the first month that any of them has to the last, without gaps."""
    known = {month for one in shown for month in one.by_month}
    months = [min(known)] if known else []
    while months and months[-1] < max(known):
        months.append(months[-1].plus(1))
    return months


def score_plot(shown: Sequence[ScoreCurve], warning_line: int | None, warning_name: str) -> Options | None:
    """The options of the plot; None where no month has a score."""
    months = months_of(shown)
    measured = [at for one in shown for at in one.by_month.values() if at is not None]
    if not measured:
        return None
    lowest = min([at.low for at in measured] + ([warning_line] if warning_line is not None else []))
    names = [str(month) for month in months]
    series = [part for place, one in enumerate(shown) for part in _curve(one, months, place)]
    if warning_line is not None:
        series.append(_line(warning_name, warning_line))
    return {
        "legend": {"type": "scroll", "top": 0, "data": [one.name for one in shown]},
        "grid": {"left": 8, "right": 28, "top": 40, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item", "renderMode": "richText", "formatter": "{a}\n{b}"},
        "xAxis": {"type": "category", "data": names, "boundaryGap": True},
        "yAxis": {"type": "value", "min": floor(max(0.0, lowest - 1) / 10) * 10, "max": 100},
        "series": series,
    }


def _curve(one: ScoreCurve, months: Sequence[Month], place: int) -> list[Options]:
    colour = _COLOURS[place % len(_COLOURS)]
    at = [one.by_month.get(month) for month in months]
    band = {
        "type": "line", "name": one.name, "stack": f"band {place}", "symbol": "none", "silent": True,
        "lineStyle": {"opacity": 0}, "itemStyle": {"color": colour},
    }  # fmt: skip
    points = [
        None
        if here is None
        else {"value": round(here.value, 2), "name": _told(month, here, of_all=month in one.of_all)}
        for month, here in zip(months, at, strict=True)
    ]
    strokes = [
        [{"coord": [str(month), round(here.low, 2)]}, {"coord": [str(month), round(here.high, 2)]}]
        for month, here in zip(months, at, strict=True)
        if here is not None
    ]
    return [
        {**band, "data": [None if here is None else round(here.low, 2) for here in at]},
        {
            **band,
            "areaStyle": {"color": colour, "opacity": 0.14},
            "data": [None if here is None else round(here.high - here.low, 2) for here in at],
        },
        {
            "type": "line", "name": one.name, "symbol": "circle", "symbolSize": 9, "data": points,
            "lineStyle": {"color": colour, "width": 2}, "itemStyle": {"color": colour},
            "markLine": {
                "silent": True, "symbol": ["none", "none"], "label": {"show": False}, "data": strokes,
                "lineStyle": {"color": colour, "type": "solid", "width": 3, "opacity": 0.45},
            },
        },
    ]  # fmt: skip


def _told(month: Month, at: Interval, *, of_all: bool) -> str:
    return f"{month}: {at.value:.1f}" if of_all else f"{month}: {at.value:.1f} ({at.low:.1f}–{at.high:.1f})"


def _line(name: str, value: int) -> Options:
    return {
        "type": "line", "name": name, "data": [], "silent": True,
        "markLine": {
            "silent": True, "symbol": ["none", "none"], "data": [{"yAxis": value}],
            "lineStyle": {"type": "dashed", "color": "#b0473f", "width": 1},
            "label": {"formatter": f"{name} {value}", "position": "insideStartTop", "color": "#b0473f"},
        },
    }  # fmt: skip
