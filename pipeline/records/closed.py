"""A month as it was closed: what its files, its statements and its explanations are made from, and what nothing changes any more.

Units are those of the store: hundredths of a point (`score_c`), basis points (`rate_bp`, `factor_bp`), fen. None = there is none, which is never 0
and never 100: an exempt month (免检) has neither score nor rate.
"""

from dataclasses import dataclass
from datetime import datetime

from pipeline.records.entry import Posted
from pipeline.records.month import Month


@dataclass(frozen=True, slots=True)
class Closing:
    """A close of a month, or its restatement (`revision` > 0). `entry` and `head`: number and hash of its entry, the chain then."""

    month: Month
    revision: int
    policy: str
    sha256: str
    entry: int
    head: str
    person: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A vendor's project in a month: its calls by state, its faults, rate and score with their 95 % intervals, and what follows."""

    vendor: str
    project: str
    month: Month
    revision: int
    calls: int
    drawn: int
    inspected: int
    partial: int
    quarantined: int
    not_produced: int
    withdrawn: int
    reviewed: int
    fatal: int
    major: int
    minor: int
    rate_bp: int | None
    rate_low_bp: int | None
    rate_high_bp: int | None
    score_c: int | None
    score_low_c: int | None
    score_high_c: int | None
    factor_bp: int
    complaints: int
    number_checks_failed: int
    project_points: int
    warnings_total: int
    grade: int
    status: str
    policy: str

    @property
    def is_of_all(self) -> bool:
        """Whether every call was drawn and heard whole, and the score is no estimate: its interval has no width."""
        return 0 < self.calls == self.reviewed and self.score_low_c == self.score_high_c is not None


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """What a vendor's project is paid for a month (P-50), and the counts it rests on (P-51)."""

    vendor: str
    project: str
    month: Month
    revision: int
    statement_no: str
    count_operator: int | None
    count_vendor: int | None
    difference: int
    tolerance: int
    not_payable: int
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
    audited: str

    @property
    def difference_known(self) -> int | None:
        """How far the vendor's count is above the operator's; None where one of them was not handed in."""
        has_both = self.count_operator is not None and self.count_vendor is not None
        return self.difference if has_both else None

    @property
    def is_within_tolerance(self) -> bool:
        """Whether both sides have counted, and alike as far as the policy asks."""
        return self.difference_known is not None and abs(self.difference) <= self.tolerance

    @property
    def differs(self) -> bool:
        """Whether it belongs on the list of differences 对账差异单: the counts are not one, or not all of them are paid."""
        return not self.is_within_tolerance or self.difference != 0 or self.not_payable != 0 or bool(self.audited)


@dataclass(frozen=True, slots=True)
class ViolationLine:
    """A violation that stood when the month was closed. `verdict` is the reviewer's decision, `machine` where the rule posts by itself."""

    posted: Posted
    started_at: datetime | None
    verdict: str
