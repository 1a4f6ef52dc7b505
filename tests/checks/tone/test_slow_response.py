from pipeline.checks.tone.slow_response import slow_response

from .dialogue import heard, spans


def test_a_late_answer_is_claimed() -> None:
    call = heard("customer 0.0-2.0 这个月话费怎么这么多\nagent 5.5-8.0 我帮您看一下")
    assert spans(slow_response, call) == [(2000, 5500)]


def test_exactly_the_limit_is_not_claimed() -> None:
    assert spans(slow_response, heard("customer 0.0-2.0 怎么这么多\nagent 5.0-8.0 我帮您看一下")) == []
    assert spans(slow_response, heard("customer 0.0-2.0 怎么这么多\nagent 5.001-8.0 我帮您看一下")) == [(2000, 5001)]


def test_a_customer_who_thinks_is_not_the_agents_wait() -> None:
    assert spans(slow_response, heard("agent 0.0-2.0 您方便吗\ncustomer 6.5-8.0 方便")) == []


def test_what_is_dead_air_is_claimed_there() -> None:
    assert spans(slow_response, heard("customer 0.0-2.0 怎么这么多\nagent 8.0-9.0 我看看")) == [(2000, 8000)]
    assert spans(slow_response, heard("customer 0.0-2.0 怎么这么多\nagent 8.1-9.0 我看看")) == []


def test_an_unknown_speaker_in_between_is_not_judged() -> None:
    assert spans(slow_response, heard("customer 0.0-2.0 怎么\nunknown 5.5-6.0 我看看\nagent 6.5-7 好", mono=True)) == []
