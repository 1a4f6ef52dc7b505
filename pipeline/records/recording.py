"""A recording after decoding, and what was odd about it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recording:
    """The file's facts. `duration_ms` is the container's word (None = it gives none), `decoded_ms` what was really decoded."""

    file: str
    sha256: str
    duration_ms: int | None
    decoded_ms: int
    channels: int
    codec: str
    rate_hz: int


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Decoded sound at 16 kHz, float32 in [-1, 1].

    `agent` and `customer` are (samples,) each; on a mono recording `customer` is None and `agent` holds both voices (`mono` True).
    `reasons` say what makes this recording partial (`truncated`, `bad_frames`, `shorter_than_manifest`, …): empty = whole.
    `native_rate_hz` is the rate before resampling: nothing above its half is real.
    """

    recording: Recording
    agent: Samples
    customer: Samples | None
    mono: bool
    native_rate_hz: int
    reasons: tuple[str, ...] = ()


RATE_HZ = 16_000
