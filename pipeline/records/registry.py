"""What is known of vendors and their projects, from a day on, by whom and on which document (P-01 to P-04, P-10, P-70).

    华声外呼                mode           exclusive                      from 2026-01-01
    华声外呼                qualification  exclusive                      2026-01-01 to 2027-12-31
    华声外呼                capital_yuan   800000                         from 2025-12-10   验资报告 17, 2025-12-01
    华声外呼                admitted       telemarketing                  from 2026-01-01
    华声外呼  养老关怀      project        telemarketing telemarketing 280  from 2026-02-01

Nothing known is overwritten: on a day that fact holds which began last, and of those that began on the same day the one recorded last.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.records.project import BusinessType, Mode, Project

LONGEST_NAME, LONGEST_VALUE = 128, 400


class FactKind(StrEnum):
    """What a fact says. Where a vendor has several of a kind (`is_many`), each value stands for itself."""

    MODE = "mode"
    QUALIFICATION = "qualification"
    PARENT = "parent"
    CONFIDENTIALITY = "confidentiality"
    EXCLUSIVITY = "exclusivity"
    LICENCE = "licence"
    TAX_REGISTRATION = "tax_registration"
    LEGAL_PERSON = "legal_person"
    CAPITAL_YUAN = "capital_yuan"
    SEATS = "seats"
    AGENT_COUNT = "agent_count"
    AREA_M2 = "area_m2"
    RECORDINGS_MONTHS = "recordings_months"
    EXPERIENCE_YEARS = "experience_years"
    CLEAN_RECORD = "clean_record"
    JOINING_FEE_FEN = "joining_fee_fen"
    DEPOSIT_FEN = "deposit_fen"
    DEPOSIT_RETURNED_FEN = "deposit_returned_fen"
    YEARLY_CHECK = "yearly_check"
    ADMITTED = "admitted"
    REMOVED = "removed"
    PROJECT = "project"
    AGENT = "agent"
    CONTACT = "contact"

    @property
    def chinese(self) -> str:
        """Its name as people know it."""
        return _CHINESE[self]

    @property
    def is_many(self) -> bool:
        """Whether facts of this kind stand beside each other by their values."""
        return self in (FactKind.ADMITTED, FactKind.REMOVED, FactKind.AGENT)

    @property
    def is_number(self) -> bool:
        """Whether its value is a whole number."""
        return self in _NUMBERS


class Answer(StrEnum):
    """Of what is so or not."""

    YES = "yes"
    NO = "no"


class CheckResult(StrEnum):
    """What the yearly visit's report decided: whether the agreement goes on or ends early (P-04)."""

    GOES_ON = "goes_on"
    ENDS_EARLY = "ends_early"


_CHINESE = {
    FactKind.MODE: "合作模式",
    FactKind.QUALIFICATION: "资格期",
    FactKind.PARENT: "上级总代理",
    FactKind.CONFIDENTIALITY: "保密协议",
    FactKind.EXCLUSIVITY: "不为其他运营商服务的承诺",
    FactKind.LICENCE: "营业执照年检",
    FactKind.TAX_REGISTRATION: "税务登记",
    FactKind.LEGAL_PERSON: "法人资格",
    FactKind.CAPITAL_YUAN: "注册资金(元)",
    FactKind.SEATS: "台席数",
    FactKind.AGENT_COUNT: "话务员数",
    FactKind.AREA_M2: "场地面积(平方米)",
    FactKind.RECORDINGS_MONTHS: "录音留存能力(月)",
    FactKind.EXPERIENCE_YEARS: "通信外呼经验(年)",
    FactKind.CLEAN_RECORD: "无不良记录",
    FactKind.JOINING_FEE_FEN: "加盟费(分)",
    FactKind.DEPOSIT_FEN: "服务质量保证金(分)",
    FactKind.DEPOSIT_RETURNED_FEN: "退还保证金(分)",
    FactKind.YEARLY_CHECK: "年度资格验证",
    FactKind.ADMITTED: "准入业务",
    FactKind.REMOVED: "退出业务",
    FactKind.PROJECT: "项目",
    FactKind.AGENT: "话务员",
    FactKind.CONTACT: "联系方式",
}
_NUMBERS = frozenset(
    {
        FactKind.CAPITAL_YUAN,
        FactKind.SEATS,
        FactKind.AGENT_COUNT,
        FactKind.AREA_M2,
        FactKind.RECORDINGS_MONTHS,
        FactKind.EXPERIENCE_YEARS,
        FactKind.JOINING_FEE_FEN,
        FactKind.DEPOSIT_FEN,
        FactKind.DEPOSIT_RETURNED_FEN,
    }
)
_DOCUMENTED = _NUMBERS - {FactKind.DEPOSIT_RETURNED_FEN} | {
    FactKind.CONFIDENTIALITY,
    FactKind.EXCLUSIVITY,
    FactKind.LICENCE,
    FactKind.TAX_REGISTRATION,
    FactKind.LEGAL_PERSON,
    FactKind.CLEAN_RECORD,
    FactKind.YEARLY_CHECK,
}
_WORDS: dict[FactKind, type[StrEnum]] = {
    FactKind.MODE: Mode,
    FactKind.QUALIFICATION: Mode,
    FactKind.ADMITTED: BusinessType,
    FactKind.REMOVED: BusinessType,
    FactKind.CLEAN_RECORD: Answer,
    FactKind.YEARLY_CHECK: CheckResult,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known from a day on, until another one or until its last day. `document` and its date say on what it rests, `person` who
    recorded it. Raises ValueError where it makes no sense.
    """

    vendor: str
    kind: FactKind
    value: str
    valid_from: date
    person: str
    recorded_at: datetime
    project: str = ""
    valid_until: date | None = None
    document: str = ""
    document_date: date | None = None

    def __post_init__(self) -> None:
        for what, text, longest in (
            ("vendor", self.vendor, LONGEST_NAME),
            ("value", self.value, LONGEST_VALUE),
            ("project", self.project or "-", LONGEST_NAME),
            ("document", self.document or "-", LONGEST_NAME),
        ):
            if not text.strip() or text != text.strip() or not text.isprintable() or len(text) > longest:
                raise ValueError(f"{what} {text[:60]!r} must be a text of 1 to {longest} printable characters")
        if (self.kind is FactKind.PROJECT) != bool(self.project):
            raise ValueError(f"{self.kind.value}: a project's fact, and no other, names a project")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"{self.kind.value} ends on {self.valid_until}, before it begins on {self.valid_from}")
        if self.kind is FactKind.QUALIFICATION and self.valid_until is None:
            raise ValueError("a qualification has a last day")
        if self.kind in _DOCUMENTED and not (self.document and self.document_date):
            raise ValueError(f"{self.kind.value} rests on a document; give its number and date")
        self._refuse_value()

    @property
    def number(self) -> int:
        """The value of a kind that is a number."""
        return int(self.value)

    def _refuse_value(self) -> None:
        if self.kind.is_number and not (self.value.isascii() and self.value.isdigit() and len(self.value) <= 15):
            raise ValueError(f"{self.kind.value} {self.value!r} must be a whole number, not negative")
        if (words := _WORDS.get(self.kind)) is not None and self.value not in tuple(words):
            raise ValueError(f"{self.kind.value} {self.value!r} must be one of {', '.join(words)}")
        if self.kind is FactKind.PARENT and self.value == self.vendor:
            raise ValueError(f"{self.vendor} cannot be its own general agent")
        if self.kind is FactKind.PROJECT:
            project_of(self)


def project_value(business_type: BusinessType, script: str, script_s: int) -> str:
    """How a project's fact writes its business type, script and the script's length in seconds."""
    return f"{business_type.value} {script} {script_s}"


def project_of(fact: Fact) -> Project:
    """The project of a fact. Raises ValueError where its value says none."""
    business_type, script, seconds = (*fact.value.split(), "", "", "")[:3]
    written = len(fact.value.split()) == 3 and seconds.isascii() and seconds.isdigit() and 0 < int(seconds) <= 86_400
    if not written or business_type not in tuple(BusinessType):
        raise ValueError(
            f"project {fact.project!r}: {fact.value!r} must be type, script and seconds, as 'telemarketing telemarketing 280'; "
            f"types: {', '.join(BusinessType)}"
        )
    return Project(fact.vendor, fact.project, BusinessType(business_type), script, int(seconds))


@dataclass(frozen=True, slots=True)
class Term:
    """The days of a qualification, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor as it is known on a day. `term` is the qualification that runs then, None where none does; `facts` is what holds of it."""

    name: str
    day: date
    mode: Mode | None
    parent: str | None
    term: Term | None
    types: tuple[BusinessType, ...]
    projects: tuple[Project, ...]
    agents: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def has_signed(self) -> bool:
        """Whether a confidentiality agreement is in force (P-70)."""
        return self.fact(FactKind.CONFIDENTIALITY) is not None

    def fact(self, kind: FactKind) -> Fact | None:
        """What holds of a kind of which there is only one."""
        return next((fact for fact in self.facts if fact.kind is kind), None)
