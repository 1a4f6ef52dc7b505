"""A calibration session (校准): several people judge the same calls, unseen by each other, and are compared afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.records.finding import Severity
from pipeline.records.quality import PairAgreement
from pipeline.records.span import Span
from pipeline.records.verdict import Decision


@dataclass(frozen=True, slots=True)
class CalibrationSession:
    """`closed_at` None: people still judge, and nobody sees what others think."""

    session_id: int
    title: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    calls: int


@dataclass(frozen=True, slots=True)
class SessionCall:
    """A call of a session, with how many faults the machine found in it."""

    call_pk: int
    vendor: str
    project: str
    agent: str
    call_id: str
    day: date
    faults: int


@dataclass(frozen=True, slots=True)
class SessionFault:
    """A fault that the machine found in a call of a session; `words` as they were said."""

    finding_id: int
    call_pk: int
    rule: str
    severity: Severity
    span: Span | None
    words: str


@dataclass(frozen=True, slots=True)
class SessionOpinion:
    """What somebody thinks of a finding, or of a fault that he adds (`finding_id` None); rule, severity and span as the fault is to him."""

    call_pk: int
    finding_id: int | None
    person: str
    decision: Decision
    rule: str
    severity: Severity
    span: Span | None
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A fault that somebody or the machine named, and what each who judged the call says of it. `finding_id` None: the machine did not name it.

    `silent` judged the call and did not see what others added. `differing`: so many pairs of people do not say the same.
    """

    call_pk: int
    finding_id: int | None
    rule: str
    severity: Severity
    span: Span | None
    words: str
    said: Mapping[str, SessionOpinion]
    silent: tuple[str, ...]
    differing: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`people` who judged anything, `faults` those first that people disagree about most, `pairs` how each two agree."""

    people: tuple[str, ...]
    faults: tuple[Compared, ...]
    pairs: tuple[PairAgreement, ...]
