"""From decoded sound to turns of both speakers in time order.

    left   agent     ▁▂您好▁▁▁▁▁▁请问是王先生吗▁▁▁
    right  customer  ▁▁▁▁▁▁你好▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁是的     →  agent 您好 / customer 你好 / agent 请问是王先生吗 / customer 是的

Each channel is heard by itself, so who speaks needs no guessing on stereo.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from opencc import OpenCC

from pipeline.records.recording import Audio, Samples
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn, Word
from pipeline.transcription.engine import Engine
from pipeline.transcription.hallucination import believable
from pipeline.transcription.speakers import assign
from pipeline.transcription.windows import Window, pack

TURN_GAP_MS = 700


@dataclass(frozen=True, slots=True)
class Speech:
    """Where somebody speaks; `customer` is None on a mono recording, `agent` then holds both."""

    agent: tuple[Span, ...]
    customer: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    speaker: Speaker
    samples: Samples
    windows: tuple[Window, ...]


def transcribe(audio: Audio, speech: Speech, engine: Engine) -> tuple[Turn, ...]:
    """The turns of a call, Simplified Chinese, in time order.

    The windows of both channels are heard together, those of other calls never among them: what else is in a batch changes the last digits
    of a network's sums, and a call's words must not depend on the calls beside it.
    """
    channels = _channels(audio, speech, engine.longest_window_ms)
    texts = iter(engine.hear([window.samples for channel in channels for window in channel.windows]))
    turns: list[Turn] = []
    for channel in channels:
        stretches: list[tuple[Span, tuple[Word, ...]]] = []
        for window in channel.windows:
            placed = list(window.restored(simplified(believable(next(texts)))))
            for index, group in groupby(placed, key=lambda pair: pair[0]):
                stretches.append((window.pieces[index].source, tuple(word for _, word in group)))
        turns += (
            _mono_turns(channel.samples, stretches)
            if audio.mono
            else _turns(channel.speaker, 1.0, [w for _, words in stretches for w in words])
        )
    return tuple(sorted(turns, key=lambda turn: turn.span))


def simplified(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words in Simplified Chinese; the length stays, so the times do too."""
    text = _simplifier().convert("".join(word.text for word in words))
    if len(text) != sum(len(word.text) for word in words):
        return tuple(words)
    at, result = 0, []
    for word in words:
        result.append(replace(word, text=text[at : at + len(word.text)]))
        at += len(word.text)
    return tuple(result)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _channels(audio: Audio, speech: Speech, longest_ms: int) -> list[_Channel]:
    found = [_Channel(Speaker.AGENT, audio.agent, tuple(pack(audio.agent, speech.agent, longest_ms)))]
    if audio.customer is not None and speech.customer is not None:
        windows = tuple(pack(audio.customer, speech.customer, longest_ms))
        found.append(_Channel(Speaker.CUSTOMER, audio.customer, windows))
    return found


def _turns(speaker: Speaker, sure: float, words: Sequence[Word]) -> list[Turn]:
    """Words cut at pauses of TURN_GAP_MS or more."""
    turns: list[list[Word]] = []
    for word in words:
        if turns and word.span.start_ms - turns[-1][-1].span.end_ms < TURN_GAP_MS:
            turns[-1].append(word)
        else:
            turns.append([word])
    return [_turn(speaker, sure, turn) for turn in turns]


def _turn(speaker: Speaker, sure: float, words: Sequence[Word]) -> Turn:
    span = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
    confidence = sure * sum(word.confidence for word in words) / len(words)
    return Turn(speaker, span, "".join(word.text for word in words), round(confidence, 4), tuple(words))


def _mono_turns(samples: Samples, stretches: Sequence[tuple[Span, tuple[Word, ...]]]) -> list[Turn]:
    """Each stretch of speech gets a speaker; neighbours of one speaker with a short pause are one turn."""
    texts = ["".join(word.text for word in words) for _, words in stretches]
    speakers = assign(samples, [span for span, _ in stretches], texts)
    turns: list[Turn] = []
    labelled = zip(speakers, stretches, strict=True)
    for speaker, group in groupby(labelled, key=lambda item: item[0][0]):
        members = list(group)
        sure = min(confidence for (_, confidence), _ in members) if speaker is not Speaker.UNKNOWN else 1.0
        turns += _turns(speaker, sure, [word for _, (_, words) in members for word in words])
    return turns
