"""How the agent sounded: `measure` makes the figures, one rule a file judges them."""

from pipeline.checks.tone.measure import measure

__all__ = ["measure"]
