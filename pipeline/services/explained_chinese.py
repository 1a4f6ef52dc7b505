"""Explanations in Chinese, for the pages.

    结算单 JS-202604-0004：净额 57.88 元
    └─ 月度得分 2026-04 华声外呼/win-back：60.00（全部通话都查了，没有抽样误差）
       └─ 通话 0007：0 分
          └─ 用语与态度 −30：侮辱

A vendor's people learn what was decided and by which role, not by whom, nor what was noted for colleagues.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from pipeline.checks.catalogue import RULES, rules_named
from pipeline.checks.catalogue import entry as rule_of
from pipeline.export.words import (
    CALL_STATES,
    ENTRIES,
    GRADES,
    MATCHES,
    ROLES,
    SEVERITIES,
    STATUSES,
    VERDICTS,
    factor,
    yuan,
)
from pipeline.policy.settlement import SettlementPolicy
from pipeline.records.call import CallState
from pipeline.records.closed import ScoreLine, SettlementLine
from pipeline.records.entry import Entry, Posted
from pipeline.records.estimate import MonthStatus
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.scoring.call_score import Deduction
from pipeline.services.reasons import INTERNAL, Archived, Replaced, Told, told
from pipeline.store.findings import StoredFinding
from pipeline.store.tables import CallRow
from pipeline.store.verdicts import Verdict
from pipeline.text.clock import clock
from pipeline.text.masking import mask
from pipeline.text.quoting import quoted

# Words of an entry's subject, which stand before numbers and months.
_SUBJECTS: Mapping[str, str] = {
    "verdict": "判定",
    "finding": "发现",
    "violation": "违规",
    "complaint": "投诉",
    "statement": "结算单",
    "restatement": "重述",
    "score": "月度得分",
    "rate": "问题通话比例",
    "breach": "经确认的违规",
    "operating": "经营中违规",
    "warning": "警告",
    "warnings": "警告累计",
    "rectification": "整改",
    "until": "期限",
    "veto": "一票否决",
    "decision": "提议",
    "exit": "退出案件",
    "exchange": "兑换",
    "grade": "定级",
    "lines": "各行校验",
}
FACTOR = "质量系数"
"""What the quality factor is called among the facts of a statement."""


class Chinese:
    """Times are the zone's; `with_names`: who decided is named, and what he noted."""

    def __init__(self, zone: tzinfo, *, with_names: bool) -> None:
        self._zone, self._with_names = zone, with_names

    def entry(self, posted: Posted, taken_back: int | None) -> Told:
        """An entry in a line, and what it says beyond that."""
        one = posted.entry
        amounts = [f"{one.points:+} 分"] if one.points else []
        amounts += [f"{_signed(one.amount_fen)} 元"] if one.amount_fen else []
        what = f" {_rule(one.rule)}" if one.rule else ""
        title = f"账目 {posted.number}：{ENTRIES[one.kind]} {one.month} {one.vendor}{what}"
        facts = told(
            [
                ("项目", one.project or ""), ("依据", _subject(one.subject)), ("通话", one.call_id or ""), ("话务员", one.agent or ""),
                ("位置", _span(one.span, "")), ("话语", one.words),
                ("记录人", self._by(one.person, one.role) if one.person and one.role else ""), ("政策版本", one.policy),
                ("入账时间", self._moment(one.recorded_at)), ("说明", self._note_of(one)),
                ("已撤销", "" if taken_back is None else f"被账目 {taken_back} 撤销"),
            ]
        )  # fmt: skip
        return title + "".join(f"，{amount}" for amount in amounts), facts

    def statement(self, line: SettlementLine, score: ScoreLine | None, policy: SettlementPolicy) -> Told:
        """How a statement comes to its net."""
        brought_by = max(line.count_operator or 0, line.count_accepted)
        share = f"{yuan(line.usage_share_fen)} 元，按 {brought_by} 笔成功中的 {line.count_accepted} 笔计"
        counts = f"运营商 {_count(line.count_operator)}，公司 {_count(line.count_vendor)}，误差认可值 {line.tolerance}"
        facts = told(
            [
                ("双方成功量", counts), ("不予结算", f"{line.not_payable} 笔"), ("认可量", f"{line.count_accepted} 笔"),
                ("稽核", line.audited if self._with_names else line.audited.partition(": ")[2]),
                ("毛额", f"{line.count_accepted} × {yuan(line.unit_price_fen)} = {yuan(line.gross_fen)} 元"),
                ("使用费提成", share if line.usage_share_fen else ""), (FACTOR, _factor(line, score, policy)),
                ("质量调整", f"{_signed(line.adjustment_fen)} 元"),
                ("以前月份", f"{_signed(line.prior_month_fen)} 元" if line.prior_month_fen else ""),
                ("净额", f"{yuan(line.net_fen)} 元"), ("价格版本", line.price_version),
            ]
        )  # fmt: skip
        return f"结算单 {line.statement_no}：净额 {yuan(line.net_fen)} 元", facts

    def score(self, line: ScoreLine) -> Told:
        """A score with its interval, or why there is none, and what it rests on."""
        calls = f"接通 {line.calls}，抽中 {line.drawn}，评定 {line.inspected + line.partial}，整通复核 {line.reviewed}"
        rate = "" if line.rate_bp is None else _between(line, line.rate_bp, line.rate_low_bp, line.rate_high_bp, "%")
        facts = told(
            [
                ("通话", calls), ("问题通话比例", rate), ("违规", f"致命 {line.fatal}，重大 {line.major}，轻微 {line.minor}"),
                ("有理由投诉", str(line.complaints)), ("号码抽查不合格", str(line.number_checks_failed)),
                ("项目检查", f"{line.project_points:+} 分" if line.project_points else ""), ("级别", GRADES[line.grade]),
                ("累计警告", str(line.warnings_total)), ("状态", STATUSES.get(line.status, line.status)), ("政策版本", line.policy),
            ]
        )  # fmt: skip
        score = (
            "没有分数"
            if line.score_c is None
            else _between(line, line.score_c, line.score_low_c, line.score_high_c, "")
        )
        return f"月度得分 {line.month} {line.vendor}/{line.project}：{score}", facts

    def running(self, month: Month, vendor: str, project: str, heard: int) -> Told:
        """A month that is not closed."""
        return f"{month} {vendor}/{project} 尚未关账：到现在为止抽中的 {heard} 通", ()

    def call(self, row: CallRow, state: CallState, points: int, archived: Archived | None) -> Told:
        """A call with its score."""
        facts = [("话务员", row.agent), ("通话开始", self._moment(row.started_at)), ("状态", CALL_STATES[state])]
        facts += [] if archived is None else [_recording(archived)]
        return f"通话 {row.call_id}：{points} 分", tuple(facts)

    def deduction(self, deduction: Deduction) -> str:
        """What a fault loses under an item of the sheet."""
        cut = "" if deduction.points == deduction.asked else f"（应扣 {deduction.asked}，本项已扣完）"
        return f"{_rule(deduction.fault.rule)} −{deduction.points}{cut}，{deduction.item}"

    def verdict(self, one: Verdict, archived: Archived | None, replaced: Sequence[Replaced]) -> Told:
        """What somebody decided, about which second, and when."""
        charge = one.charge
        facts = told(
            [
                ("问题", _rule(charge.rule)), ("严重程度", SEVERITIES[charge.severity]), ("话语", mask(charge.words)),
                ("位置", _span(charge.span, "整通")),
                ("判定", f"{self._by(one.person, one.role)}，{self._moment(one.decided_at)}"), ("备注", self._noted(one.note)),
                *([] if archived is None else [_recording(archived)]),
                *(("已被改判", self._replaced(by)) for by in replaced),
            ]
        )  # fmt: skip
        return f"判定 {one.verdict_id}：{VERDICTS[one.decision]}，通话 {one.row.call_id}", facts

    def finding(self, found: StoredFinding, archived: Archived) -> Told:
        """What the machine found, where, in which words, by which ruleset and model."""
        one = found.finding
        matched = f"“{mask(one.matched)}”" if one.matched else ""
        facts = told(
            [
                ("问题", f"{_rule(one.rule)}（{one.rule} 第 {one.rule_version} 版，{one.plan}）"),
                ("位置", _span(one.span, "整通")), ("听到", mask(quoted(one.text, one.matched))),
                ("匹配", f"{matched}{MATCHES[one.match]}，把握 {one.confidence:.0%}"), ("理由", mask(one.explanation)),
                ("规则库版本", found.ruleset), ("识别模型", found.model), _recording(archived),
            ]
        )  # fmt: skip
        return f"发现 {found.finding_id}：系统找到的依据", facts

    def rest(self, calls: int) -> str:
        """That there are so many calls more."""
        return f"另有 {calls} 通有扣分"

    def _by(self, person: str, role: Role) -> str:
        return f"{person}（{ROLES[role]}）" if self._with_names else ROLES[role]

    def _noted(self, note: str) -> str:
        return note if self._with_names else ""

    def _note_of(self, one: Entry) -> str:
        """What a vendor was told of, as a warning's reason, it may read again."""
        return self._noted(one.note) if one.kind in INTERNAL else rules_named(one.note)

    def _replaced(self, by: Replaced) -> str:
        note = f"：“{by.note}”" if self._noted(by.note) else ""
        return f"判定 {by.verdict_id}，{VERDICTS[by.decision]}，{self._by(by.person, by.role)}{note}"

    def _moment(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")


def _factor(line: SettlementLine, score: ScoreLine | None, policy: SettlementPolicy) -> str:
    """A quality factor and the band of the policy that it comes from, or why quality moves nothing."""
    told_as = factor(line.factor_bp)
    if score is None or score.score_c is None or score.status != MonthStatus.SCORED:
        why = STATUSES.get(score.status, score.status) if score else "没有检查过通话"
        return f"{told_as}：{why}，不据以奖惩"
    low, high = policy.limits(score.score_c / 100)
    band = f"{low} 分及以上" if high is None else f"{low} 分至不到 {high} 分"
    return f"{told_as}：得分 {score.score_c / 100:.2f}，在 {band}一档"


def _between(line: ScoreLine, value: int, low: int | None, high: int | None, unit: str) -> str:
    """A line's value in hundredths with its 95 % interval, which one of all calls has none of."""
    if line.is_of_all:
        return f"{value / 100:.2f}{unit}（全部通话都查了，没有抽样误差）"
    return f"{value / 100:.2f}{unit}（{(low or 0) / 100:.2f}–{(high or 0) / 100:.2f}{unit}）"


def _subject(subject: str) -> str:
    return " ".join(_SUBJECTS.get(word, word) for word in subject.split())


def _rule(rule: str) -> str:
    return rule_of(rule).name if rule in RULES else rule


def _span(span: Span | None, without: str) -> str:
    return without if span is None else f"{clock(span.start_ms)}–{clock(span.end_ms)}"


def _recording(archived: Archived) -> tuple[str, str]:
    number, path = archived
    return "录音", f"{number}，档案 …/{'/'.join(Path(path).parts[-3:])}"


def _count(count: int | None) -> str:
    return "未报" if count is None else str(count)


def _signed(fen: int) -> str:
    return f"{'−' if fen < 0 else '+' if fen else ''}{yuan(abs(fen))}"
