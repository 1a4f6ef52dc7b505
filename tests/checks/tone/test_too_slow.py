from pipeline.checks.tone.too_slow import too_slow

from .dialogue import STANDARD, heard, spans

FOURTEEN = "现在办理就送十个吉字节流量呢"


def test_a_long_slow_turn_is_claimed_with_its_rate() -> None:
    (claim,) = too_slow(heard(f"agent 0.0-8.4 {FOURTEEN}"), STANDARD)
    assert claim.span.end_ms == 8400
    assert "100 字" in claim.explanation and "140 字" in claim.explanation


def test_exactly_the_limit_is_not_claimed_and_a_little_under_is() -> None:
    assert spans(too_slow, heard(f"agent 0.0-6.0 {FOURTEEN}")) == []
    assert spans(too_slow, heard(f"agent 0.0-6.05 {FOURTEEN}")) == [(0, 6050)]


def test_a_slow_habit_names_the_slowest_turn() -> None:
    slow = "agent 0.0-5.0 请问您是机主本人\nagent 6.0-11.0 请问您是机主本人\nagent 20.0-26.0 请问您是机主本人"
    assert spans(too_slow, heard(slow)) == [(20000, 26000)]


def test_a_slow_answer_under_eight_hanzi_says_nothing() -> None:
    assert spans(too_slow, heard("agent 0.0-5.0 好的好的嗯嗯嗯")) == []
