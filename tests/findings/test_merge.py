"""One fault is one finding; the gravest certain one comes first."""

from dataclasses import replace

from pipeline.findings.merge import merge, rank
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.span import Span
from pipeline.records.turn import Speaker

ONE = Finding(
    "phrase.abuse",
    1,
    "phrase",
    Severity.MAJOR,
    "P-30",
    Speaker.AGENT,
    Span(1000, 2000),
    "你有病啊",
    "你有病",
    Match.EXACT,
    1.0,
    "说了谩骂类用语“你有病”。",
    True,
)


def test_overlapping_findings_of_one_rule_are_one_over_both_spans() -> None:
    near = replace(ONE, span=Span(1999, 2500), match=Match.NEAR, confidence=0.6, counts=False, severity=Severity.FATAL)
    (joined,) = merge([near, ONE])
    assert joined.span == Span(1000, 2500)
    assert (joined.match, joined.counts, joined.severity) == (Match.EXACT, True, Severity.FATAL)


def test_touching_findings_other_rules_and_other_speakers_stay_apart() -> None:
    assert len(merge([ONE, replace(ONE, span=Span(2000, 2500))])) == 2
    assert len(merge([ONE, replace(ONE, rule="phrase.insult")])) == 2
    assert len(merge([ONE, replace(ONE, speaker=Speaker.UNKNOWN)])) == 2


def test_span_less_findings_of_a_rule_are_one_and_come_last() -> None:
    whole = replace(ONE, rule="script.missing.thanks", span=None)
    assert merge([whole, ONE, whole]) == (ONE, whole)


def test_rank_by_gravity_then_certainty() -> None:
    fatal = replace(ONE, severity=Severity.FATAL, counts=False, span=Span(5000, 6000))
    unsure = replace(ONE, confidence=0.8, span=Span(0, 10))
    review = replace(ONE, counts=False, span=Span(0, 5))
    assert rank([review, unsure, ONE, fatal]) == (fatal, ONE, unsure, review)
