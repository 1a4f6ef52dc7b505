"""What every value of the policy means, for people who fill in a form: its name, unit, paragraph of the plan, and what it decides.

The names are those of the file (section.key; `[]` for the rows of a list). `tests/policy/test_editing.py` keeps both in step.
"""

from dataclasses import dataclass
from enum import StrEnum

SECTIONS = {
    "sampling": ("抽样", "Sampling"),
    "calendar": ("检查月份", "Months inspected"),
    "retention": ("录音留存", "Retention of recordings"),
    "registry": ("外呼公司的资格", "What vendors must have"),
    "score": ("评分", "Scores"),
    "posting": ("直接计入的问题", "What posts by itself"),
    "review": ("复核安排", "Reviewing"),
    "warning": ("警告与退出", "Warnings and exit"),
    "grade": ("分级", "Grades"),
    "appeal": ("申诉", "Appeals"),
    "feedback": ("反馈", "Feedback"),
    "exit": ("退出手续", "Exit"),
    "incentive": ("激励", "Incentives"),
    "settlement": ("结算", "Settlement"),
}

TABLES = {
    "score.item": ("百分制评分表", "The 100-point sheet"),
    "score.rule": ("单独定的扣分", "Points of single rules"),
    "incentive.band": ("积分分档", "Points by month score"),
    "settlement.band": ("质量系数分档", "Quality factor by month score"),
    "settlement.price": ("单价表", "Prices"),
}


class Unit(StrEnum):
    """How a value is filled in. Shares stand in the file in basis points and are filled in in percent, money in fen and yuan."""

    COUNT = "count"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    MINUTES = "minutes"
    SECONDS = "seconds"
    POINTS = "points"
    PERCENT = "percent"
    YUAN = "yuan"
    WHOLE_YUAN = "whole_yuan"
    AREA = "area"
    TEXT = "text"
    FLAG = "flag"
    NUMBERS = "numbers"
    LINES = "lines"
    RULES = "rules"
    SEVERITIES = "severities"
    ROLES = "roles"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A value's name in Chinese and English, its unit, its paragraph (empty: the plan says nothing of it), and what it decides, in both."""

    chinese: str
    english: str
    unit: Unit
    plan: str = ""
    decides: str = ""
    decides_english: str = ""


_ = Meaning
MEANINGS = {
    "sampling.minimum_calls": _("每日最少抽检通数", "Fewest calls a day", Unit.COUNT, "P-40",
        "每个外呼公司、项目、每天至少抽这么多通；不足则全抽", "Of each vendor, project and day; all of them where there are fewer"),
    "sampling.share_bp": _("抽检比例", "Share drawn", Unit.PERCENT, "P-40",
        "接通通话的比例，向上取整；与上一项取大者", "Of the connected calls, rounded up; the larger of the two holds"),
    "sampling.formal_calls_per_month": _("每月正式样本通数", "Formal sample a month", Unit.COUNT, "P-42",
        "只有正式样本计入分级", "The only calls that count for the grade"),
    "sampling.duration_bands_s": _("时长分层的界限（秒）", "Limits of the duration bands (s)", Unit.NUMBERS, "",
        "用逗号隔开，从小到大", "Separated by commas, rising"),
    "sampling.late_wait_days": _("补报话单等待天数", "Wait for late rows", Unit.DAYS, "",
        "超过以后单独抽样", "After so many days they are drawn by themselves"),
    "calendar.first_grade": _("新外呼公司的级别", "Grade of a new vendor", Unit.COUNT, "P-42", "1、2 或 3", "1, 2 or 3"),
    "calendar.grade_1_months": _("一级每几个月检查一个月", "Grade 1: one month in", Unit.MONTHS, "P-42",
        "具体月份秘密抽定；1、2、3、4、6 或 12", "Drawn secretly; 1, 2, 3, 4, 6 or 12"),
    "calendar.grade_2_months": _("二级每几个月检查一个月", "Grade 2: one month in", Unit.MONTHS, "P-42",
        "1、2、3、4、6 或 12", "1, 2, 3, 4, 6 or 12"),
    "calendar.grade_3_months": _("三级每几个月检查一个月", "Grade 3: one month in", Unit.MONTHS, "P-42",
        "1、2、3、4、6 或 12", "1, 2, 3, 4, 6 or 12"),
    "retention.keep_months": _("录音至少可调取的自然月数", "Recordings kept at least, months", Unit.MONTHS, "P-72",
        "与天数取长者", "The longer of months and days"),
    "retention.keep_min_days": _("录音至少可调取的天数", "Recordings kept at least, days", Unit.DAYS, "P-72"),
    "retention.keep_max_days": _("多少天后列入销毁清单", "Proposed for destruction after", Unit.DAYS, "P-71",
        "没有被引用的录音", "Recordings that nothing hangs on"),
    "retention.limitation_years": _("资格期满后再留存的年数", "Years beyond the qualification", Unit.YEARS, "P-72",
        "涉及警告、否决、扣分、退出的录音", "Recordings behind a warning, veto, deduction or exit"),
    "registry.tax_city": _("税务登记地", "City of tax registration", Unit.TEXT, "P-02"),
    "registry.capital_yuan": _("注册资金", "Capital", Unit.WHOLE_YUAN, "P-02", "不低于", "At least"),
    "registry.seats": _("台席数", "Seats", Unit.COUNT, "P-02", "不少于", "At least"),
    "registry.agents": _("话务员数", "Agents", Unit.COUNT, "P-02", "不少于", "At least"),
    "registry.area_m2": _("场地面积", "Area", Unit.AREA, "P-02", "不小于", "At least"),
    "registry.recordings_months": _("能留存录音的月数", "Months of recordings it can keep", Unit.MONTHS, "P-02", "不少于", "At least"),
    "registry.check_month": _("年度实地考察的月份", "Month of the yearly visit", Unit.COUNT, "P-04",
        "总代理、专营代理", "General and exclusive vendors"),
    "registry.term_years.general": _("总代理的资格期", "Qualification of a general agent", Unit.YEARS, "P-01"),
    "registry.term_years.exclusive": _("专营代理的资格期", "Qualification of an exclusive vendor", Unit.YEARS, "P-01"),
    "registry.term_years.specialist": _("专业代理的资格期", "Qualification of a specialist", Unit.YEARS, "P-01"),
    "registry.experience_years.general": _("总代理须有的经验", "Experience of a general agent", Unit.YEARS, "P-03"),
    "registry.experience_years.exclusive": _("专营代理须有的经验", "Experience of an exclusive vendor", Unit.YEARS, "P-03"),
    "registry.experience_years.specialist": _("专业代理须有的经验", "Experience of a specialist", Unit.YEARS, "P-03"),
    "registry.script_s.vip-care": _("贵宾服务脚本的时长", "Length of the VIP script", Unit.SECONDS, "P-50",
        "未登记的项目按它结算", "For projects that are not registered"),
    "registry.script_s.telemarketing": _("电话营销脚本的时长", "Length of the telemarketing script", Unit.SECONDS, "P-50"),
    "registry.script_s.win-back": _("策反脚本的时长", "Length of the win-back script", Unit.SECONDS, "P-50"),
    "registry.script_s.survey": _("调查脚本的时长", "Length of the survey script", Unit.SECONDS, "P-50"),
    "score.smallest_sample": _("可据以奖惩的最少通数", "Smallest sample for money", Unit.COUNT, "P-50",
        "少于此数的月份，系数按 100 %", "A month of fewer has a factor of 100 %"),
    "score.item[].name": _("项", "Item", Unit.TEXT),
    "score.item[].points": _("满分", "Points", Unit.POINTS, "", "各项合计 100", "All items make 100"),
    "score.item[].rules": _("扣这一项的规则", "Rules that lose them", Unit.LINES, "",
        "每行一个；phrase.* 表示整类", "One a line; phrase.* is a whole category"),
    "score.deduct.notice": _("提示类问题扣分", "Points of a notice", Unit.POINTS, "P-41"),
    "score.deduct.minor": _("轻微问题扣分", "Points of a minor fault", Unit.POINTS, "P-41"),
    "score.deduct.major": _("重大问题扣分", "Points of a major fault", Unit.POINTS, "P-41", "致命问题整通 0 分", "A fatal one makes the call 0"),
    "score.rule": _("单独定的扣分", "Points of single rules", Unit.POINTS, "P-41"),
    "posting.by_machine": _("不经人工、直接计入的规则", "Rules that post by themselves", Unit.RULES, "P-40"),
    "review.control_bp": _("混入未发现问题通话的比例", "Control calls", Unit.PERCENT, "P-40", "用来估计漏检", "To see what is missed"),
    "review.second_bp": _("混入他人已复核通话的比例", "Second hearings", Unit.PERCENT, "P-40", "用来比较两个人的判断", "To compare two people"),
    "review.desk_minutes": _("通话在一个人手里最久", "A call on one desk", Unit.MINUTES, "", "超过就可以给别人", "Then it is free for others"),
    "warning.score_line": _("警告的得分线", "Score that warns", Unit.POINTS, "P-60",
        "区间上限也低于它才算", "Where the upper bound lies under it, too"),
    "warning.rate_line_bp": _("警告的问题通话比例", "Rate that warns", Unit.PERCENT, "P-60",
        "区间下限也高于它才算", "Where the lower bound lies over it, too"),
    "warning.breaches": _("单独即可警告的违规", "Breaches that warn by themselves", Unit.RULES, "P-60"),
    "warning.breach_calls": _("同月达到几通才警告", "Calls with a breach in a month", Unit.COUNT, "P-60"),
    "warning.to_exit": _("累计几次警告中止合作", "Warnings that end the cooperation", Unit.COUNT, "P-61",
        "资格期内", "In the qualification period"),
    "warning.rectification_days": _("整改期限", "Days of a rectification", Unit.DAYS, "P-61", "当天仍算按期", "The last day is in time"),
    "warning.exclusive_a_year": _("专营代理每年警告上限", "Warnings a year, exclusive", Unit.COUNT, "P-03"),
    "warning.subcontractors": _("下属公司的警告计入总代理", "Subcontractors' warnings count", Unit.FLAG, "P-01"),
    "grade.faults": _("算作过错的严重程度", "Severities that are a fault", Unit.SEVERITIES, "P-42"),
    "grade.grade_2_from": _("多少次过错起为二级", "Grade 2 from", Unit.COUNT, "P-42"),
    "grade.grade_3_from": _("多少次过错起为三级", "Grade 3 from", Unit.COUNT, "P-42", "恰好此数也是三级", "Exactly so many is grade 3"),
    "grade.subcontractors": _("下属公司的过错计入总代理", "Subcontractors' faults count", Unit.FLAG, "P-01"),
    "appeal.window_days": _("申诉期", "Days to appeal", Unit.DAYS, "P-61", "告知之日起的日历日", "Calendar days after the vendor was told"),
    "feedback.acknowledge_days": _("整改要求的确认期限", "Days to acknowledge", Unit.DAYS, "P-40"),
    "exit.approvals": _("三级审批的次序", "Approvals in order", Unit.ROLES, "P-62"),
    "exit.bar_vendor_years": _("整个公司退出后不受理申请", "Bar after a whole exit", Unit.YEARS, "P-63"),
    "exit.bar_type_years": _("单项业务退出后不受理申请", "Bar after the exit of a type", Unit.YEARS, "P-63"),
    "exit.handover": _("退出前的移交清单", "Handed over before an exit", Unit.LINES, "P-71", "每行一项", "One a line"),
    "incentive.band[].from_score": _("月度得分从", "Month score from", Unit.POINTS, "P-43"),
    "incentive.band[].points": _("积分", "Points", Unit.COUNT, "P-43"),
    "incentive.fen_per_point": _("一个积分兑换", "Worth of a point", Unit.YUAN, "P-43"),
    "incentive.shift_bp": _("末位向首位调整的业务量", "Work that moves from last to first", Unit.PERCENT, "P-43"),
    "settlement.tolerance_bp": _("误差认可值（比例）", "Tolerance, share", Unit.PERCENT, "P-51", "与通数取大者", "The larger of share and calls"),
    "settlement.tolerance_calls": _("误差认可值（通数）", "Tolerance, calls", Unit.COUNT, "P-51"),
    "settlement.tax_basis": _("含税还是不含税", "Tax basis", Unit.TEXT, "P-50"),
    "settlement.band[].from_score": _("月度得分从", "Month score from", Unit.POINTS, "P-50"),
    "settlement.band[].factor_bp": _("质量系数", "Quality factor", Unit.PERCENT, "P-50"),
    "settlement.price[].type": _("业务类型", "Business type", Unit.TYPE, "P-50"),
    "settlement.price[].up_to_s": _("脚本时长至多", "Script up to", Unit.SECONDS, "P-50"),
    "settlement.price[].fen": _("单价", "Price a success", Unit.YUAN, "P-50"),
    "settlement.usage_share_bp.vip-care": _("使用费提成：贵宾服务", "Usage share: VIP care", Unit.PERCENT, "P-50"),
    "settlement.usage_share_bp.telemarketing": _("使用费提成：电话营销", "Usage share: telemarketing", Unit.PERCENT, "P-50"),
    "settlement.usage_share_bp.win-back": _("使用费提成：策反", "Usage share: win-back", Unit.PERCENT, "P-50"),
    "settlement.usage_share_bp.survey": _("使用费提成：调查", "Usage share: survey", Unit.PERCENT, "P-50"),
}  # fmt: skip
