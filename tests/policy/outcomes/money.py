"""What successes, scores and points are worth."""

from pipeline.errors import DataError
from pipeline.ledger.incentives import advise, exchange_entry, points_entry
from pipeline.policy.policy import Policy
from pipeline.records.estimate import Interval, Ranked
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType, Project
from pipeline.scoring.settlement import Audit, Counts, agree, quality_factor_bp, settle
from tests.heard import at
from tests.policy.outcomes.cases import MARCH, Case, month_of


def points_by_score(policy: Policy) -> list[int]:
    """What months with scores from 0 to 100 add to the account."""
    made = (
        points_entry("华声", "survey", MARCH, month_of(Interval(n, n, n), Interval(0, 0, 0)), policy, at("2026-04-02"))
        for n in range(101)
    )
    return [one.points if one else 0 for one in made]


def factors_by_score(policy: Policy) -> list[int]:
    """By what months with scores from 0 to 100 multiply the commission."""
    return [quality_factor_bp(month_of(Interval(n, n, n), Interval(0, 0, 0)), policy.settlement) for n in range(101)]


def worth_of_ten_points(policy: Policy) -> int:
    """What ten points are exchanged for, in fen."""
    chief = Person("陈副总", Role.VICE_PRESIDENT)
    return exchange_entry("华声", 10, 10, MARCH, chief, policy, at("2026-04-02")).amount_fen


def advised_to_the_last(policy: Policy) -> int:
    """Which share of the work the last of two should have that have half of it each, in basis points."""
    ranked = [Ranked("甲", Interval(95, 94, 96), 1, ()), Ranked("乙", Interval(80, 79, 81), 2, ("甲",))]
    return advise(ranked, {"甲": 5000, "乙": 5000}, policy.incentive)[1].advised_bp


def agreed(operator: int, vendor: int) -> Case:
    """How many successes two counts agree on by themselves."""
    return lambda policy: agree(Counts(operator, vendor), policy.settlement).count_agreed


def tax_on_the_statement(policy: Policy) -> str:
    """What a statement says of tax."""
    return settle(_project(BusinessType.SURVEY, 120), MARCH, Counts(1, 1), policy.settlement, "", position=1).tax_basis


def prices(policy: Policy) -> object:
    """What a success is worth, by business type and length of the script from 1 to 901 seconds."""

    def of(business_type: BusinessType, script_s: int) -> int | None:
        try:
            project = _project(business_type, script_s)
            return settle(project, MARCH, Counts(1, 1), policy.settlement, "", position=1).net_fen
        except DataError:
            return None

    return {(kind, length): of(kind, length) for kind in BusinessType for length in range(1, 902, 60)} | {
        (kind, length): of(kind, length) for kind in BusinessType for length in (120, 121, 300, 301, 900, 901)
    }


def share_of_fees(business_type: BusinessType) -> Case:
    """What a vendor has of 100.00 yuan of usage fees, in fen."""
    counts = Counts(1, 1, 10_000, Audit(1, "", ""))
    project = _project(business_type, 120)
    return lambda policy: settle(project, MARCH, counts, policy.settlement, "", position=1).usage_share_fen


def _project(business_type: BusinessType, script_s: int) -> Project:
    return Project("华声", business_type.value, business_type, business_type.value, script_s)
