from dataclasses import replace

from pipeline.checks.tone.interruption import interruption
from pipeline.records.span import Span

from .dialogue import STANDARD, heard, spans

COMPLAINT = "customer 0.0-6.0 我上个月已经跟你们说过了我不需要这个你们怎么还打"


def test_talking_over_the_customer_for_long_is_claimed() -> None:
    call = heard(f"{COMPLAINT}\nagent 3.0-7.0 您先听我说完这个活动")
    (claim,) = interruption(call, STANDARD)
    assert claim.span == Span(3000, 6000)
    assert "3.0 秒" in claim.explanation and "2.0 秒" in claim.explanation


def test_exactly_two_seconds_count_and_a_little_less_does_not() -> None:
    assert spans(interruption, heard(f"{COMPLAINT}\nagent 4.0-7.0 您先听我说完这个活动")) == [(4000, 6000)]
    assert spans(interruption, heard(f"{COMPLAINT}\nagent 4.001-7.0 您先听我说完这个活动")) == []


def test_three_times_a_second_are_a_habit_and_two_are_not() -> None:
    twice = """
        customer  0.0-4.0   我上个月已经说过了
        agent     2.9-4.2   不是您先听我说
        customer  5.0-9.0   我真的不需要这个
        agent     8.0-9.1   活动马上就结束了
    """
    assert spans(interruption, heard(twice)) == []
    thrice = twice + "customer 10.0-14.0 你们别再打过来了\nagent 13.0-15.0 那您再考虑一下呢吧"
    assert spans(interruption, heard(thrice)) == [(2900, 4000), (8000, 9000), (13000, 14000)]


def test_three_hanzi_over_the_customer_are_listening() -> None:
    assert spans(interruption, heard(f"{COMPLAINT}\nagent 2.0-4.5 对对对")) == []
    assert spans(interruption, heard(f"{COMPLAINT}\nagent 2.0-4.5 对对对对")) == [(2000, 4500)]


def test_who_begins_together_with_the_customer_does_not_interrupt() -> None:
    assert spans(interruption, heard("customer 0.0-6.0 我说过不要\nagent 0.299-4.0 您先听我说完吧")) == []
    assert spans(interruption, heard("customer 0.0-6.0 我说过不要\nagent 0.3-4.0 您先听我说完吧")) == [(300, 4000)]


def test_a_customer_who_talks_over_the_agent_is_no_fault() -> None:
    assert spans(interruption, heard("agent 0.0-6.0 您先听我说完这个活动\ncustomer 2.0-5.5 我不要不要不要")) == []


def test_both_voices_must_be_heard() -> None:
    call = heard(f"{COMPLAINT}\nagent 3.0-7.0 您先听我说完这个活动")
    silent = replace(call, voice=replace(call.voice, customer_speech=(Span(0, 3500),)))
    assert spans(interruption, silent) == []


def test_mono_cannot_hear_overlap() -> None:
    assert spans(interruption, heard(f"{COMPLAINT}\nagent 3.0-7.0 您先听我说完这个活动", mono=True)) == []
