"""What one person says in one breath: turns of a speaker joined where the pause between them is shorter than half a second.

An engine cuts turns where it likes, in the middle of 把验证码 | 告诉我 too, and a customer's 嗯 in between does not end the agent's sentence.
Characters keep their times, so a phrase's span is that of its own words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn

JOIN_MS = 500


@dataclass(frozen=True, slots=True)
class Utterance:
    """Joined turns; `text` is their text in a row and `spans` the time of each of its characters. `confidence` is the least of the turns'."""

    speaker: Speaker
    text: str
    spans: tuple[Span, ...]
    confidence: float

    @property
    def start_ms(self) -> int:
        """Start of the first character."""
        return self.spans[0].start_ms

    @property
    def end_ms(self) -> int:
        """Latest end."""
        return max(span.end_ms for span in self.spans)

    @property
    def span(self) -> Span:
        """From the first to the last character."""
        return Span(self.start_ms, self.end_ms)

    def span_of(self, start: int, end: int) -> Span:
        """Time of characters [start, end), start < end ≤ length."""
        stretch = self.spans[start:end]
        return Span(min(span.start_ms for span in stretch), max(span.end_ms for span in stretch))


def utterances(turns: Iterable[Turn], *speakers: Speaker) -> tuple[Utterance, ...]:
    """The utterances of these speakers (all where none is named) in time order."""
    wanted = speakers or tuple(Speaker)
    found = [joined for speaker in wanted for joined in _joined(turn for turn in turns if turn.speaker is speaker)]
    return tuple(sorted(found, key=lambda utterance: (utterance.start_ms, utterance.end_ms)))


def _joined(turns: Iterable[Turn]) -> Iterator[Utterance]:
    run: list[Turn] = []
    for turn in sorted(turns, key=lambda turn: turn.span):
        if not turn.text:
            continue
        if run and turn.span.start_ms - run[-1].span.end_ms >= JOIN_MS:
            yield _utterance(run)
            run = []
        run.append(turn)
    if run:
        yield _utterance(run)


def _utterance(turns: list[Turn]) -> Utterance:
    return Utterance(
        turns[0].speaker,
        "".join(turn.text for turn in turns),
        tuple(span for turn in turns for span in _character_spans(turn)),
        min(turn.confidence for turn in turns),
    )


def _character_spans(turn: Turn) -> tuple[Span, ...]:
    """The word's time for each of its characters; the turn's where words are absent or do not spell the text."""
    spans = tuple(word.span for word in turn.words for _ in word.text)
    return spans if len(spans) == len(turn.text) else (turn.span,) * len(turn.text)
