"""Packing speech into windows: an encoder pass costs the same for one second as for thirty.

    speech   0-4 s, 9-12 s, 14-31 s   →   window 1: 0-4, 9-12, 14-31 (24.1 s with a breath between)

Pieces keep their order; a window never mixes calls or channels. Times heard in a window are put back where the piece came from.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np

from pipeline.records.recording import RATE_HZ, Samples
from pipeline.records.span import Span
from pipeline.records.turn import Word

_GAP_MS, _PAD_MS = 60, 250
_FINAL = frozenset("吗吧呢嘛么的了们")


@dataclass(frozen=True, slots=True)
class Piece:
    """`source` in the recording lies at `at_ms` of the window; the `speech` in it is what VAD found, the rest is breath."""

    source: Span
    speech: Span
    at_ms: int

    @property
    def spoken(self) -> Span:
        """Where its speech lies in the window."""
        shift = self.at_ms - self.source.start_ms
        return Span(self.speech.start_ms + shift, self.speech.end_ms + shift)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Sound to be heard in one pass and where its pieces come from."""

    samples: Samples
    pieces: tuple[Piece, ...]

    def restored(self, words: Sequence[Word]) -> Iterator[tuple[int, Word]]:
        """Each word with its piece's index, its times in the recording.

        An engine lets a word begin where the one before it ended, so that the first of a piece (您 in …再见|您好…) reaches back through the gap and
        over the end of the piece before; its end is right within a tenth of a second. A word therefore belongs to the last piece whose speech
        is nearer to the word's end than the speech before it. A word that only ends sentences (吗 in …方便吗|您…) may reach forward instead: begun in
        a piece, it belongs there, and what was heard before it with it.
        """
        for index, word in zip(self._places(words), words, strict=True):
            piece = self.pieces[index]
            shift = piece.source.start_ms - piece.at_ms
            start = min(max(word.span.start_ms + shift, piece.source.start_ms), piece.source.end_ms)
            end = min(max(word.span.end_ms + shift, start), piece.source.end_ms)
            yield index, replace(word, span=Span(start, end))

    def _places(self, words: Sequence[Word]) -> list[int]:
        """The index of each word's piece, never falling."""
        spoken = [piece.spoken for piece in self.pieces]
        middles = [(before.end_ms + after.start_ms) // 2 for before, after in pairwise(spoken)]
        places = [bisect_left(middles, word.span.end_ms) for word in words]
        for at, word in enumerate(words):
            if word.text in _FINAL and places[at] and word.span.start_ms < spoken[places[at] - 1].end_ms:
                places[at] -= 1
        return list(accumulate(reversed(places), min))[::-1]


def pack(samples: Samples, speech: Sequence[Span], longest_ms: int) -> Iterator[Window]:
    """Windows of at most `longest_ms` holding all of `speech`, each piece with a little of what surrounds it."""
    pieces: list[Piece] = []
    at_ms = 0
    for source, spoken in _padded(speech, len(samples) * 1000 // RATE_HZ, longest_ms):
        if pieces and at_ms + _GAP_MS + source.length_ms > longest_ms:
            yield _window(samples, pieces)
            pieces, at_ms = [], 0
        at_ms += _GAP_MS if pieces else 0
        pieces.append(Piece(source, spoken, at_ms))
        at_ms += source.length_ms
    if pieces:
        yield _window(samples, pieces)


def _padded(speech: Sequence[Span], length_ms: int, longest_ms: int) -> Iterator[tuple[Span, Span]]:
    """Spans widened by up to _PAD_MS, never into a neighbour, each with the speech in it; longer than a window are cut."""
    for index, span in enumerate(speech):
        before = speech[index - 1].end_ms if index else 0
        after = speech[index + 1].start_ms if index + 1 < len(speech) else length_ms
        start = max(span.start_ms - _PAD_MS, (before + span.start_ms) // 2, 0)
        end = max(min(span.end_ms + _PAD_MS, (span.end_ms + after) // 2, length_ms), span.end_ms)
        while end - start > longest_ms:
            yield Span(start, start + longest_ms), Span(max(start, span.start_ms), start + longest_ms)
            start += longest_ms
        yield Span(start, end), Span(min(max(start, span.start_ms), span.end_ms), span.end_ms)


def _window(samples: Samples, pieces: Sequence[Piece]) -> Window:
    last = pieces[-1]
    sound = np.zeros((last.at_ms + last.source.length_ms) * RATE_HZ // 1000, np.float32)
    for piece in pieces:
        part = samples[piece.source.start_ms * RATE_HZ // 1000 : piece.source.end_ms * RATE_HZ // 1000]
        at = piece.at_ms * RATE_HZ // 1000
        sound[at : at + len(part)] = part[: len(sound) - at]
    return Window(sound, tuple(pieces))
