"""What each limit of the standard is compared with: one figure a call, past the limit where the rule claims something of the call.

    customer  0.0-2.0   我想问一下话费。
    agent     6.0-7.0   请稍等。            slow_response_ms 4000: claimed where the limit is less

So a percentile of the figures is a limit that claims a known share of calls. Figures are of stored calls: turns, words and the call's tone. VAD's
stretches, the levels of turns and the sounds that are no speech are not stored, so waits are those between turns, and limits that rest on
the others (`raised_…`, `noise_min_ms`) have no figure.
"""

from collections.abc import Callable
from dataclasses import replace

from pipeline.checks.check import HeardCall, Standard
from pipeline.checks.tone.monologue import stretches_alone
from pipeline.checks.tone.rate import speech_rate_cpm
from pipeline.checks.tone.spoken_rates import deciding_rate_cpm
from pipeline.checks.tone.turn_taking import waits
from pipeline.records.limit import CallFigures, Limit, Side
from pipeline.records.tone import TurnTone
from pipeline.records.turn import Speaker

LIMITS = (
    Limit("rate_max_cpm", Side.HIGH, 5),
    Limit("rate_min_cpm", Side.LOW, 5, least=5),
    Limit("longest_silence_ms", Side.HIGH, 100),
    Limit("slow_response_ms", Side.HIGH, 100, least=100),
    Limit("monologue_ms", Side.HIGH, 1_000),
    Limit("interruption_count", Side.HIGH, 1, least=2, claims_at=True),  # one alone is no habit
    Limit("level_low_dbfs", Side.LOW, 0.5),
    Limit("level_high_dbfs", Side.HIGH, 0.5),
    Limit("clipped_share", Side.HIGH, 0.0005, least=0.0005),
)


def call_figures(call: HeardCall, project: str, standard: Standard) -> CallFigures:
    """The figures that can be had of a call; a partial recording has none, its silences may be lost speech."""
    if not call.complete:
        return CallFigures(project, ())
    paced = with_rates(call)
    found = ((limit.name, _FIGURES[limit.name](paced, standard)) for limit in LIMITS)
    return CallFigures(project, tuple((name, float(value)) for name, value in found if value is not None))


def with_rates(call: HeardCall) -> HeardCall:
    """The call with the rate of each agent turn, which its stored words tell."""
    agent = (turn for turn in call.turns if turn.speaker is Speaker.AGENT)
    tones = tuple(TurnTone(turn.span, speech_rate_cpm((turn,)), None, None, None) for turn in agent)
    return replace(call, voice=replace(call.voice, turns=tones))


def _longest_wait_ms(call: HeardCall, standard: Standard) -> int | None:
    """The longest wait for the agent that is not dead air already."""
    found = [wait.length_ms for wait in waits(call.turns, ())]
    return max((wait_ms for wait_ms in found if wait_ms <= standard.longest_silence_ms), default=None)


def _longest_alone_ms(call: HeardCall) -> int | None:
    return max((alone.length_ms for alone in stretches_alone(call)), default=None)


_FIGURES: dict[str, Callable[[HeardCall, Standard], float | None]] = {
    "rate_max_cpm": lambda call, standard: deciding_rate_cpm(call, standard.rate_min_hanzi, 1),
    "rate_min_cpm": lambda call, standard: deciding_rate_cpm(call, standard.rate_min_hanzi, -1),
    "longest_silence_ms": lambda call, _: call.voice.tone.longest_silence_ms,
    "slow_response_ms": _longest_wait_ms,
    "monologue_ms": lambda call, _: _longest_alone_ms(call),
    "interruption_count": lambda call, _: call.voice.tone.interruptions,
    "level_low_dbfs": lambda call, _: call.voice.tone.active_level_dbfs,
    "level_high_dbfs": lambda call, _: call.voice.tone.active_level_dbfs,
    "clipped_share": lambda call, _: call.voice.tone.clipped_share,
}
