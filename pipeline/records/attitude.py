"""How the agent came across in a whole call: information, never a fault by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attitude:
    """`manner` is coldness, bluntness or impatience (冷淡, 生硬, 不耐烦), `probability` 0-1; `grounds` what speaks most for it, in Chinese."""

    manner: str
    probability: float
    grounds: tuple[str, ...]
