"""A month's figures as they are answered; the keys are the columns of `scores.csv`, `settlement.csv` and `violations.csv`."""

from pydantic import Field

from pipeline.web.api.answers import Answer, Item, Page


class Score(Answer):
    """A vendor's project: its calls by state, its faults, rate and score with their 95 % intervals. Null: there is none, which is never 0."""

    vendor: str
    project: str
    month: str
    calls: int
    inspected: int
    partial: int
    quarantined: int
    not_produced: int
    fatal: int
    major: int
    minor: int
    rate: float | None = Field(description="Share of calls with a major or fatal fault, 0-1.")
    rate_low: float | None
    rate_high: float | None
    score: float | None
    score_low: float | None
    score_high: float | None
    factor_bp: int = Field(description="Quality factor in basis points; 10000 moves nothing.")
    complaints: int
    number_checks_failed: int
    warnings_total: int
    grade: int
    status: str
    policy_version: str
    revision: int


class Statement(Answer):
    """A settlement line; money in fen."""

    statement_no: str
    vendor: str
    project: str
    month: str
    count_operator: int | None
    count_vendor: int | None
    difference: int | None
    tolerance: int
    count_accepted: int
    unit_price_fen: int
    gross_fen: int
    usage_share_fen: int
    factor_bp: int
    adjustment_fen: int
    prior_month_fen: int
    net_fen: int
    tax_basis: str
    price_version: str
    revision: int


class BoardRow(Answer):
    """A vendor's project in the month; `open_cases`: the vendor's exit cases of today."""

    vendor: str
    project: str
    score: Score | None
    statement: Statement | None
    open_cases: list[int]


class Board(Answer):
    """A month. `revision` is null while it is open: its figures are those that a close would write now, and `unpaid` says why there is no money."""

    month: str
    revision: int | None
    policy: str | None
    unpaid: str
    rows: list[BoardRow]


class Violation(Answer):
    """A violation that stands in the ledger; its words are masked."""

    entry: int
    vendor: str
    project: str
    month: str
    call_id: str | None
    agent: str | None
    started_at: str | None
    rule: str
    severity: str
    start_ms: int | None
    end_ms: int | None
    words: str
    match: str | None
    verdict: str = Field(description="The reviewer's decision, or `machine` where the rule posts by itself.")
    reviewer_role: str | None
    points: int
    ruleset: str | None
    model: str | None


class Lines(Page[Item]):
    """A page of a month's lines. `revision` is null while the month is open."""

    month: str
    revision: int | None


class Statements(Answer):
    """A closed month's statements."""

    month: str
    revision: int
    items: list[Statement]
