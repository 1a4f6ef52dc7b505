from datetime import date

import pytest

from pipeline.recordings.retention import keep_until


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2026-05-31", "2026-08-31"),  # 92 days either way
        ("2026-06-30", "2026-09-30"),  # three months and 92 days
        ("2025-11-30", "2026-03-02"),  # February has no 30th: 28 February is only 90 days
        ("2023-11-30", "2024-03-01"),  # the same in a leap year
        ("2025-12-31", "2026-04-02"),  # 31 March is 90 days
        ("2026-01-31", "2026-05-03"),  # 30 April is 89 days
        ("2025-12-01", "2026-03-03"),
        ("2024-02-29", "2024-05-31"),  # 29 May is 90 days
        ("2026-07-01", "2026-10-01"),
    ],
)
def test_three_months_and_never_fewer_than_92_days(day: str, until: str) -> None:
    assert keep_until(date.fromisoformat(day)) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [("2025-08-31", 6, "2026-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2026-12-15", 13, "2028-01-15")],
)
def test_longer_terms_end_on_the_last_day_of_a_short_month(day: str, months: int, until: str) -> None:
    assert keep_until(date.fromisoformat(day), months) == date.fromisoformat(until)


def test_the_minimum_decides_where_it_is_longer() -> None:
    assert keep_until(date(2026, 1, 1), 1, 30) == date(2026, 2, 1)
    assert keep_until(date(2026, 1, 1), 1, 31) == date(2026, 2, 1)
    assert keep_until(date(2026, 1, 1), 1, 32) == date(2026, 2, 2)


def test_every_day_of_four_years_keeps_both_terms() -> None:
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2028, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        until = keep_until(day)
        assert (until - day).days >= 92
        months = (until.year - day.year) * 12 + until.month - day.month
        assert months >= 3


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 months"):
        keep_until(date(2026, 1, 1), -1)
