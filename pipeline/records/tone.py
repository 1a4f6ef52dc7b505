"""How the agent sounded."""

from dataclasses import dataclass

from pipeline.records.span import Span
from pipeline.records.turn import Speaker


@dataclass(frozen=True, slots=True)
class Tone:
    """Measures of a call; None = cannot be had, with the reason under the same name in `not_assessable`.

    `speech_rate_cpm` hanzi a minute of agent speech; levels ITU-T P.56 active speech level in dB re full scale; pitch of the agent,
    `pitch_sd_st` in semitones; `agent_talk_share` 0-1 of all speech; `response_delay_ms` median wait before the agent answers;
    `interruptions` of the customer by the agent. On a mono recording where nobody is known to be the agent, levels, pitch, clipping and
    noise are those of all speech, and `not_assessable` has `speaker`.
    """

    speech_rate_cpm: float | None = None
    active_level_dbfs: float | None = None
    customer_level_dbfs: float | None = None
    pitch_median_hz: float | None = None
    pitch_sd_st: float | None = None
    longest_silence_ms: int | None = None
    response_delay_ms: int | None = None
    agent_talk_share: float | None = None
    interruptions: int | None = None
    clipped_share: float | None = None
    snr_db: float | None = None
    not_assessable: tuple[tuple[str, str], ...] = ()

    @property
    def speaker(self) -> Speaker:
        """Whose voice the figures are: the agent's, or nobody's in particular."""
        return Speaker.UNKNOWN if any(name == "speaker" for name, _ in self.not_assessable) else Speaker.AGENT


@dataclass(frozen=True, slots=True)
class TurnTone:
    """Measures of one agent turn."""

    span: Span
    speech_rate_cpm: float | None
    level_dbfs: float | None
    pitch_median_hz: float | None
    high_band_db: float | None


@dataclass(frozen=True, slots=True)
class Voice:
    """All that the acoustic rules look at: the call's tone, its agent turns, and speech found by VAD on each channel.

    On a mono recording `agent_speech` holds all speech and `customer_speech` is None.
    """

    tone: Tone
    turns: tuple[TurnTone, ...]
    agent_speech: tuple[Span, ...]
    customer_speech: tuple[Span, ...] | None
    noises: tuple[Span, ...] = ()
