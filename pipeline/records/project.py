"""What vendors are and do: modes of agency, business types, projects (P-01, P-10)."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Agency modes 合作模式 (P-01): 总代理, 专营代理, 专业代理."""

    GENERAL = "general"
    EXCLUSIVE = "exclusive"
    SPECIALIST = "specialist"


class BusinessType(StrEnum):
    """Business types (P-10): VIP service, 电话营销, 策反, 调查."""

    VIP_CARE = "vip-care"
    TELEMARKETING = "telemarketing"
    WIN_BACK = "win-back"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Project:
    """One vendor doing one job of one type with one script (P-10). `script_s`: how long the script is, which the price depends on."""

    vendor: str
    name: str
    business_type: BusinessType
    script: str
    script_s: int
