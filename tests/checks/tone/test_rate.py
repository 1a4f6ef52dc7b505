import pytest

from pipeline.checks.tone.rate import articulation_ms, count_hanzi, speech_rate_cpm
from pipeline.records.span import Span
from pipeline.records.turn import Word

from .dialogue import turns


def words(*timed: tuple[str, int, int]) -> tuple[Word, ...]:
    return tuple(Word(text, Span(start, end), 1.0) for text, start, end in timed)


def test_pauses_up_to_300_ms_are_articulation_and_longer_ones_are_not() -> None:
    assert articulation_ms(words(("您", 0, 200), ("好", 500, 700))) == 700
    assert articulation_ms(words(("您", 0, 200), ("好", 501, 701))) == 400


def test_a_word_that_swallowed_a_pause_counts_for_its_hanzi() -> None:
    assert articulation_ms(words(("您", 0, 200), ("好", 200, 3200))) == 200 + 800


def test_punctuation_and_latin_take_no_part() -> None:
    assert articulation_ms(words(("APP", 0, 900), ("，", 900, 1000), ("好", 1000, 1200))) == 200
    assert count_hanzi("好的，APP打10086〇") == 9


def test_rate_weighs_turns_by_their_time() -> None:
    assert speech_rate_cpm(turns("agent 0.0-2.0 一二三四\nagent 5.0-6.0 一二三四五六")) == pytest.approx(200)
    assert speech_rate_cpm(turns("agent 0.0-2.0 ……")) is None
    assert speech_rate_cpm(()) is None
