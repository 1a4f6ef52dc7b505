"""How long a vendor may appeal: calendar days after the day it was told (appeal.window_days).

told 2026-03-05, ten days     2026-03-15 is in time, 2026-03-16 is too late
"""

from datetime import date, timedelta

from pipeline.policy.consequences import AppealPolicy


def last_day(told_on: date, policy: AppealPolicy) -> date:
    """The last day on which an appeal is in time."""
    return told_on + timedelta(days=policy.window_days)
