from pipeline.checks.tone.noise import noise
from pipeline.records.span import Span
from pipeline.records.turn import Speaker

from .dialogue import STANDARD, heard, spans

WAITING = "agent 0.0-3.0 请您稍等\nagent 6.0-7.0 让您久等了"


def test_a_lasting_sound_is_claimed() -> None:
    (claim,) = noise(heard(WAITING, noises=(Span(3500, 5500),)), STANDARD)
    assert claim.span == Span(3500, 5500)
    assert claim.speaker is Speaker.AGENT
    assert "2.0 秒" in claim.explanation


def test_exactly_the_shortest_is_claimed_and_less_is_not() -> None:
    assert spans(noise, heard(WAITING, noises=(Span(4000, 5000),))) == [(4000, 5000)]
    assert spans(noise, heard(WAITING, noises=(Span(4000, 4990),))) == []


def test_on_mono_nobody_knows_whose_it_is() -> None:
    (claim,) = noise(heard(WAITING, mono=True, noises=(Span(3500, 5500),)), STANDARD)
    assert claim.speaker is Speaker.UNKNOWN


def test_no_sound_no_claim() -> None:
    assert spans(noise, heard(WAITING)) == []
