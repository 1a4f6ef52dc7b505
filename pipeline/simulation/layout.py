"""Lines laid out in time: each speaker's voice on a track of its own, and when each line was said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.records.recording import Samples
from pipeline.records.span import Span
from pipeline.simulation.line import Line, Mark, Where
from pipeline.simulation.noises import sound
from pipeline.simulation.telephone import active_level_dbfs, narrowed
from pipeline.simulation.voice import RATE_HZ, Engine, Person

_PER_MS = RATE_HZ // 1000
_EDGE_MS = 500


@dataclass(frozen=True, slots=True)
class Said:
    """A line with its time; `before_ms` is the latest end of all lines before it."""

    line: Line
    span: Span
    before_ms: int

    def span_of(self, mark: Mark) -> Span | None:
        """When the marked fault happens."""
        if mark.where is Where.PAUSE:
            return Span(self.before_ms, self.span.start_ms)
        if mark.where is Where.NOISE:
            return _noise_span(self.before_ms, self.span.start_ms)
        if mark.where is Where.OVERLAP:
            return Span(self.span.start_ms, min(self.before_ms, self.span.end_ms))
        return self.span if mark.where is Where.TURN else None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A spoken call before the telephone: tracks of one length, speech scaled to active level 0 dBFS, `noise` with RMS 1."""

    said: tuple[Said, ...]
    agent: Samples
    customer: Samples
    noise: Samples


def lay_out(
    lines: Sequence[Line], agent: Person, customer: Person, engine: Engine, chance: np.random.Generator
) -> Layout:
    """Speak all lines and place them; the call lasts whole seconds, its first word comes after 0.4 to 1.2 s."""
    utterances = [narrowed(_spoken(line, agent if line.speaker == "agent" else customer, engine)) for line in lines]
    said = _placed(lines, utterances, int(chance.integers(400, 1200)))
    length = -(-(max(s.span.end_ms for s in said) + _EDGE_MS) // 1000) * RATE_HZ
    tracks = {speaker: np.zeros(length, np.float32) for speaker in ("agent", "customer")}
    noise = np.zeros(length, np.float32)
    gains = {speaker: _unit_gain(speaker, lines, utterances) for speaker in tracks}
    for one, utterance in zip(said, utterances, strict=True):
        start, line = one.span.start_ms * _PER_MS, one.line
        tracks[line.speaker][start : start + len(utterance)] += _uttered(utterance, line.gain_db) * gains[line.speaker]
        if line.noise:
            span = _noise_span(one.before_ms, one.span.start_ms)
            made = sound(line.noise, (span.end_ms - span.start_ms) * _PER_MS, chance)
            noise[span.start_ms * _PER_MS : span.end_ms * _PER_MS] = narrowed(made) / np.sqrt(np.mean(made**2))
    return Layout(tuple(sorted(said, key=lambda s: s.span.start_ms)), tracks["agent"], tracks["customer"], noise)


def _spoken(line: Line, person: Person, engine: Engine) -> Samples:
    manner = replace(
        person,
        words_per_minute=round((person.words_per_minute if line.rate is None else line.rate) * line.pace),
        pitch=person.pitch if line.pitch is None else line.pitch,
    )
    return engine.say(line.text, manner)


def _placed(lines: Sequence[Line], utterances: Sequence[Samples], first_ms: int) -> list[Said]:
    said: list[Said] = []
    spoken_until = first_ms
    for line, utterance in zip(lines, utterances, strict=True):
        start = max(spoken_until + line.pause_ms, 0)
        span = Span(start, start + len(utterance) // _PER_MS)
        said.append(Said(line, span, spoken_until))
        spoken_until = max(spoken_until, span.end_ms)
    return said


def _noise_span(from_ms: int, to_ms: int) -> Span:
    return Span(from_ms + _EDGE_MS, to_ms - _EDGE_MS)


def _unit_gain(speaker: str, lines: Sequence[Line], utterances: Sequence[Samples]) -> float:
    mine = [u for line, u in zip(lines, utterances, strict=True) if line.speaker == speaker]
    return _ratio(-active_level_dbfs(np.concatenate(mine))) if mine else 1.0


def _uttered(utterance: Samples, gain_db: float) -> Samples:
    """Softer or louder; who speaks louder also presses more: the part above 1 kHz gains 0.6 dB on the rest for each dB."""
    if gain_db <= 0:
        return utterance * _ratio(gain_db)
    spectrum = np.fft.rfft(utterance)
    hz = np.fft.rfftfreq(len(utterance), 1 / RATE_HZ)
    upper = 1 / (1 + (1000 / np.maximum(hz, 1)) ** 4)
    pressed = np.fft.irfft(spectrum * 10 ** (0.6 * gain_db * upper / 20), len(utterance))
    same_level = np.sqrt(np.mean(utterance**2) / np.maximum(np.mean(pressed**2), 1e-12))
    return np.asarray(pressed * same_level * _ratio(gain_db), np.float32)


def _ratio(gain_db: float) -> float:
    return float(10 ** (gain_db / 20))
