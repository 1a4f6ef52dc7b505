"""Words of verdicts, appeals, complaints, rectifications and vendors as their pages say them; templates translate them."""

from collections.abc import Mapping

from pipeline.ledger.yearly_check import CheckState
from pipeline.records.feedback import LetterKind
from pipeline.records.project import Mode
from pipeline.records.registry import Answer, CheckResult
from pipeline.records.verdict import Decision
from pipeline.store.tables.review import ComplaintState, ReportKind

DECISION_NAMES: Mapping[Decision, str] = {
    Decision.CONFIRMED: "属实",
    Decision.OVERTURNED: "推翻",
    Decision.RECLASSIFIED: "改判",
    Decision.ADDED: "人工补充",
}
COMPLAINT_NAMES: Mapping[ComplaintState, str] = {
    ComplaintState.OPEN: "待裁定",
    ComplaintState.JUSTIFIED: "有理由投诉",
    ComplaintState.UNJUSTIFIED: "无理由投诉",
}
REPORT_NAMES: Mapping[ReportKind, str] = {ReportKind.PLAN: "整改方案", ReportKind.DONE: "整改完成情况"}
LETTER_NAMES: Mapping[LetterKind, str] = {
    LetterKind.FEEDBACK: "质量反馈",
    LetterKind.REMINDER: "催办",
    LetterKind.DESTRUCTION: "销毁录音",
    LetterKind.PROBE: "调取录音",
}
MODE_NAMES: Mapping[Mode, str] = {
    Mode.GENERAL: "总代理",
    Mode.EXCLUSIVE: "专营代理",
    Mode.SPECIALIST: "专业代理",
}
CHECK_NAMES: Mapping[CheckState, str] = {
    CheckState.NOT_REQUIRED: "不需要",
    CheckState.NOT_YET: "未到时间",
    CheckState.DUE: "本月应验证",
    CheckState.OVERDUE: "逾期未验证",
    CheckState.DONE: "已通过",
    CheckState.LATE: "已通过（迟）",
    CheckState.ENDS_EARLY: "提前终止协议",
}
FACT_VALUES: Mapping[str, str] = {
    **{mode.value: text for mode, text in MODE_NAMES.items()},
    Answer.YES: "是",
    Answer.NO: "否",
    CheckResult.GOES_ON: "继续合作",
    CheckResult.ENDS_EARLY: "提前终止协议",
}
"""Values of facts that are words of the program."""


def appeal_state(upheld: bool | None) -> str:
    """Where an appeal stands."""
    if upheld is None:
        return "待裁定"
    return "申诉成立" if upheld else "申诉不成立"
