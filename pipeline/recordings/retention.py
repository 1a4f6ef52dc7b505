"""Retention: how long a recording must be producible (P-72).

Three calendar months, and never fewer than 92 days, whichever ends later:

    2026-05-31 + 3 months = 2026-08-31 (92 days)
    2025-11-30 + 3 months = 2026-02-28 (90 days) → 92 days: 2026-03-02
"""

from calendar import monthrange
from datetime import date, timedelta


def keep_until(day: date, months: int = 3, minimum_days: int = 92) -> date:
    """The last day on which a recording of `day` must be producible.

    A month without that day of the month ends on its last day. Raises ValueError where `months` or `minimum_days` is negative.
    """
    if months < 0 or minimum_days < 0:
        raise ValueError(f"a retention of {months} months, {minimum_days} days cannot be negative")
    return max(_months_later(day, months), day + timedelta(days=minimum_days))


def destroyed_from(day: date, months: int, minimum_days: int, keep_max_days: int) -> date:
    """The first day on which a recording of `day` that nothing hangs on may be destroyed: no longer needed, and no longer to be producible.

    Never before three calendar months and 92 days are over, whatever a policy says.
    """
    producible = keep_until(day, max(months, 3), max(minimum_days, 92))
    return max(producible, day + timedelta(days=keep_max_days)) + timedelta(days=1)


def held_until(term_last: date, limitation_years: int) -> date:
    """The last day on which a recording stays that something hangs on: the qualification term's last day, and the limitation period."""
    return _months_later(term_last, 12 * limitation_years)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
