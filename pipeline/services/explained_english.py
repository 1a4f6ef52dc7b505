"""Explanations in English, with the plan's words where rules and items have them: for commands, and for programs that read their JSON."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from pipeline.checks.catalogue import RULES
from pipeline.checks.catalogue import entry as rule_of
from pipeline.policy.settlement import SettlementPolicy
from pipeline.records.call import CallState
from pipeline.records.closed import ScoreLine, SettlementLine
from pipeline.records.entry import Posted
from pipeline.records.estimate import MonthStatus
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.scoring.call_score import Deduction
from pipeline.services.reasons import INTERNAL, Archived, Replaced, Told, moment, told
from pipeline.store.findings import StoredFinding
from pipeline.store.tables import CallRow
from pipeline.store.verdicts import Verdict
from pipeline.text.clock import clock
from pipeline.text.masking import mask
from pipeline.text.quoting import quoted

FACTOR = "quality factor"
"""What the quality factor is called among the facts of a statement."""


class English:
    """Times are the zone's; `with_names`: who decided is named, and what he noted."""

    def __init__(self, zone: tzinfo, *, with_names: bool = True) -> None:
        self._zone, self._with_names = zone, with_names

    def entry(self, posted: Posted, taken_back: int | None) -> Told:
        """An entry in a line, and what it says beyond that."""
        one = posted.entry
        amounts = [f"{one.points:+} points"] if one.points else []
        amounts += [_yuan(one.amount_fen, sign=True)] if one.amount_fen else []
        what = f" {_rule(one.rule)}" if one.rule else ""
        title = f"entry {posted.number}: {one.kind.value} {one.month} {one.vendor}{what}"
        facts = told(
            [
                ("project", one.project or ""), ("subject", one.subject), ("call", one.call_id or ""), ("agent", one.agent or ""),
                ("at", _span(one.span, "")), ("words", one.words),
                ("by", self._by(one.person, one.role) if one.person and one.role else ""), ("policy", one.policy),
                ("recorded", moment(one.recorded_at, self._zone)), ("note", self._noted(one.note) if one.kind in INTERNAL else one.note),
                ("taken back", "" if taken_back is None else f"by entry {taken_back}"),
            ]
        )  # fmt: skip
        return title + "".join(f", {amount}" for amount in amounts), facts

    def statement(self, line: SettlementLine, score: ScoreLine | None, policy: SettlementPolicy) -> Told:
        """How a statement comes to its net."""
        brought_by = max(line.count_operator or 0, line.count_accepted)
        share = f"{_yuan(line.usage_share_fen)}, of the fees of {line.count_accepted} of {brought_by} successes"
        facts = told(
            [
                ("counts", f"operator {line.count_operator}, vendor {line.count_vendor}, tolerance {line.tolerance}"),
                ("not payable", str(line.not_payable)), ("accepted", str(line.count_accepted)),
                ("audited", line.audited if self._with_names else line.audited.partition(": ")[2]),
                ("gross", f"{line.count_accepted} × {_yuan(line.unit_price_fen)} = {_yuan(line.gross_fen)}"),
                ("usage share", share if line.usage_share_fen else _yuan(0)), (FACTOR, _factor(line, score, policy)),
                ("adjustment", _yuan(line.adjustment_fen, sign=True)), ("prior months", _yuan(line.prior_month_fen, sign=True)),
                ("net", _yuan(line.net_fen)), ("price version", line.price_version),
            ]
        )  # fmt: skip
        return f"statement {line.statement_no}: net {_yuan(line.net_fen)}", facts

    def score(self, line: ScoreLine) -> Told:
        """A score with its interval, or why there is none, and what it rests on."""
        rate = (
            "none"
            if line.rate_bp is None
            else f"{line.rate_bp / 100:.2f} %"
            if line.is_of_all
            else f"{line.rate_bp / 100:.2f} % ({(line.rate_low_bp or 0) / 100:.2f}-{(line.rate_high_bp or 0) / 100:.2f})"
        )
        heard = f"{line.inspected + line.partial} judged of {line.drawn} drawn of {line.calls} connected, {line.reviewed} heard whole by a reviewer"
        facts = told(
            [
                ("calls", heard), ("major or fatal", rate), ("violations", f"{line.fatal} fatal, {line.major} major, {line.minor} minor"),
                ("complaints", str(line.complaints)), ("number checks failed", str(line.number_checks_failed)),
                ("project checks", f"{line.project_points:+}"), ("grade", str(line.grade)), ("warnings", str(line.warnings_total)),
                ("status", line.status), ("policy", line.policy),
            ]
        )  # fmt: skip
        return f"month score {line.month} {line.vendor}/{line.project}: {_score(line)}", facts

    def running(self, month: Month, vendor: str, project: str, heard: int) -> Told:
        """A month that is not closed."""
        return f"{month} {vendor}/{project} is not closed: its score so far, of {heard} drawn calls", ()

    def call(self, row: CallRow, state: CallState, points: int, archived: Archived | None) -> Told:
        """A call with its score."""
        facts = [("agent", row.agent), ("started", moment(row.started_at, self._zone)), ("state", state.value)]
        facts += [] if archived is None else [_recording(archived)]
        return f"call {row.vendor}/{row.call_id}: {points} points", tuple(facts)

    def deduction(self, deduction: Deduction) -> str:
        """What a fault loses under an item of the sheet."""
        cut = "" if deduction.points == deduction.asked else f" (of {deduction.asked}, cut by the item's cap)"
        return f"{deduction.item} −{deduction.points}{cut}: {_rule(deduction.fault.rule)}"

    def verdict(self, one: Verdict, archived: Archived | None, replaced: Sequence[Replaced]) -> Told:
        """What somebody decided, about which second, and when."""
        charge = one.charge
        facts = told(
            [
                ("fault", _rule(charge.rule)), ("severity", charge.severity.value), ("words", mask(charge.words)),
                ("at", _span(charge.span, "")),
                ("decided", f"{self._by(one.person, one.role)}, {moment(one.decided_at, self._zone)}"), ("note", self._noted(one.note)),
                *([] if archived is None else [_recording(archived)]),
                *(("replaced", self._replaced(by)) for by in replaced),
            ]
        )  # fmt: skip
        return f"verdict {one.verdict_id}: {one.decision.value}, call {one.row.vendor}/{one.row.call_id}", facts

    def finding(self, found: StoredFinding, archived: Archived) -> Told:
        """What the machine found, where, in which words, by which ruleset and model."""
        one = found.finding
        facts = told(
            [
                ("fault", f"{_rule(one.rule)}, version {one.rule_version}, plan {one.plan}"),
                ("at", _span(one.span, "the whole call")), ("heard", mask(quoted(one.text, one.matched))),
                ("matched", f"{mask(one.matched)} ({one.match.value}, confidence {one.confidence:.2f})"),
                ("because", mask(one.explanation)), ("ruleset", found.ruleset), ("model", found.model), _recording(archived),
            ]
        )  # fmt: skip
        return f"finding {found.finding_id}: call {found.row.vendor}/{found.row.call_id}", facts

    def rest(self, calls: int) -> str:
        """That there are so many calls more."""
        return f"{calls} more calls with deductions"

    def _by(self, person: str, role: Role) -> str:
        return f"{person} ({role.value})" if self._with_names else role.value

    def _noted(self, note: str) -> str:
        return note if self._with_names else ""

    def _replaced(self, by: Replaced) -> str:
        if self._with_names:
            return f"by verdict {by.verdict_id}: {by.decision.value} by {by.person}, “{by.note}”"
        return f"by verdict {by.verdict_id}: {by.decision.value} by {by.role.value}"


def _factor(line: SettlementLine, score: ScoreLine | None, policy: SettlementPolicy) -> str:
    """A quality factor and the band of the policy that it comes from, or why quality moves nothing."""
    factor = f"{line.factor_bp / 100:g} %"
    if score is None or score.score_c is None or score.status != MonthStatus.SCORED:
        return f"{factor}: no score that money may hang on, {score.status if score else 'no call was heard'}"
    low, high = policy.limits(score.score_c / 100)
    band = f"from {low} points on" if high is None else f"from {low} to under {high} points"
    return f"{factor}: {score.score_c / 100:.2f} points, {band}"


def _score(line: ScoreLine) -> str:
    if line.score_c is None:
        return f"none, {line.status}"
    if line.is_of_all:
        return f"{line.score_c / 100:.2f} (all calls heard, no sampling error)"
    return f"{line.score_c / 100:.2f} ({(line.score_low_c or 0) / 100:.2f}-{(line.score_high_c or 0) / 100:.2f})"


def _rule(rule: str) -> str:
    """A rule with its Chinese name."""
    return f"{rule_of(rule).name} {rule}" if rule in RULES else rule


def _span(span: Span | None, without: str) -> str:
    return without if span is None else f"{clock(span.start_ms)}-{clock(span.end_ms)}"


def _recording(archived: Archived) -> tuple[str, str]:
    number, path = archived
    return "recording", f"{number}, archive …/{'/'.join(Path(path).parts[-3:])}"


def _yuan(fen: int, *, sign: bool = False) -> str:
    text = f"{abs(fen) // 100:,}.{abs(fen) % 100:02} yuan"
    return ("−" if fen < 0 else "+" if sign else "") + text
