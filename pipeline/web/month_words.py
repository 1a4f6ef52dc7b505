"""The month's words as the pages say them; templates translate them."""

from collections.abc import Mapping

from pipeline.ledger.history import CaseState, Trigger
from pipeline.ledger.warnings import Ground
from pipeline.records.project import BusinessType

GRADE_NAMES = ("–", "一级", "二级", "三级")
TYPE_NAMES: Mapping[BusinessType, str] = {
    BusinessType.VIP_CARE: "贵宾客户关怀",
    BusinessType.TELEMARKETING: "电话营销",
    BusinessType.WIN_BACK: "策反挽留",
    BusinessType.SURVEY: "调查",
}
GROUND_NAMES: Mapping[Ground, str] = {
    Ground.SCORE: "月度得分低于标准",
    Ground.RATE: "问题通话过多",
    Ground.BREACH: "经确认的违规",
    Ground.OPERATING: "经营中违规",
}
TRIGGER_NAMES: Mapping[Trigger, str] = {
    Trigger.WARNINGS: "警告累计",
    Trigger.RECTIFICATION: "整改逾期",
    Trigger.VETO: "一票否决",
    Trigger.DECISION: "提议",
}
CASE_STATE_NAMES: Mapping[CaseState, str] = {
    CaseState.OPENED: "已立案",
    CaseState.SUSPENDED: "已中止新业务",
    CaseState.IN_APPROVAL: "审批中",
    CaseState.REOPENED: "重新审查",
    CaseState.EXITED: "已退出",
    CaseState.DROPPED: "已撤案",
}
APPROVAL_NAMES = ("初审", "复审", "终审")
