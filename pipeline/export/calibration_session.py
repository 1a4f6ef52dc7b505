"""What people thought in a calibration session, one line for each of them and each fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.export.columns import Column
from pipeline.records.calibration_session import Compared, Comparison, SessionCall, SessionOpinion
from pipeline.text.masking import mask


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """One person's opinion of one fault."""

    call: SessionCall
    fault: Compared
    person: str
    opinion: SessionOpinion


def opinion_lines(calls: Mapping[int, SessionCall], comparison: Comparison) -> Iterator[OpinionLine]:
    """The lines in the order of the comparison."""
    for fault in comparison.faults:
        for person in comparison.people:
            if (opinion := fault.said.get(person)) is not None:
                yield OpinionLine(calls[fault.call_pk], fault, person, opinion)


OPINIONS: tuple[Column[OpinionLine], ...] = (
    Column("vendor", "外呼公司", lambda line: line.call.vendor),
    Column("call_id", "通话编号", lambda line: line.call.call_id),
    Column("finding", "命中编号", lambda line: line.fault.finding_id),
    Column("rule", "规则", lambda line: line.fault.rule),
    Column("start_ms", "开始（毫秒）", lambda line: line.fault.span.start_ms if line.fault.span else None),
    Column("words", "原话", lambda line: mask(line.fault.words)),
    Column("person", "复核员", lambda line: line.person),
    Column("decision", "判定", lambda line: line.opinion.decision.value),
    Column("as_rule", "判为规则", lambda line: line.opinion.rule),
    Column("severity", "判为等级", lambda line: line.opinion.severity.value),
    Column("note", "备注", lambda line: mask(line.opinion.note)),
    Column("differing", "不一致的人次", lambda line: line.fault.differing),
)
