"""Raised voice: the agent shouts at the customer (P-31 音量, 声调).

Loudness alone may be the telephone, pitch alone a question. A turn is raised when, against the agent's own median of the call, it is
louder and higher and carries more energy above 1 kHz: vocal effort changes all three. Needs three agent turns to know the agent's own.

    agent  -24 dBFS 190 Hz | -25 dBFS 200 Hz | -14 dBFS 260 Hz    the third: +10 dB, +4.5 semitones, claimed at +6 dB, +3 semitones
"""

from collections.abc import Iterator
from math import log2
from statistics import median

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.records.finding import Claim
from pipeline.records.turn import Speaker

_FEWEST_TURNS = 3
_SURE_AT_DB = 4.0


@check("voice.raised", version=1)
def raised(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim every agent turn that is louder, higher and sharper than the agent's own median."""
    known = [
        (turn.span, turn.level_dbfs, 12 * log2(turn.pitch_median_hz), turn.high_band_db)
        for turn in call.voice.turns
        if turn.level_dbfs is not None and turn.pitch_median_hz is not None and turn.high_band_db is not None
    ]
    if len(known) < _FEWEST_TURNS:
        return
    own_db, own_st, own_high_db = (median(values) for values in list(zip(*known, strict=True))[1:])
    words = {turn.span: turn.text for turn in call.turns if turn.speaker is Speaker.AGENT}
    for span, level_db, pitch_st, high_db in known:
        louder_db, higher_st = level_db - own_db, pitch_st - own_st
        long_enough = span.length_ms >= standard.raised_min_ms
        if (
            long_enough
            and louder_db >= standard.raised_db
            and higher_st >= standard.raised_st
            and high_db > own_high_db
        ):
            yield Claim(
                span,
                f"声音比本人平时高 {louder_db:.1f} 分贝、音高高 {higher_st:.1f} 个半音，"
                f"达到上限 {standard.raised_db:.1f} 分贝和 {standard.raised_st:.1f} 个半音",
                text=words.get(span, ""),
                matched=f"+{louder_db:.1f} dB，+{higher_st:.1f} 半音",
                confidence=certainty(louder_db - standard.raised_db, _SURE_AT_DB),
            )
