import itertools

import numpy as np
import pytest

from pipeline.records.recording import RATE_HZ
from pipeline.records.span import Span
from pipeline.records.turn import Word
from pipeline.transcription.windows import pack

LONGEST_WINDOW_MS = 25_000


def ramp(seconds):
    return np.linspace(0, 1, seconds * RATE_HZ, dtype=np.float32)


def test_short_stretches_share_one_window():
    windows = list(pack(ramp(40), [Span(0, 4000), Span(9000, 12000), Span(14000, 25000)], LONGEST_WINDOW_MS))
    assert len(windows) == 1
    assert len(windows[0].pieces) == 3
    assert len(windows[0].samples) / RATE_HZ < 20


def test_a_window_is_never_longer_than_the_engine_hears():
    speech = [Span(i * 10_000, i * 10_000 + 9_900) for i in range(9)]
    windows = list(pack(ramp(90), speech, LONGEST_WINDOW_MS))
    assert all(len(w.samples) * 1000 / RATE_HZ <= LONGEST_WINDOW_MS for w in windows)
    assert sum(len(w.pieces) for w in windows) == 9


def test_speech_longer_than_a_window_is_cut_and_nothing_is_lost():
    windows = list(pack(ramp(60), [Span(0, 60_000)], LONGEST_WINDOW_MS))
    pieces = [piece.source for window in windows for piece in window.pieces]
    assert pieces[0].start_ms == 0
    assert pieces[-1].end_ms == 60_000
    assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(pieces))


def test_pieces_hold_the_sound_of_their_place():
    samples = ramp(20)
    window = next(pack(samples, [Span(2000, 3000), Span(10_000, 12_000)], LONGEST_WINDOW_MS))
    for piece in window.pieces:
        at, source = piece.at_ms * RATE_HZ // 1000, piece.source.start_ms * RATE_HZ // 1000
        assert window.samples[at] == pytest.approx(samples[source])


def test_words_go_back_to_where_they_were_said():
    window = next(pack(ramp(20), [Span(2000, 3000), Span(10_000, 12_000)], LONGEST_WINDOW_MS))
    first, second = window.pieces
    words = [
        Word("您", Span(first.at_ms, first.at_ms + 300), 1.0),
        Word("好", Span(second.at_ms + 500, second.at_ms + 700), 1.0),
    ]
    restored = [word.span for _, word in window.restored(words)]
    assert restored[0].start_ms == first.source.start_ms
    assert restored[1] == Span(second.source.start_ms + 500, second.source.start_ms + 700)


@pytest.mark.parametrize(
    ("from_ms", "to_ms", "piece"),
    [
        (1200, 1600, 0),  # 再见 of the first piece lasts into the gap
        (1300, 2200, 1),  # 您 of the second begins where the first piece's last word seemed to end
        (1300, 1780, 0),  # the middle between them
        (1300, 1781, 1),
    ],
)
def test_a_word_through_the_gap_belongs_where_it_was_spoken(from_ms, to_ms, piece):
    window = next(pack(ramp(20), [Span(500, 1750), Span(10_000, 12_000)], LONGEST_WINDOW_MS))
    assert [p.at_ms for p in window.pieces] == [
        0,
        1810,
    ]  # speech from 250 to 1500 and from 2060 on, between them breath and gap
    ((index, word),) = window.restored([Word("您", Span(from_ms, to_ms), 1.0)])
    assert index == piece
    assert window.pieces[piece].source.start_ms <= word.span.start_ms <= word.span.end_ms


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ([("方", 900, 1200), ("吗", 1400, 2300), ("您", 2300, 2500)], [0, 0, 1]),
        ([("方", 900, 1200), ("您", 1400, 2300), ("好", 2300, 2500)], [0, 1, 1]),
        ([("便", 1200, 1900), ("吗", 1450, 2300), ("您", 2300, 2500)], [0, 0, 1]),  # and so does what comes before it
        (
            [("方", 900, 1200), ("便", 1200, 1400), ("吗", 1900, 2300)],
            [0, 0, 1],
        ),  # begun behind the piece: left where it is
    ],
)
def test_what_only_ends_sentences_begins_no_piece(words, places):
    window = next(pack(ramp(20), [Span(500, 1750), Span(10_000, 12_000)], LONGEST_WINDOW_MS))
    restored = window.restored([Word(text, Span(start, end), 1.0) for text, start, end in words])
    assert [index for index, _ in restored] == places


def test_padding_never_reaches_into_a_neighbour():
    window = next(pack(ramp(20), [Span(1000, 2000), Span(2100, 3000)], LONGEST_WINDOW_MS))
    first, second = window.pieces
    assert first.source.end_ms <= second.source.start_ms


def test_no_speech_no_window():
    assert list(pack(ramp(5), [], LONGEST_WINDOW_MS)) == []
