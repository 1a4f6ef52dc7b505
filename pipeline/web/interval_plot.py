"""A plot of shares with their intervals, one line each: a band from the lower bound to the upper one, and the value on it.

ECharts has no such series, and a page brings no scripts of its own: an unseen bar up to the lower bound carries the band.
"""

from collections.abc import Sequence

from pipeline.records.estimate import Interval

_COLOUR = "#2b82b8"
_HIDDEN = {"color": "transparent"}


def interval_plot(title: str, measured: Sequence[tuple[str, Interval]], unit: str = " %") -> dict[str, object]:
    """The options of the plot; `title` is what is measured, in per cent or another `unit` of a hundred, the first line on top."""
    names = [name for name, _ in measured]

    def percent(shares: Sequence[float]) -> list[float]:
        return [round(share * 100, 1) for share in shares]

    band = {"type": "bar", "stack": "band", "barWidth": 10, "silent": True, "tooltip": {"show": False}}
    return {
        "grid": {"left": 8, "right": 28, "top": 12, "bottom": 28, "containLabel": True},
        "tooltip": {"trigger": "item", "renderMode": "richText", "formatter": f"{{b}}: {{c}}{unit}"},
        "xAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": f"{{value}}{unit}"}},
        "yAxis": {"type": "category", "inverse": True, "data": names, "axisLabel": {"interval": 0}},
        "series": [
            {**band, "itemStyle": _HIDDEN, "data": percent([at.low for _, at in measured])},
            {**band, "itemStyle": {"color": _COLOUR, "opacity": 0.35}, "data": percent([at.high - at.low for _, at in measured])},
            {"type": "scatter", "name": title, "symbolSize": 10, "itemStyle": {"color": _COLOUR}, "data": percent([at.value for _, at in measured])},
        ],
    }  # fmt: skip
