from pipeline.checks.tone.monologue import monologue

from .dialogue import STANDARD, heard, spans


def test_a_minute_alone_is_claimed_over_all_its_turns() -> None:
    call = heard("agent 0.0-31.0 这个活动是这样的\nagent 31.4-62.0 另外您还可以")
    (claim,) = monologue(call, STANDARD)
    assert (claim.span.start_ms, claim.span.end_ms) == (0, 62000)
    assert "62 秒" in claim.explanation


def test_exactly_the_limit_is_not_claimed() -> None:
    assert spans(monologue, heard("agent 0.0-60.0 这个活动是这样的")) == []
    assert spans(monologue, heard("agent 0.0-60.01 这个活动是这样的")) == [(0, 60010)]


def test_a_word_of_the_customer_ends_it() -> None:
    assert spans(monologue, heard("agent 0.0-50.0 这个活动\ncustomer 30.0-30.5 嗯\nagent 50.5-80.0 另外")) == []


def test_two_seconds_of_pause_are_room_for_the_customer() -> None:
    assert spans(monologue, heard("agent 0.0-40.0 这个活动\nagent 42.0-80.0 另外")) == []
    assert spans(monologue, heard("agent 0.0-40.0 这个活动\nagent 41.999-80.0 另外")) == [(0, 80000)]


def test_an_unknown_voice_may_be_the_customer() -> None:
    assert (
        spans(monologue, heard("agent 0.0-40.0 这个活动\nunknown 40.2-40.8 嗯\nagent 41.0-80.0 另外", mono=True)) == []
    )
