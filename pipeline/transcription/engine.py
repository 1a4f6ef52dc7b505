"""What a speech recogniser must do here: hear windows of sound, give timed words.

Windows are at most as long as the engine says and hold one channel of one call. An engine knows nothing of calls; it may hear windows of
many calls at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.records.recording import Samples
from pipeline.records.turn import Word


@dataclass(frozen=True, slots=True)
class WindowText:
    """The words of one window, times from its start. `no_speech` 0-1 and `mean_log_probability` are the engine's own doubts."""

    words: tuple[Word, ...]
    no_speech: float = 0.0
    mean_log_probability: float = 0.0


class Engine(Protocol):
    """A recogniser with its version: the model's name and hash, and what else changes its words."""

    @property
    def version(self) -> str:
        """Stored beside every inspection."""

    @property
    def longest_window_ms(self) -> int:
        """More than this is not heard in one window."""

    def hear(self, windows: Sequence[Samples]) -> list[WindowText]:
        """One result per window, in order. float32 at 16 kHz."""

    def hear_again(self, windows: Sequence[Samples]) -> list[WindowText]:
        """The same by another way of decoding, so that what is heard both times does not hang on the way."""
