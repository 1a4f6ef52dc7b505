"""Calls written as dialogue.

agent     0.0-3.0   请您稍等。 | -24 dBFS 200 Hz -8 dB
customer  9.5-11.0  喂？

Words are spread evenly over their turn, VAD hears exactly the turns; what stands after the bar are the turn's level, pitch and high band.
"""

import re

from pipeline.checks.check import HeardCall, Rule, Standard
from pipeline.checks.tone.rate import count_hanzi, speech_rate_cpm
from pipeline.records.finding import Claim
from pipeline.records.span import Span
from pipeline.records.tone import Tone, TurnTone, Voice
from pipeline.records.turn import Speaker, Turn, Word

_LINE = re.compile(
    r"(?P<speaker>agent|customer|unknown)\s+(?P<start>[\d.]+)-(?P<end>[\d.]+)\s+(?P<text>[^|]*?)\s*"
    r"(?:\|\s*(?P<level>\S+) dBFS (?P<pitch>\S+) Hz (?P<high>\S+) dB\s*)?$"
)

STANDARD = Standard(
    rate_max_cpm=350,
    rate_min_cpm=140,
    rate_min_hanzi=8,
    longest_silence_ms=6_000,
    slow_response_ms=3_000,
    monologue_ms=60_000,
    interruption_ms=1_000,
    interruption_long_ms=2_000,
    interruption_count=3,
    interruption_hanzi=4,
    level_low_dbfs=-34,
    level_high_dbfs=-10,
    raised_db=6,
    raised_st=3,
    raised_min_ms=800,
    clipped_share=0.002,
    noise_min_ms=1_000,
    speaker_confidence=0.7,
    optout_grace_h=12,
)


def turns(written: str) -> tuple[Turn, ...]:
    """The turns of a written dialogue."""
    return tuple(_turn(_read(line)) for line in _lines(written))


def heard(
    written: str, *, mono: bool = False, complete: bool = True, tone: Tone | None = None, noises: tuple[Span, ...] = ()
) -> HeardCall:
    """A call as the checks see it."""
    said = turns(written)
    tones = tuple(
        _tone(_read(line), turn)
        for line, turn in zip(_lines(written), said, strict=True)
        if turn.speaker is Speaker.AGENT
    )
    own, other = (tuple(t.span for t in said if (t.speaker is Speaker.AGENT) is agent) for agent in (True, False))
    voice = Voice(tone or Tone(), tones, own + other if mono else own, None if mono else other, noises)
    return HeardCall(said, voice, mono, max((t.span.end_ms for t in said), default=0), complete)


def spans(rule: Rule, call: HeardCall) -> list[tuple[int, int]]:
    """Where a rule claims something, in ms."""
    return [(claim.span.start_ms, claim.span.end_ms) for claim in rule(call, STANDARD) if claim.span]


def claims(rule: Rule, tone: Tone) -> list[Claim]:
    """What a rule claims of a call's figures alone."""
    return list(rule(heard("", tone=tone), STANDARD))


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _read(line: str) -> dict[str, str]:
    match = _LINE.match(line)
    assert match, f"no line of a dialogue: {line}"
    return match.groupdict()


def _turn(line: dict[str, str]) -> Turn:
    start, end = (round(float(line[key]) * 1000) for key in ("start", "end"))
    hanzi = [mark for mark in line["text"] if count_hanzi(mark)]
    edges = [start + (end - start) * i // len(hanzi) for i in range(len(hanzi) + 1)] if hanzi else []
    words = tuple(Word(mark, Span(a, b), 1.0) for mark, a, b in zip(hanzi, edges, edges[1:], strict=False))
    return Turn(Speaker(line["speaker"]), Span(start, end), "".join(hanzi), 1.0, words)


def _tone(line: dict[str, str], turn: Turn) -> TurnTone:
    level, pitch, high = (None if line[key] is None else float(line[key]) for key in ("level", "pitch", "high"))
    return TurnTone(turn.span, speech_rate_cpm((turn,)), level, pitch, high)
