from pipeline.checks.tone.too_fast import too_fast

from .dialogue import STANDARD, heard, spans

FOURTEEN = "现在办理就送十个吉字节流量呢"


def test_a_long_fast_turn_is_claimed_with_its_rate() -> None:
    call = heard(f"agent 0.0-2.1 {FOURTEEN}")
    (claim,) = too_fast(call, STANDARD)
    assert (claim.span.start_ms, claim.span.end_ms) == (0, 2100)
    assert "400 字" in claim.explanation and "350 字" in claim.explanation


def test_exactly_the_limit_is_not_claimed_and_a_hundredth_over_is() -> None:
    assert spans(too_fast, heard(f"agent 0.0-2.4 {FOURTEEN}")) == []
    assert spans(too_fast, heard(f"agent 0.0-2.38 {FOURTEEN}")) == [(0, 2380)]


def test_a_single_turn_of_eleven_hanzi_is_too_short_to_be_sure() -> None:
    assert spans(too_fast, heard("agent 0.0-1.5 现在办理就送您好多流量")) == []


def test_short_turns_over_the_limit_are_a_habit_when_their_median_is() -> None:
    fast = "agent 0.0-1.2 请问您是机主本人\nagent 5.0-6.1 请问您是机主本人\nagent 9.0-10.2 请问您是机主本人"
    (claim,) = too_fast(heard(fast), STANDARD)
    assert claim.span.start_ms == 5000
    assert "全程中位语速每分钟 400 字" in claim.explanation


def test_a_fast_customer_is_nobodys_fault() -> None:
    assert spans(too_fast, heard(f"customer 0.0-1.0 {FOURTEEN}\nunknown 2.0-3.0 {FOURTEEN}")) == []


def test_an_unsure_transcript_makes_an_unsure_claim() -> None:
    from dataclasses import replace

    call = heard(f"agent 0.0-2.1 {FOURTEEN}")
    blurred = replace(call, turns=(replace(call.turns[0], confidence=0.4),))
    (sure,), (unsure,) = too_fast(call, STANDARD), too_fast(blurred, STANDARD)
    assert unsure.confidence == 0.4 * sure.confidence
