"""General and exclusive vendors are visited every November (P-04)."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ledger.yearly_check import CheckState, yearly_check
from pipeline.policy.policy import load_policy
from tests.known import EXCLUSIVE, GENERAL, SPECIALIST, facts
from tests.policy.changes import SHIPPED, changed

REGISTRY = load_policy(SHIPPED).registry
VISIT = "华声 yearly_check goes_on {} K-26 of 2026-11-30"


@pytest.mark.parametrize(
    ("known", "today", "state"),
    [
        (GENERAL, "2026-10-31", CheckState.NOT_YET),
        (GENERAL, "2026-11-01", CheckState.DUE),
        (EXCLUSIVE, "2026-11-30", CheckState.DUE),
        (EXCLUSIVE, "2026-12-01", CheckState.OVERDUE),
        (SPECIALIST, "2026-12-01", CheckState.NOT_REQUIRED),
        (GENERAL + VISIT.format("2026-11-01"), "2026-12-01", CheckState.DONE),
        (GENERAL + VISIT.format("2026-11-30"), "2026-12-01", CheckState.DONE),
        (GENERAL + VISIT.format("2026-12-01"), "2026-12-31", CheckState.LATE),
        (GENERAL + VISIT.format("2026-10-31"), "2026-12-31", CheckState.OVERDUE),
        (GENERAL + VISIT.format("2026-11-12").replace("goes_on", "ends_early"), "2026-12-31", CheckState.ENDS_EARLY),
        (GENERAL.replace("..2028-12-31", "..2026-10-31"), "2026-12-31", CheckState.NOT_REQUIRED),
        (GENERAL.replace("..2028-12-31", "..2026-11-01"), "2026-12-31", CheckState.OVERDUE),
    ],
)
def test_where_a_year_s_visit_stands(known: str, today: str, state: CheckState) -> None:
    assert yearly_check("华声", facts(known), 2026, date.fromisoformat(today), REGISTRY).state is state


def test_the_last_report_of_the_year_is_the_one_that_decides() -> None:
    known = GENERAL + VISIT.format("2026-11-12") + "\n" + VISIT.format("2026-11-20").replace("goes_on", "ends_early")
    check = yearly_check("华声", facts(known), 2026, date(2026, 12, 31), REGISTRY)
    assert check.report is not None
    assert (check.state, check.report.valid_from) == (CheckState.ENDS_EARLY, date(2026, 11, 20))
    assert yearly_check("华声", facts(known), 2027, date(2027, 12, 31), REGISTRY).state is CheckState.OVERDUE


def test_the_month_is_the_policy_s(tmp_path: Path) -> None:
    in_may = changed(tmp_path, "check_month = 11", "check_month = 5").registry
    assert yearly_check("华声", facts(GENERAL), 2026, date(2026, 6, 1), in_may).state is CheckState.OVERDUE
    assert yearly_check("华声", facts(GENERAL), 2026, date(2026, 6, 1), REGISTRY).state is CheckState.NOT_YET
