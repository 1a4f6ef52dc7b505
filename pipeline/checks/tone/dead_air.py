"""Dead air: nobody speaks for too long (P-31).

A caller left in silence hears neglect, so a long wait must be announced, and ended.

    agent     0.0-3.0   请您稍等。
    customer  9.5-11.0  喂？          claimed where the limit is 6 s: 6.5 s of silence
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.checks.tone.certainty import LOST_SOUND, certainty
from pipeline.checks.tone.turn_taking import silences
from pipeline.records.finding import Claim

_SURE_AT_MS = 1_500


@check("voice.dead_air", version=1)
def dead_air(call: HeardCall, standard: Standard) -> Iterator[Claim]:
    """Claim every silence between speech of anybody that outlasts the standard."""
    limit_ms = standard.longest_silence_ms
    heard = (*call.voice.agent_speech, *(call.voice.customer_speech or ()))
    for silence in silences(call.turns, heard):
        if silence.length_ms > limit_ms:
            yield Claim(
                silence,
                f"无人说话 {silence.length_ms / 1000:.1f} 秒，超过上限 {limit_ms / 1000:.1f} 秒"
                + ("" if call.complete else "；录音不完整，请听辨是否缺失声音"),
                matched=f"{silence.length_ms / 1000:.1f} 秒静默",
                confidence=certainty(silence.length_ms - limit_ms, _SURE_AT_MS) if call.complete else LOST_SOUND,
            )
