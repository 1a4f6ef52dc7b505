"""What people fill in at a call's page, read and refused in their own language."""

from pipeline.checks.catalogue import RULES
from pipeline.records.finding import Severity
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.wording import LONGEST_TEXT
from pipeline.web.refusals import BadInput

DECISIONS = (Decision.CONFIRMED, Decision.OVERTURNED, Decision.RECLASSIFIED)


def decision_of(text: str) -> Decision:
    """A decision about a finding. Raises BadInput."""
    found = next((one for one in DECISIONS if one.value == text), None)
    if found is None:
        raise BadInput("请选择确认、推翻或改判。")
    return found


def rule_of(text: str) -> str | None:
    """A rule of the catalogue, None where none is chosen. Raises BadInput."""
    if text and text not in RULES:
        raise BadInput("没有这种问题类型。")
    return text or None


def severity_of(text: str) -> Severity | None:
    """A severity, None where none is chosen. Raises BadInput."""
    if text and text not in list(Severity):
        raise BadInput("没有这种严重程度。")
    return Severity(text) if text else None


def note_of(text: str) -> str:
    """A note that is not too long. Raises BadInput."""
    if len(text) > LONGEST_TEXT:
        raise BadInput("说明最多 2000 字。")
    return text


def span_of(start: str, end: str) -> Span | None:
    """From two places as people write them: 61.5, 1:01.5. Raises BadInput."""
    if not start.strip() and not end.strip():
        return None
    try:
        first, last = _milliseconds(start), _milliseconds(end)
    except ValueError as error:
        raise BadInput("起止时间要写成 61.5 或 1:01.5 这样。") from error
    if first >= last:
        raise BadInput("结束时间要晚于开始时间。")
    return Span(first, last)


def _milliseconds(text: str) -> int:
    minutes, _, seconds = text.strip().replace("：", ":").rpartition(":")
    whole = float(seconds) + 60 * int(minutes or 0)
    if not 0 <= whole < 86_400:
        raise ValueError(text)
    return round(whole * 1000)
