"""Selling on after a refusal: begging at once, any selling after the second one."""

from pipeline.checks.phrases.after_refusal import pressed_on
from pipeline.records.finding import Match
from tests.dialogue import shipped, talk

OFFER = "agent 那给您办一个好吗"
NO, NO_AGAIN = "customer 不用了，我不需要", "customer 我说了不办"
BENEFIT = "agent 这个活动真的很划算"


def pressed(*lines: str) -> list[str]:
    return [claim.matched for claim in pressed_on(talk(*lines), shipped())]


def test_a_benefit_counts_after_the_second_refusal_only() -> None:
    assert pressed(OFFER, NO, BENEFIT) == []
    assert len(pressed(OFFER, NO, "agent 好的", NO_AGAIN, BENEFIT)) == 1
    assert pressed(OFFER, BENEFIT) == []


def test_begging_counts_after_the_first() -> None:
    assert pressed(OFFER, NO, "agent 您就办一个吧，就当帮帮忙") != []
    assert pressed(OFFER, "customer 我想想", "agent 您就办一个吧，就当帮帮忙") == []


def test_two_noes_in_a_row_are_one_refusal() -> None:
    assert pressed(OFFER, NO, NO_AGAIN, BENEFIT) == []


def test_each_refusal_is_pressed_on_once() -> None:
    calls = (OFFER, NO, "agent 好的", NO_AGAIN, BENEFIT, BENEFIT)
    assert len(pressed(*calls)) == 1
    assert len(pressed(*calls, "customer 真不要", BENEFIT)) == 2


def test_respecting_it_is_no_fault() -> None:
    polite = "agent 好的那就不打扰您了，有问题您随时打客服热线，谢谢您"
    assert pressed(OFFER, NO, "agent 好的", NO_AGAIN, polite) == []
    assert pressed(OFFER, NO, "agent 好的", NO_AGAIN, "agent 我给您登记免打扰") == []


def test_unknown_speakers_are_not_assessable() -> None:
    assert (
        pressed(OFFER.replace("agent", "unknown"), "unknown 不用了，我不需要", "unknown 您就办一个吧，就当帮帮忙") == []
    )


def test_it_is_a_structural_claim() -> None:
    claim = next(iter(pressed_on(talk(OFFER, NO, "agent 您就办一个吧，就当帮帮忙"), shipped())))
    assert claim.match is Match.STRUCTURE
    assert "1 次" in claim.explanation
