"""A line of a dialogue: who says what, after which pause, and how.

    Line("customer", "我跟你讲，我这个手机老是打不通"),
    Line("agent", "这个我知道了", pause_ms=-2500)       starts 2.5 s before the customer ends

`marks` name the faults that the line is there for, with the part of it that is the fault.
"""

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Which time a planted fault has: the line itself, the silence before it, the sound in that silence, what it overlaps, or none."""

    TURN = "turn"
    PAUSE = "pause"
    NOISE = "noise"
    OVERLAP = "overlap"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Mark:
    """A fault by its catalogue name and where its span lies."""

    rule: str
    where: Where


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says without a longer pause: hanzi and ， only.

    `speaker` agent or customer. `pause_ms` from the latest end of all lines before; negative = overlap. `rate` in espeak-ng words a minute
    (220 is about 290 hanzi a minute) and `pitch` (0-99, 10 are about 2 semitones) replace the speaker's own habit; `pace` multiplies the
    rate. `gain_db` against the speaker's other lines. `noise` names a sound of noises.py that fills the pause but for half a second at both
    ends. `element` is the script element that the line serves.
    """

    speaker: str
    text: str
    pause_ms: int = 300
    rate: int | None = None
    pace: float = 1.0
    gain_db: float = 0
    pitch: int | None = None
    noise: str | None = None
    element: str = ""
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if self.speaker not in ("agent", "customer"):
            raise ValueError(f"a line's speaker is agent or customer, not {self.speaker!r}")
        if strange := {c for c in self.text if c != "，" and not "一" <= c <= "龥" and c != "〇"}:
            raise ValueError(f"a line holds hanzi and ， only, not {''.join(sorted(strange))!r}: {self.text}")
        if not self.words:
            raise ValueError("a line without words")

    @property
    def words(self) -> str:
        """The hanzi without punctuation, as the truth file has them."""
        return self.text.replace("，", "")
