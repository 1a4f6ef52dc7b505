"""How the agent sounded: `measure` makes the figures, one rule a file judges them. Importing this registers the voice rules."""

from pipeline.checks.tone import (
    clipped,
    dead_air,
    interruption,
    level_high,
    level_low,
    monologue,
    noise,
    raised,
    slow_response,
    too_fast,
    too_slow,
)
from pipeline.checks.tone.measure import measure

__all__ = [
    "clipped",
    "dead_air",
    "interruption",
    "level_high",
    "level_low",
    "measure",
    "monologue",
    "noise",
    "raised",
    "slow_response",
    "too_fast",
    "too_slow",
]
