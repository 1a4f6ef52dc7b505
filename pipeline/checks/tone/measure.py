"""All acoustic measures of a call in one pass, about 2 ms for each second of it.

On two channels the agent is what VAD hears on the agent's channel and the agent's turns. On a mono recording only the turns that are
known to be the agent's say whose voice it is, and what would need both voices apart stays unmeasured, with its reason; where no turn is
known to be the agent's, all speech is measured together, and the tone says so.
"""

from dataclasses import replace
from statistics import median

import numpy as np

from pipeline.checks.tone import level, sounds, turn_taking
from pipeline.checks.tone.features import Frames, analyse, high_band_db, pitch_median_hz, pitch_sd_st
from pipeline.checks.tone.rate import speech_rate_cpm
from pipeline.checks.tone.reasons import explain_missing
from pipeline.checks.tone.stretches import Mask, join, mask, total_ms
from pipeline.records.recording import RATE_HZ, Audio, Samples
from pipeline.records.span import Span
from pipeline.records.tone import Tone, TurnTone, Voice
from pipeline.records.turn import Speaker, Turn

# The figure `interruptions` keeps this meaning whatever the standard says, so that months can be compared.
_INTERRUPTION_MS = 1_000
_INTERRUPTION_HANZI = 4

Spans = tuple[Span, ...]


def measure(audio: Audio, turns: tuple[Turn, ...], agent_speech: Spans, customer_speech: Spans | None) -> Voice:
    """Measure a call; spans are what VAD heard on each channel. What cannot be had is None with its reason."""
    agent = tuple(turn for turn in turns if turn.speaker is Speaker.AGENT)
    voice = _agent_voice(agent, agent_speech, audio.mono)
    together = audio.mono and not voice
    voice = join(agent_speech) if together else voice
    power = level.frame_power(audio.agent)
    speaking = mask(voice, power.size)
    frames = analyse(audio.agent, speaking)
    spoken = _sound_of(audio.agent, voice)
    level_dbfs = level.active_level_dbfs(spoken if audio.mono else audio.agent) if spoken.size else None
    channel_speech = (*agent_speech, *(turn.span for turn in (turns if audio.mono else agent)))
    quiet = sounds.quiet_frames(channel_speech, power.size)
    floor_dbfs = sounds.noise_floor_dbfs(power, quiet)
    tone = Tone(
        speech_rate_cpm=speech_rate_cpm(agent),
        active_level_dbfs=level_dbfs,
        customer_level_dbfs=_customer_level_dbfs(audio, turns, customer_speech),
        pitch_median_hz=pitch_median_hz(frames.pitch_hz),
        pitch_sd_st=pitch_sd_st(frames.pitch_hz),
        clipped_share=level.clipped_share(spoken),
        snr_db=None if level_dbfs is None or floor_dbfs is None else level_dbfs - floor_dbfs,
    )
    tone = _with_turn_taking(tone, audio, turns, agent_speech, customer_speech)
    return Voice(
        tone=replace(tone, not_assessable=explain_missing(tone, audio.mono, bool(voice), _all_known(turns), together)),
        turns=tuple(_turn_tone(turn, frames, power, speaking) for turn in agent),
        agent_speech=agent_speech,
        customer_speech=customer_speech,
        noises=_noises(audio, power, quiet, floor_dbfs, level_dbfs, (turns, agent_speech, customer_speech)),
    )


def _agent_voice(agent: tuple[Turn, ...], agent_speech: Spans, mono: bool) -> Spans:
    """Where the agent is heard for certain."""
    own = tuple(turn.span for turn in agent)
    return join(own if mono else (*own, *agent_speech))


def _all_known(turns: tuple[Turn, ...]) -> bool:
    return all(turn.speaker is not Speaker.UNKNOWN for turn in turns)


def _sound_of(samples: Samples, spans: Spans) -> Samples:
    """The samples of the stretches, one after the other."""
    per_ms = RATE_HZ // 1000
    parts = [samples[span.start_ms * per_ms : span.end_ms * per_ms] for span in spans]
    return np.concatenate(parts) if parts else samples[:0]


def _customer_level_dbfs(audio: Audio, turns: tuple[Turn, ...], customer_speech: Spans | None) -> float | None:
    heard = bool(customer_speech) or any(turn.speaker is Speaker.CUSTOMER for turn in turns)
    return level.active_level_dbfs(audio.customer) if audio.customer is not None and heard else None


def _turn_tone(turn: Turn, frames: Frames, power: level.Power, speaking: Mask) -> TurnTone:
    within = mask((turn.span,), power.size) & speaking
    return TurnTone(
        span=turn.span,
        speech_rate_cpm=speech_rate_cpm((turn,)),
        level_dbfs=level.speech_level_dbfs(power[within]),
        pitch_median_hz=pitch_median_hz(frames.pitch_hz[within]),
        high_band_db=high_band_db(frames, within),
    )


def _with_turn_taking(
    tone: Tone, audio: Audio, turns: tuple[Turn, ...], agent_speech: Spans, customer_speech: Spans | None
) -> Tone:
    """Silences, waits, shares and interruptions; those that need to know who speaks only where that is known."""
    heard, known = (*agent_speech, *(customer_speech or ())), _all_known(turns)
    silences = turn_taking.silences(turns, heard)
    waits = turn_taking.waits(turns, heard) if known else ()
    return replace(
        tone,
        longest_silence_ms=max((span.length_ms for span in silences), default=0 if len(turns) > 1 else None),
        response_delay_ms=round(median(span.length_ms for span in waits)) if waits else None,
        agent_talk_share=_talk_share(audio.mono, turns, agent_speech, customer_speech) if known else None,
        interruptions=_interruptions(audio.mono, turns, agent_speech, customer_speech),
    )


def _talk_share(
    mono: bool, turns: tuple[Turn, ...], agent_speech: Spans, customer_speech: Spans | None
) -> float | None:
    agent, customer = (tuple(t.span for t in turns if t.speaker is s) for s in (Speaker.AGENT, Speaker.CUSTOMER))
    if mono or not (agent_speech or customer_speech):
        return turn_taking.talk_share(agent, customer)
    return turn_taking.talk_share(agent_speech, customer_speech or ())


def _interruptions(
    mono: bool, turns: tuple[Turn, ...], agent_speech: Spans, customer_speech: Spans | None
) -> int | None:
    if mono or customer_speech is None or not total_ms((*agent_speech, *customer_speech)):
        return None
    found = turn_taking.overlaps(turns, agent_speech, customer_speech)
    return sum(one.heard_ms >= _INTERRUPTION_MS and one.hanzi >= _INTERRUPTION_HANZI for one in found)


def _noises(
    audio: Audio,
    power: level.Power,
    quiet: Mask,
    floor_dbfs: float | None,
    level_dbfs: float | None,
    heard: tuple[tuple[Turn, ...], Spans, Spans | None],
) -> Spans:
    """Sounds between the first and the last word that are no speech."""
    turns, agent_speech, customer_speech = heard
    speech = turn_taking.speech(turns, (*agent_speech, *(customer_speech or ())))
    if floor_dbfs is None or level_dbfs is None or not speech:
        return ()
    call = Span(speech[0].start_ms, speech[-1].end_ms)
    customer = None if audio.customer is None else level.frame_power(audio.customer)
    return sounds.noises(power, quiet, floor_dbfs, level_dbfs, customer, call)
