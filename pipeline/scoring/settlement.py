"""What a vendor's project earns in a month (P-13, P-50, P-51).

Both sides count the successes. Where the counts differ by no more than the tolerance, the smaller one is agreed; beyond it nothing is, until an audit
(稽核) has said how many. What is not payable leaves the agreed count: successes without a producible recording, and those a reviewer has overturned.

    operator 1,000   vendor 1,008   tolerance max(3, 1 % of 1,000) = 10      agreed 1,000
    4 without a recording, 2 overturned                                      accepted 994
    994 · 15.00 yuan                                                gross   1,491,000 fen
    3 % of 12,345.50 yuan usage fees, of 994 in 1,000          usage share     36,814 fen  (36,814.281)
    quality factor 95 %                                         adjustment    −76,390 fen
                                                                       net  1,451,424 fen  (1,451,423.56695 rounded once)

Usage fees are the operator's word, and those of all successes that it counts; they are shared in for as many of these as are accepted.

Amounts are whole fen. What is paid is rounded once, half up (四舍五入), from exact numbers; the adjustment is what then makes the line add up.
"""

from dataclasses import dataclass

from pipeline.errors import DataError
from pipeline.policy.settlement import WHOLE_BP, SettlementPolicy
from pipeline.records.closed import SettlementLine
from pipeline.records.estimate import MonthEstimate, MonthStatus
from pipeline.records.month import Month
from pipeline.records.project import Project


@dataclass(frozen=True, slots=True)
class Audit:
    """How a difference was audited: the count it accepts, why, by whom."""

    count_accepted: int
    text: str
    person: str


@dataclass(frozen=True, slots=True)
class Counts:
    """A month's successes as both sides count them (None = not handed in), and the usage fees in fen that the operator says they brought."""

    operator: int | None
    vendor: int | None
    usage_fen: int = 0
    audit: Audit | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the counts come to. `difference`: how far the vendor's is above the operator's; `audited`: how one beyond the tolerance was cleared."""

    difference: int
    tolerance: int
    count_agreed: int
    needs_audit: bool
    audited: str = ""


def agree(counts: Counts, policy: SettlementPolicy) -> Agreement:
    """Hold both sides' counts against each other. An audit is heard only where they do not agree by themselves."""
    difference = (counts.vendor or 0) - (counts.operator or 0)
    tolerance = policy.tolerance(counts.operator or 0)
    if counts.operator is not None and counts.vendor is not None and abs(difference) <= tolerance:
        return Agreement(difference, tolerance, min(counts.operator, counts.vendor), needs_audit=False)
    if counts.audit is None:
        return Agreement(difference, tolerance, 0, needs_audit=True)
    audited = f"{counts.audit.person}: {counts.audit.text}"
    return Agreement(difference, tolerance, counts.audit.count_accepted, needs_audit=False, audited=audited)


def quality_factor_bp(estimate: MonthEstimate, policy: SettlementPolicy) -> int:
    """The factor of a month's score; a whole 10,000 where there is none that money may hang on."""
    if estimate.status is not MonthStatus.SCORED or estimate.score is None:
        return WHOLE_BP
    # As it is published, in hundredths: a score shown as 90.00 is in the band from 90.
    return policy.factor_bp(estimate.score.whole(100)[0] / 100)


def settle(
    project: Project,
    month: Month,
    counts: Counts,
    policy: SettlementPolicy,
    price_version: str,
    *,
    position: int,
    revision: int = 0,
    not_payable: int = 0,
    factor_bp: int = WHOLE_BP,
    prior_month_fen: int = 0,
) -> SettlementLine:
    """The line at a `position` (from 1) of the month, in the order of vendor and project.

    `not_payable`: calls without a recording, and overturned ones. `prior_month_fen`: what restated months still owe the vendor.

    Raises DataError where the policy has no price for the project.
    """
    unit_price_fen = _unit_price_fen(project, policy)
    agreement = agree(counts, policy)
    not_payable = min(not_payable, agreement.count_agreed)
    accepted = agreement.count_agreed - not_payable
    gross_fen = accepted * unit_price_fen
    # The fees of `brought_by` successes; an audit may accept more than the operator counts, but no more fees than there are.
    brought_by = max(counts.operator or 0, accepted, 1)
    shared = counts.usage_fen * policy.usage_share_bp[project.business_type] * accepted
    usage_share_fen = half_up(shared, WHOLE_BP * brought_by)
    payable_fen = half_up((gross_fen * WHOLE_BP * brought_by + shared) * factor_bp, WHOLE_BP * WHOLE_BP * brought_by)
    return SettlementLine(
        vendor=project.vendor,
        project=project.name,
        month=month,
        revision=revision,
        statement_no=statement_number(month, position, revision),
        count_operator=counts.operator,
        count_vendor=counts.vendor,
        difference=agreement.difference,
        tolerance=agreement.tolerance,
        not_payable=not_payable,
        count_accepted=accepted,
        unit_price_fen=unit_price_fen,
        gross_fen=gross_fen,
        usage_share_fen=usage_share_fen,
        factor_bp=factor_bp,
        adjustment_fen=payable_fen - gross_fen - usage_share_fen,
        prior_month_fen=prior_month_fen,
        net_fen=payable_fen + prior_month_fen,
        tax_basis=policy.tax_basis,
        price_version=price_version,
        audited=agreement.audited,
    )


def statement_number(month: Month, position: int, revision: int) -> str:
    """`JS-202603-0007`, of a restatement `JS-202603-0007-r1`: the 7th line of the month in the order of vendor and project (P-71)."""
    number = f"JS-{month.year:04d}{month.number:02d}-{position:04d}"
    return f"{number}-r{revision}" if revision else number


def half_up(numerator: int, denominator: int) -> int:
    """A quotient ≥ 0 to the next whole number, halves up; one < 0 as its mirror image."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def _unit_price_fen(project: Project, policy: SettlementPolicy) -> int:
    price_fen = policy.unit_price_fen(project.business_type, project.script_s)
    if price_fen is None:
        raise DataError(
            f"{project.vendor}/{project.name}: no price for {project.business_type.value} with a script of {project.script_s} s; "
            "add one to [settlement] price of the policy"
        )
    return price_fen
