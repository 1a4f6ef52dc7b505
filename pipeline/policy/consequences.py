"""What the policy says follows from faults: warnings, rectification, exit, grades, appeals, feedback (P-40 to P-43, P-60 to P-63)."""

from dataclasses import dataclass

from pipeline.policy.section import Section
from pipeline.records.finding import Severity
from pipeline.records.person import Role


@dataclass(frozen=True, slots=True)
class WarningPolicy:
    """A month warns where its score's upper bound lies under `score_line` (points) or its rate's lower bound over `rate_line_bp`, or where at least
    `breach_calls` calls hold a confirmed breach of one of `breaches`. `to_exit` warnings in the qualification period, or a rectification
    longer than `rectification_days`, open an exit case; `exclusive_a_year` is P-03's limit, reported beside it. `subcontractors`: theirs count among
    those of their general agent, too (P-01).
    """

    score_line: int
    rate_line_bp: int
    breaches: tuple[str, ...]
    breach_calls: int
    to_exit: int
    exclusive_a_year: int
    rectification_days: int
    subcontractors: bool


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """Faults in the year: none up to `grade_2_from` - 1 is grade 1, from `grade_3_from` on grade 3 (P-42). `faults`: severities that are one.
    `subcontractors`: their faults are their general agent's, too (P-01).
    """

    faults: tuple[Severity, ...]
    grade_2_from: int
    grade_3_from: int
    subcontractors: bool

    def grade(self, faults: int) -> int:
        """The grade of so many faults."""
        return 1 if faults < self.grade_2_from else 2 if faults < self.grade_3_from else 3


@dataclass(frozen=True, slots=True)
class AppealPolicy:
    """A vendor may appeal for `window_days` calendar days after the day it was told; the last of them is still in time."""

    window_days: int


@dataclass(frozen=True, slots=True)
class ExitPolicy:
    """Roles that approve, in order (P-62); years without a new application (P-63); what must be handed over (P-71)."""

    approvals: tuple[Role, ...]
    bar_vendor_years: int
    bar_type_years: int
    handover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackPolicy:
    """A correction demand is overdue when it is not acknowledged within `acknowledge_days` days (P-40)."""

    acknowledge_days: int


@dataclass(frozen=True, slots=True)
class IncentiveBand:
    """From this month score (points of 100) on, so many points of the account (P-43)."""

    from_score: int
    points: int


@dataclass(frozen=True, slots=True)
class IncentivePolicy:
    """`bands` from the highest score to 0; what a point is worth when it is exchanged; `shift_bp` of the work moves from the last to the first."""

    bands: tuple[IncentiveBand, ...]
    fen_per_point: int
    shift_bp: int

    def points(self, score: float) -> int:
        """The points of a month with this score."""
        return next(band.points for band in self.bands if score >= band.from_score)


def read_warning(section: Section) -> WarningPolicy:
    """[warning]."""
    policy = WarningPolicy(
        score_line=section.whole("score_line", 0, 100),
        rate_line_bp=section.whole("rate_line_bp", 0, 10_000),
        breaches=section.texts("breaches"),
        breach_calls=section.whole("breach_calls", 1, 1_000_000),
        to_exit=section.whole("to_exit", 1, 100),
        exclusive_a_year=section.whole("exclusive_a_year", 0, 100),
        rectification_days=section.whole("rectification_days", 1, 366),
        subcontractors=section.yes_or_no("subcontractors", unsaid=False),
    )
    section.done()
    return policy


def read_grade(section: Section) -> GradePolicy:
    """[grade]."""
    grade_2_from = section.whole("grade_2_from", 1, 1_000_000)
    policy = GradePolicy(
        section.words("faults", Severity),
        grade_2_from,
        section.whole("grade_3_from", grade_2_from + 1, 1_000_000),
        section.yes_or_no("subcontractors", unsaid=False),
    )
    section.done()
    return policy


def read_appeal(section: Section) -> AppealPolicy:
    """[appeal]."""
    policy = AppealPolicy(section.whole("window_days", 0, 366))
    section.done()
    return policy


def read_exit(section: Section) -> ExitPolicy:
    """[exit]."""
    policy = ExitPolicy(
        approvals=section.words("approvals", Role),
        bar_vendor_years=section.whole("bar_vendor_years", 0, 100),
        bar_type_years=section.whole("bar_type_years", 0, 100),
        handover=section.texts("handover"),
    )
    section.done()
    return policy


def read_feedback(section: Section) -> FeedbackPolicy:
    """[feedback]."""
    policy = FeedbackPolicy(section.whole("acknowledge_days", 0, 366))
    section.done()
    return policy


def read_incentive(section: Section) -> IncentivePolicy:
    """[incentive]."""
    bands = []
    for part in section.sections("band"):
        bands.append(IncentiveBand(part.whole("from_score", 0, 100), part.whole("points", -1000, 1000)))
        part.done()
    section.falling_to_zero("band", [band.from_score for band in bands])
    policy = IncentivePolicy(
        tuple(bands), section.whole("fen_per_point", 0, 10_000_000), section.whole("shift_bp", 0, 10_000)
    )
    section.done()
    return policy
