"""Noise: sounds that have nothing to do with the work (P-30 与工作无关的声音).

Music, a ringing telephone, knocking: a sound on the agent's channel, well above the line's noise, where nobody speaks. On a mono recording
nobody can say on whose side it was.

    agent  0.0-3.0  请您稍等。
    (music 3.5-5.5)                  claimed where the limit is 1 s: 2.0 s
    agent  6.0-7.0  让您久等了。
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import certainty
from pipeline.records.finding import Claim
from pipeline.records.turn import Speaker

_SURE_AT_MS = 1_000


@check("voice.noise", version=1)
def noise(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim every such sound that lasts as long as the standard says, or longer."""
    limit_ms = standard.noise_min_ms
    for sound in call.voice.noises:
        if sound.length_ms >= limit_ms:
            yield Claim(
                sound,
                f"无人说话时有持续 {sound.length_ms / 1000:.1f} 秒的声响，达到上限 {limit_ms / 1000:.1f} 秒，疑与工作无关",
                speaker=Speaker.UNKNOWN if call.mono else Speaker.AGENT,
                matched=f"声响 {sound.length_ms / 1000:.1f} 秒",
                confidence=certainty(sound.length_ms - limit_ms, _SURE_AT_MS),
            )
