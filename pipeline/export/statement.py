"""The vendor's statement 结算单: one page of HTML to read, print and sign, with everything in it and nothing fetched.

What is paid and why: the lines of the settlement, the scores with their intervals, how they went over the months, which faults there were, and the
worst calls with their words and seconds. The same close gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.export import words
from pipeline.export.plots import COLOURS, SEVERITY_COLOURS, rule_plot, score_plot
from pipeline.export.summary import Summary, WorstCall
from pipeline.records.closed import Closing, ScoreLine, SettlementLine

MONTHS_SHOWN = 12
CALLS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """What a vendor's statement says. `names` are the rules' names for people; the numbers are the policy's at the close."""

    closing: Closing
    vendor: str
    settlement: tuple[SettlementLine, ...]
    scores: tuple[ScoreLine, ...]
    history: tuple[ScoreLine, ...]
    summary: Summary
    worst: tuple[WorstCall, ...]
    names: Mapping[str, str]
    warning_line: int
    appeal_days: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Total:
    gross_fen: int
    usage_share_fen: int
    adjustment_fen: int
    prior_month_fen: int
    net_fen: int


def statement_html(statement: Statement) -> str:
    """The page."""
    projects = sorted({line.project for line in statement.history})
    environment = _environment(statement.zone)
    environment.filters["rule"] = lambda rule: statement.names.get(rule, rule)
    return environment.get_template("statement.html.jinja").render(
        statement=statement,
        closing=statement.closing,
        month=f"{statement.closing.month.year} 年 {statement.closing.month.number} 月",
        closed_on=statement.closing.closed_at.astimezone(statement.zone).strftime("%Y-%m-%d"),
        numbers=_joined([line.statement_no for line in statement.settlement]),
        price_versions=_joined(sorted({line.price_version for line in statement.settlement})),
        tax_basis=_joined(sorted({line.tax_basis for line in statement.settlement})),
        total=_total(statement.settlement),
        projects=projects,
        score_plot=Markup(score_plot(statement.history, projects, statement.warning_line)),  # noqa: S704 - matplotlib escapes its texts
        rule_plot=Markup(rule_plot(statement.summary, statement.names)),  # noqa: S704 - as above
        severity_colours=tuple(SEVERITY_COLOURS.items()),
    )


def _total(lines: Sequence[SettlementLine]) -> _Total:
    return _Total(
        sum(line.gross_fen for line in lines),
        sum(line.usage_share_fen for line in lines),
        sum(line.adjustment_fen for line in lines),
        sum(line.prior_month_fen for line in lines),
        sum(line.net_fen for line in lines),
    )


def _joined(texts: Sequence[str]) -> str:
    return "、".join(texts) or "–"


@cache
def _environment(zone: ZoneInfo) -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.export", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "yuan": words.yuan,
        "points": words.points,
        "per_cent": words.per_cent,
        "factor": words.factor,
        "seconds": words.seconds,
        "severity": lambda word: words.SEVERITIES.get(word, "提示"),
        "status": lambda word: words.STATUSES.get(word, word),
        "verdict": lambda word: words.VERDICTS.get(word, word),
        "grade": lambda grade: words.GRADES[grade],
        "count": lambda count: "未报" if count is None else str(count),
        "colour": lambda place: COLOURS[place % len(COLOURS)],
        "moment": lambda at: _moment(at, zone),
    }
    return environment


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")
