"""What the policy says of drawing and keeping: how much is drawn, in which months, how long recordings are kept."""

from dataclasses import dataclass

from pipeline.policy.section import Section


@dataclass(frozen=True, slots=True)
class SamplingPolicy:
    """Per vendor × project × day at least `minimum_calls` and `share_bp` basis points; `formal_calls_per_month` per vendor (P-42)."""

    minimum_calls: int
    share_bp: int
    formal_calls_per_month: int
    duration_bands_ms: tuple[int, ...]
    late_wait_days: int


@dataclass(frozen=True, slots=True)
class CalendarPolicy:
    """`months_by_grade[g - 1]`: grade g is inspected in one month out of so many."""

    first_grade: int
    months_by_grade: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long recordings are kept (P-72): at least `keep_months` and `keep_min_days`, at most `keep_max_days` unless something hangs on them."""

    keep_months: int
    keep_min_days: int
    keep_max_days: int
    limitation_years: int


def read_sampling(section: Section) -> SamplingPolicy:
    """[sampling]."""
    policy = SamplingPolicy(
        # At least 1: a night that draws nothing would leave calls without any chance of being heard.
        minimum_calls=section.whole("minimum_calls", 1, 1_000_000),
        share_bp=section.whole("share_bp", 0, 10_000),
        formal_calls_per_month=section.whole("formal_calls_per_month", 1, 1_000_000),
        duration_bands_ms=tuple(1000 * limit for limit in section.rising("duration_bands_s", 1, 86_400)),
        late_wait_days=section.whole("late_wait_days", 0, 365),
    )
    section.done()
    return policy


def read_calendar(section: Section) -> CalendarPolicy:
    """[calendar]."""
    first, second, third = (section.one_of(f"grade_{grade}_months", (1, 2, 3, 4, 6, 12)) for grade in (1, 2, 3))
    policy = CalendarPolicy(section.whole("first_grade", 1, 3), (first, second, third))
    section.done()
    return policy


def read_retention(section: Section) -> RetentionPolicy:
    """[retention]."""
    keep_min_days = section.whole("keep_min_days", 1, 36_500)
    policy = RetentionPolicy(
        keep_months=section.whole("keep_months", 1, 1200),
        keep_min_days=keep_min_days,
        keep_max_days=section.whole("keep_max_days", keep_min_days, 36_500),
        limitation_years=section.whole("limitation_years", 0, 100),
    )
    section.done()
    return policy
