"""The policy file as a whole.

Every default a client may change stands in `lexicons/policy.toml`; the version is the short sha256 of its bytes, so that a figure can name the
very policy it was made under. Keys are all required and none may be added: a misspelt limit must not silently become a default. Only a section or a
yes-or-no that came later may be missing, in versions that were approved before it, and a section that is no more may stand in them: what was
approved stays readable.
"""

import hashlib
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.policy.consequences import (
    AppealPolicy,
    ExitPolicy,
    FeedbackPolicy,
    GradePolicy,
    IncentivePolicy,
    WarningPolicy,
    read_appeal,
    read_exit,
    read_feedback,
    read_grade,
    read_incentive,
    read_warning,
)
from pipeline.policy.registry import RegistryPolicy, read_registry
from pipeline.policy.review import UNSAID, ReviewPolicy, read_review
from pipeline.policy.sampling import (
    CalendarPolicy,
    RetentionPolicy,
    SamplingPolicy,
    read_calendar,
    read_retention,
    read_sampling,
)
from pipeline.policy.scoring import PostingPolicy, ScorePolicy, read_posting, read_score
from pipeline.policy.section import Section
from pipeline.policy.settlement import SettlementPolicy, read_settlement

VERSION_DIGITS = 12
# The hours of calling stand in standard.toml now.
_NO_MORE = frozenset({"hours"})


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy file; its sections by their names there."""

    version: str
    sampling: SamplingPolicy
    calendar: CalendarPolicy
    retention: RetentionPolicy
    registry: RegistryPolicy
    score: ScorePolicy
    posting: PostingPolicy
    review: ReviewPolicy
    warning: WarningPolicy
    grade: GradePolicy
    appeal: AppealPolicy
    exit: ExitPolicy
    feedback: FeedbackPolicy
    incentive: IncentivePolicy
    settlement: SettlementPolicy


def load_policy(file: Path) -> Policy:
    """Read and check the policy file. Raises LexiconError naming file, key and reason."""
    try:
        return parse_policy(file.read_bytes(), str(file))
    except OSError as error:
        raise LexiconError(f"{file}: cannot be read: {error.strerror}") from error


def parse_policy(content: bytes, name: str) -> Policy:
    """Check a policy's text; `name` says in errors whose it is. Raises LexiconError naming it, key and reason."""
    try:
        given = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"{name}: not valid TOML in UTF-8: {error}") from error
    known = [field.name for field in fields(Policy) if field.name != "version"]
    if unknown := sorted(set(given) - set(known) - _NO_MORE):
        raise LexiconError(f"{name}: [{unknown[0]}]: no such section; known: {', '.join(known)}")

    def section(key: str) -> Section:
        return Section(name, key, given)

    return Policy(
        version=hashlib.sha256(content).hexdigest()[:VERSION_DIGITS],
        sampling=read_sampling(section("sampling")),
        calendar=read_calendar(section("calendar")),
        retention=read_retention(section("retention")),
        registry=read_registry(section("registry")),
        score=read_score(section("score")),
        posting=read_posting(section("posting")),
        review=read_review(section("review")) if "review" in given else UNSAID,
        warning=read_warning(section("warning")),
        grade=read_grade(section("grade")),
        appeal=read_appeal(section("appeal")),
        exit=read_exit(section("exit")),
        feedback=read_feedback(section("feedback")),
        incentive=read_incentive(section("incentive")),
        settlement=read_settlement(section("settlement")),
    )
