"""The day's feedback to a vendor as a letter in Chinese (P-40), and the reminder where nobody acknowledged it.

    华声外呼 2026年3月9日 质量反馈
    一、已确认的问题（1 处）……要求立即改进
    二、投诉与抽查（1 件）
    三、待核实（2 处）：由系统发现，尚未经人核听，不作结论
    四、请自本函送达之日起 2 个日历日内确认收到

A demand is due `acknowledge_days` calendar days after its delivery: on the last of them it is in time, on the next it is overdue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pipeline.export import words
from pipeline.policy.consequences import AppealPolicy, FeedbackPolicy
from pipeline.records.feedback import DayFeedback, Letter, LetterKind, Matter, MatterKind, Told

_KINDS: Mapping[MatterKind, str] = {
    MatterKind.COMPLAINT: "有理由投诉",
    MatterKind.NUMBER_CHECK: "号码抽查不合格",
    MatterKind.PROJECT_CHECK: "项目检查扣分",
}
_NUMERALS = "一二三四五"


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """What rules are called, and what is to be done about each; times are told in `zone`."""

    names: Mapping[str, str]
    remedies: Mapping[str, str]
    zone: ZoneInfo


def feedback_letter(
    told: DayFeedback, number: int, policy: FeedbackPolicy, appeal: AppealPolicy, phrasebook: Phrasebook
) -> Letter:
    """The letter of a day, the `number`th of that day to the vendor, counted from 1."""
    days = policy.acknowledge_days if told.demands_correction else None
    title = f"{_day(told.day)}质量反馈" + (f"（第{number}封）" if number > 1 else "")
    sections = [section for section in _sections(told, appeal, days, phrasebook) if section]
    body = [f"{told.vendor}：", "", title]
    for numeral, (heading, *lines) in zip(_NUMERALS, sections, strict=False):
        body += ["", f"{numeral}、{heading}", *lines]
    return Letter(
        key=f"feedback {told.day} {number} {told.vendor}",
        vendor=told.vendor,
        kind=LetterKind.FEEDBACK,
        day=told.day,
        title=title,
        body="\n".join(body) + "\n",
        subjects=tuple(
            one.subject for group in (told.confirmed, told.withdrawn, told.matters, told.unreviewed) for one in group
        ),
        acknowledge_days=days,
    )


def reminder_letter(letter_id: int, letter: Letter, due: date, today: date) -> Letter:
    """A reminder of a letter that was to be acknowledged by a day, `due`, that is over."""
    late = (today - due).days
    return Letter(
        key=f"reminder {letter_id}",
        vendor=letter.vendor,
        kind=LetterKind.REMINDER,
        day=today,
        title=f"催办：{letter.title}逾期未确认",
        body=f"{letter.vendor}：\n\n“{letter.title}”（第 {letter_id} 号）应于 {due} 前确认收到，至今已逾期 {late} 天。"
        "请立即整改，并在 callqa 的“我的公司”页确认收到。\n",
        subjects=(f"letter {letter_id}",),
        acknowledge_days=None,
    )


def is_overdue(acknowledge_by: date | None, today: date) -> bool:
    """Whether an unacknowledged demand is too late; its last day is still in time."""
    return acknowledge_by is not None and today > acknowledge_by


def _sections(
    told: DayFeedback, appeal: AppealPolicy, acknowledge_days: int | None, phrasebook: Phrasebook
) -> Iterator[Sequence[str]]:
    if told.confirmed:
        yield [
            f"已确认的问题（{len(told.confirmed)} 处），要求立即改进",
            *_faults(told.confirmed, phrasebook, with_remedy=True),
        ]
    if told.withdrawn:
        yield [f"撤销的认定（{len(told.withdrawn)} 处）", *_faults(told.withdrawn, phrasebook, with_remedy=False)]
    if told.matters:
        yield [f"投诉与抽查（{len(told.matters)} 件），要求立即改进", *_matters(told.matters)]
    if told.unreviewed:
        more = told.unreviewed_count - len(told.unreviewed)
        lines = list(_faults(told.unreviewed, phrasebook, with_remedy=False))
        yield [
            f"待核实（{told.unreviewed_count} 处）：由系统发现，尚未经人核听，不作结论，请先自查",
            *lines,
            *([f"   另有 {more} 处未列出。"] if more else []),
        ]
    if acknowledge_days is not None:
        within = f"自本函送达之日起 {acknowledge_days} 个日历日内" if acknowledge_days else "在本函送达当日"
        yield [
            "要求",
            f"   请立即改进上述已确认的问题，并{within}确认收到；逾期将催办并记录。",
            f"   对已确认的问题有异议的，可自告知之日起 {appeal.window_days} 个日历日内申诉，每项判定一次：登录 callqa，在“我的公司”页提交。",
        ]


def _faults(faults: Sequence[Told], phrasebook: Phrasebook, *, with_remedy: bool) -> Iterator[str]:
    for place, fault in enumerate(faults, 1):
        name = phrasebook.names.get(fault.rule, fault.rule)
        at = fault.started_at.astimezone(phrasebook.zone).strftime("%Y-%m-%d %H:%M")
        where = (
            "整通" if fault.span is None else f"{words.seconds(fault.span.start_ms)}–{words.seconds(fault.span.end_ms)}"
        )
        yield f"{place:3}. [{words.SEVERITIES[fault.severity]}] {name}（{_number(fault.subject)}）"
        yield f"     {fault.project} · 通话 {fault.call_id} · 话务员 {fault.agent} · {at} · {where}"
        if fault.words:
            yield f"     “{fault.words}”"
        if with_remedy and (remedy := phrasebook.remedies.get(fault.rule)):
            yield f"     整改：{remedy}"


def _matters(matters: Sequence[Matter]) -> Iterator[str]:
    for place, matter in enumerate(matters, 1):
        call = f" · 通话 {matter.call_id}" if matter.call_id else ""
        yield f"{place:3}. {_KINDS[matter.kind]} · {matter.project}{call}"
        yield f"     {matter.text}"


def _number(subject: str) -> str:
    kind, _, number = subject.partition(" ")
    return f"判定号 {number}" if kind == "verdict" else f"发现号 {number}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
