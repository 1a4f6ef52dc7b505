import pytest

from pipeline.records.span import Span
from pipeline.review.heard import could_be_played, is_heard, is_heard_whole, joined, played_ms


def spans(text):
    return [Span(*(round(float(end) * 1000) for end in one.split("-"))) for one in text.split()]


def test_what_was_played_twice_counts_once():
    assert joined(spans("5-9 1-3 2-4 4-5 20-20")) == tuple(spans("1-9"))
    assert played_ms(spans("1-3 2-4 10-11")) == 4000


@pytest.mark.parametrize(
    ("place", "played", "heard"),
    [
        ("42.2-42.8", "40.2-43.5", True),
        ("42.2-42.8", "", False),
        ("42.2-42.8", "40-42.4", False),
        ("42.2-42.8", "40-42.6", True),
        ("40-43", "38-42.6", True),
        ("40-43", "38-42.1", False),
        ("40-43", "40.4-42.6", True),
        ("40-43", "40.4-42.599", False),
        ("40-43", "38-41.5 41.4-44", True),
        ("40-41", "40-40.5", False),
        ("20-60", "20.4-35.4", True),
        ("20-60", "20.4-35.3", False),
        ("20-60", "22-30 50-57", True),
        ("7-7", "5-9", True),
        ("7-7", "5-6", False),
    ],
)
def test_a_hit_is_heard_where_it_was_played(place, played, heard):
    (one,) = spans(place)
    assert is_heard(one, spans(played), 90_000) is heard


def test_what_is_about_the_whole_call_takes_ten_seconds_of_it_or_half_a_shorter_one():
    assert is_heard(None, spans("3-8 50-55"), 90_000)
    assert not is_heard(None, spans("3-8 50-54.9"), 90_000)
    assert is_heard(None, spans("0-6"), 12_000)
    assert not is_heard(None, spans("0-5.9"), 12_000)


def test_a_call_is_heard_whole_with_nine_tenths_of_it():
    assert is_heard_whole(spans("0-54"), 60_000)
    assert not is_heard_whole(spans("0-53.9"), 60_000)


def test_nobody_plays_a_call_in_no_time():
    assert could_be_played(spans("0-14"), 5_000)
    assert not could_be_played(spans("0-14.1"), 5_000)
