from datetime import date

import pytest

from pipeline.review.window import last_day
from tests.policy.changes import changed


@pytest.mark.parametrize(
    ("days", "last"), [("10", date(2026, 3, 8)), ("0", date(2026, 2, 26)), ("3", date(2026, 3, 1))]
)
def test_the_window_is_policy_and_counts_calendar_days(tmp_path, days, last):
    policy = changed(tmp_path, "window_days = 10", f"window_days = {days}")
    assert last_day(date(2026, 2, 26), policy.appeal) == last
