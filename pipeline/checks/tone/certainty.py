"""How sure an acoustic claim is: a value just past its limit may be a measuring error, one far past it is not."""

_AT_LIMIT, _FAR_PAST = 0.6, 0.95
# In a recording with missing sound a silence may be lost speech.
LOST_SOUND = 0.5


def certainty(past: float, sure_at: float) -> float:
    """0.6 at the limit rising to 0.95 where the value is `sure_at` past it (same unit)."""
    return round(_AT_LIMIT + (_FAR_PAST - _AT_LIMIT) * min(1.0, max(0.0, past / sure_at)), 3)
