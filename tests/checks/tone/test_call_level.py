"""The rules that judge one figure of the whole call: level_low, level_high, clipped."""

import pytest

from pipeline.checks.check import Rule
from pipeline.checks.tone.clipped import clipped
from pipeline.checks.tone.level_high import level_high
from pipeline.checks.tone.level_low import level_low
from pipeline.records.tone import Tone

from .dialogue import claims


@pytest.mark.parametrize(
    ("rule", "fault", "boundary", "words"),
    [
        (level_low, Tone(active_level_dbfs=-34.1), Tone(active_level_dbfs=-34.0), ("-34.1 dBFS", "-34.0 dBFS")),
        (level_high, Tone(active_level_dbfs=-9.9), Tone(active_level_dbfs=-10.0), ("-9.9 dBFS", "-10.0 dBFS")),
        (clipped, Tone(clipped_share=0.0021), Tone(clipped_share=0.002), ("0.21%", "0.20%")),
    ],
)
def test_past_the_limit_is_claimed_for_the_whole_call_and_the_limit_itself_is_not(
    rule: Rule, fault: Tone, boundary: Tone, words: tuple[str, str]
) -> None:
    (claim,) = claims(rule, fault)
    assert claim.span is None
    assert all(word in claim.explanation for word in words)
    assert 0.6 <= claim.confidence < 0.65
    assert claims(rule, boundary) == []


@pytest.mark.parametrize("rule", [level_low, level_high, clipped])
def test_a_figure_that_cannot_be_had_claims_nothing(rule: Rule) -> None:
    assert claims(rule, Tone()) == []


def test_far_past_the_limit_is_surer() -> None:
    assert claims(level_low, Tone(active_level_dbfs=-45.0))[0].confidence == 0.95
