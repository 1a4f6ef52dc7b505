"""The policy file: how much is drawn, in which months, how long recordings are kept, when calls may be made.

Every default a client may change stands in `lexicons/policy.toml`; the version is the short sha256 of its bytes, so that a figure can name the
very policy it was made under. Keys are all required and none may be added: a misspelt limit must not silently become a default.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.sampling.section import Section

VERSION_DIGITS = 12


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


@dataclass(frozen=True, slots=True)
class HoursPolicy:
    """Local times between which calls may be made, `first` included, `last` not."""

    first: time
    last: time

    def allow(self, local: time) -> bool:
        """Whether a call may start at this local time."""
        return self.first <= local < self.last


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy file."""

    version: str
    sampling: SamplingPolicy
    calendar: CalendarPolicy
    retention: RetentionPolicy
    hours: HoursPolicy


def load_policy(file: Path) -> Policy:
    """Read and check the policy file. Raises LexiconError naming file, key and reason."""
    try:
        content = file.read_bytes()
        given = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise LexiconError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{file}: not valid TOML in UTF-8: {error}") from error
    if unknown := sorted(set(given) - {"sampling", "calendar", "retention", "hours"}):
        raise LexiconError(f"{file}: [{unknown[0]}]: no such section; known: sampling, calendar, retention, hours")
    return Policy(
        version=hashlib.sha256(content).hexdigest()[:VERSION_DIGITS],
        sampling=_sampling(Section(file, "sampling", given)),
        calendar=_calendar(Section(file, "calendar", given)),
        retention=_retention(Section(file, "retention", given)),
        hours=_hours(Section(file, "hours", given)),
    )


def _sampling(section: Section) -> SamplingPolicy:
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


def _calendar(section: Section) -> CalendarPolicy:
    first, second, third = (section.one_of(f"grade_{grade}_months", (1, 2, 3, 4, 6, 12)) for grade in (1, 2, 3))
    policy = CalendarPolicy(section.whole("first_grade", 1, 3), (first, second, third))
    section.done()
    return policy


def _retention(section: Section) -> RetentionPolicy:
    keep_min_days = section.whole("keep_min_days", 1, 36_500)
    policy = RetentionPolicy(
        keep_months=section.whole("keep_months", 1, 1200),
        keep_min_days=keep_min_days,
        keep_max_days=section.whole("keep_max_days", keep_min_days, 36_500),
        limitation_years=section.whole("limitation_years", 0, 100),
    )
    section.done()
    return policy


def _hours(section: Section) -> HoursPolicy:
    policy = HoursPolicy(section.clock("first"), section.clock("last"))
    if policy.first >= policy.last:
        section.refuse("last", f"{policy.last:%H:%M} must be later than first = {policy.first:%H:%M}")
    section.done()
    return policy
