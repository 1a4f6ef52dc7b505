"""A figure is past its limit exactly where the rule claims something."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.check import HeardCall, Rule
from pipeline.checks.tone.dead_air import dead_air
from pipeline.checks.tone.interruption import interruption
from pipeline.checks.tone.level_high import level_high
from pipeline.checks.tone.level_low import level_low
from pipeline.checks.tone.limits import LIMITS, call_figures
from pipeline.checks.tone.monologue import monologue
from pipeline.checks.tone.slow_response import slow_response
from pipeline.checks.tone.too_fast import too_fast
from pipeline.checks.tone.too_slow import too_slow
from pipeline.records.tone import Tone

from .dialogue import STANDARD, heard

BY_NAME = {limit.name: limit for limit in LIMITS}


def figure(call: HeardCall, name: str) -> float | None:
    return dict(call_figures(call, "survey", STANDARD).values).get(name)


def claims(rule: Rule, call: HeardCall, name: str, limit: float) -> bool:
    return any(rule(call, replace(STANDARD, **{name: limit})))


@pytest.mark.parametrize(
    ("name", "rule", "written", "value"),
    [
        ("slow_response_ms", slow_response, "customer 0.0-2.0 我想问话费\nagent 5.5-6.0 好的", 3500),
        ("monologue_ms", monologue, "agent 0.0-3.0 您好\nagent 4.0-9.0 这个活动\ncustomer 10.0-11.0 嗯\nagent 12.0-13.0 好", 9000),
        ("rate_max_cpm", too_fast, "agent 0.0-3.0 您现在办理就送十个吉字节的流量", 300),
        ("rate_min_cpm", too_slow, "agent 0.0-3.0 您现在办理就送十个吉字节的流量", 300),
    ],
)  # fmt: skip
def test_a_figure_is_where_the_rule_begins_to_claim(name: str, rule: Rule, written: str, value: float) -> None:
    call = heard(written)
    assert figure(call, name) == pytest.approx(value)
    side = 1 if BY_NAME[name].side == "high" else -1
    assert not claims(rule, call, name, value)
    assert claims(rule, call, name, value - side)


def test_silence_and_levels_are_those_of_the_tone() -> None:
    tone = Tone(longest_silence_ms=7000, active_level_dbfs=-35.0, interruptions=2, clipped_share=0.01)
    call = heard("agent 0.0-1.0 您好\ncustomer 8.0-9.0 喂", tone=tone)
    assert (figure(call, "longest_silence_ms"), figure(call, "level_low_dbfs")) == (7000, -35)
    assert (figure(call, "interruption_count"), figure(call, "clipped_share")) == (2, 0.01)
    assert claims(dead_air, call, "longest_silence_ms", 6999) and not claims(dead_air, call, "longest_silence_ms", 7000)
    assert claims(level_low, call, "level_low_dbfs", -34) and not claims(level_high, call, "level_high_dbfs", -35)


def test_as_many_interruptions_as_the_limit_are_past_it() -> None:
    call = heard(
        "customer 0.0-6.0 我上个月已经说过不要了\nagent 2.0-3.5 您先听我说\n"
        "agent 4.0-5.5 您先听我说\ncustomer 7.0-10.0 真的不需要\nagent 8.0-9.5 您先听我说"
    )
    assert claims(interruption, call, "interruption_count", 3)
    assert not claims(interruption, call, "interruption_count", 4)
    assert BY_NAME["interruption_count"].is_past(3, 3)
    assert not BY_NAME["interruption_count"].is_past(3, 4)


def test_a_wait_that_is_dead_air_is_no_slow_response() -> None:
    written = "customer 0.0-2.0 喂\nagent 3.0-4.0 您好\ncustomer 5.0-6.0 我想问\nagent 15.0-16.0 好的"
    assert figure(heard(written), "slow_response_ms") == 1000


def test_what_cannot_be_had_has_no_figure_and_a_partial_call_has_none() -> None:
    assert call_figures(heard("customer 0.0-1.0 喂"), "survey", STANDARD).values == ()
    whole = heard("agent 0.0-3.0 您现在办理就送十个吉字节的流量")
    assert call_figures(whole, "survey", STANDARD).values
    assert call_figures(replace(whole, complete=False), "survey", STANDARD).values == ()


RATES = st.lists(st.tuples(st.integers(4, 16), st.integers(1, 6)), min_size=1, max_size=6)


@given(RATES, st.integers(60, 600))
def test_the_deciding_rate_decides(turns: list[tuple[int, int]], limit: int) -> None:
    """Turns of so many hanzi in so many seconds."""
    call = heard(
        "\n".join(f"agent {n * 10}-{n * 10 + seconds} {'好' * hanzi}" for n, (hanzi, seconds) in enumerate(turns))
    )
    for name, rule in (("rate_max_cpm", too_fast), ("rate_min_cpm", too_slow)):
        value = figure(call, name)
        assert claims(rule, call, name, limit) == (value is not None and BY_NAME[name].is_past(value, limit))
