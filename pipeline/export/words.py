"""The words of the program as people read them in workbooks, statements and letters.

    major → 重大    not_inspected → 免检（未检）    overturned → 不成立

A word that is not known here stays as it is: a name nobody has translated is better than none.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from pipeline.records.call import CallState
from pipeline.records.entry import EntryKind
from pipeline.records.estimate import MonthStatus
from pipeline.records.finding import Match, Severity
from pipeline.records.person import Role
from pipeline.records.verdict import Decision

SEVERITIES: Mapping[str, str] = {
    Severity.NOTICE: "提示",
    Severity.MINOR: "轻微",
    Severity.MAJOR: "重大",
    Severity.FATAL: "致命",
}
STATUSES: Mapping[str, str] = {
    MonthStatus.SCORED: "已评分",
    MonthStatus.TOO_FEW: "样本不足",
    MonthStatus.NOT_INSPECTED: "免检（未检）",
}
VERDICTS: Mapping[str, str] = {
    Decision.CONFIRMED: "确认",
    Decision.OVERTURNED: "不成立",
    Decision.RECLASSIFIED: "改判",
    Decision.ADDED: "复核补录",
    "machine": "系统直接认定",
}
ROLES: Mapping[str, str] = {
    Role.REVIEWER: "复核员",
    Role.SUPERVISOR: "客服中心主管",
    Role.MARKETING: "市场部",
    Role.VICE_PRESIDENT: "副总经理",
    Role.VENDOR: "外呼公司",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
}
MATCHES: Mapping[str, str] = {
    Match.EXACT: "原词",
    Match.PHONETIC: "同音",
    Match.NEAR: "近似",
    Match.ACOUSTIC: "声音",
    Match.STRUCTURE: "结构",
}
CALL_STATES: Mapping[str, str] = {
    CallState.NOT_SAMPLED: "未抽中",
    CallState.DRAWN: "已抽中，待检",
    CallState.INSPECTED: "已质检",
    CallState.PARTIAL: "部分可检",
    CallState.QUARANTINED: "无法质检",
    CallState.NOT_PRODUCED: "未提供录音",
    CallState.WITHDRAWN: "已撤回",
}
ENTRIES: Mapping[str, str] = {
    EntryKind.VIOLATION: "违规扣分",
    EntryKind.REVERSAL: "冲回",
    EntryKind.COMPLAINT: "有理由投诉",
    EntryKind.NUMBER_CHECK: "号码抽查不合格",
    EntryKind.PROJECT_CHECK: "项目检查扣分",
    EntryKind.WARNING: "警告",
    EntryKind.WARNING_VOIDED: "警告撤销",
    EntryKind.RECTIFICATION: "责令整改",
    EntryKind.RECTIFIED: "整改完成",
    EntryKind.VETO: "一票否决",
    EntryKind.EXIT_OPENED: "退出立案",
    EntryKind.SUSPENDED: "中止新业务",
    EntryKind.APPROVAL: "退出审批",
    EntryKind.HANDOVER: "交接",
    EntryKind.EXIT: "退出",
    EntryKind.EXIT_DROPPED: "退出撤案",
    EntryKind.GRADE: "分级",
    EntryKind.POINTS: "积分",
    EntryKind.ADJUSTMENT: "结算调整",
    EntryKind.CLOSE: "月度关账",
    EntryKind.RESTATEMENT: "重算",
}
# What a rule's name begins with, for summaries.
CATEGORIES: Mapping[str, str] = {
    "phrase": "用语与态度",
    "script": "脚本",
    "outcome": "成功核实",
    "call": "外呼行为",
    "voice": "声音",
    "audio": "录音",
}
GRADES = ("", "一级", "二级", "三级")


def category(rule: str) -> str:
    """The category of a rule."""
    name = rule.split(".", maxsplit=1)[0]
    return CATEGORIES.get(name, name)


def yuan(fen: int) -> str:
    """123456789 → 1,234,567.89; exact, for money is never a binary fraction."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded 四舍五入: 0.125 → 0.13, −0.125 → −0.13."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def per_cent(basis_points: int | None) -> str:
    """1234 → 12.3%; 1235 → 12.4%; – where there is none."""
    return "–" if basis_points is None else f"{half_up(Decimal(basis_points).scaleb(-2), 1)}%"


def points(hundredths: int | None) -> str:
    """9155 → 91.6; – where there is none."""
    return "–" if hundredths is None else str(half_up(Decimal(hundredths).scaleb(-2), 1))


def factor(basis_points: int) -> str:
    """9500 → 0.95."""
    return f"{Decimal(basis_points).scaleb(-4).normalize():f}"


def seconds(milliseconds: int) -> str:
    """61,500 ms → 1:01.5, as a player shows it."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02d}.{rest % 1000 // 100}"
