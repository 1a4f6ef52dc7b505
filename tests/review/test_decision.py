import pytest

from pipeline.errors import UsageError
from pipeline.records.finding import Severity
from pipeline.records.span import Span
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge, revised

TAUNT = Charge("phrase.taunt", Severity.MAJOR, Span(12_000, 14_500), "活该")


@pytest.mark.parametrize("decision", [Decision.CONFIRMED, Decision.OVERTURNED])
def test_confirmed_and_overturned_leave_the_charge_as_it_is(decision):
    assert revised(TAUNT, decision, None, None) == TAUNT
    for rule, severity in (("phrase.abuse", None), (None, Severity.MINOR)):
        with pytest.raises(UsageError, match="only a reclassified fault"):
            revised(TAUNT, decision, rule, severity)


def test_reclassified_is_another_rule_or_severity():
    after = revised(TAUNT, Decision.RECLASSIFIED, "phrase.abuse", Severity.FATAL)
    assert after == Charge("phrase.abuse", Severity.FATAL, TAUNT.span, TAUNT.words)
    assert revised(TAUNT, Decision.RECLASSIFIED, None, Severity.MINOR).severity is Severity.MINOR
    for rule, severity in ((None, None), ("phrase.taunt", Severity.MAJOR)):
        with pytest.raises(UsageError, match=r"name a rule or a severity other than phrase\.taunt major"):
            revised(TAUNT, Decision.RECLASSIFIED, rule, severity)


@pytest.mark.parametrize(
    ("rule", "span", "same"),
    [
        ("phrase.taunt", Span(14_500, 15_000), True),
        ("phrase.taunt", Span(14_501, 15_000), False),
        ("phrase.taunt", Span(11_000, 12_000), True),
        ("phrase.taunt", Span(11_000, 11_999), False),
        ("phrase.taunt", None, True),
        ("phrase.abuse", Span(12_000, 14_500), False),
    ],
)
def test_the_same_place(rule, span, same):
    other = Charge(rule, Severity.MAJOR, span, "")
    assert TAUNT.is_same_place(other) is same
    assert other.is_same_place(TAUNT) is same
