"""What a vendor's file may be at most. Beyond it the file ends as quarantined with a reason, whatever it holds."""

MAX_FILE_BYTES = 1 << 30
"""1 GiB: four hours of 16-bit stereo at 16 kHz fit."""

MAX_MS = 4 * 60 * 60 * 1000
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 96_000
MAX_CHANNELS = 2

DECODER_MEMORY_BYTES = 512 << 20
DECODER_CPU_S = 120
DECODER_WALL_S = 120.0

MAX_MANIFEST_BYTES = 256 << 20
"""256 MiB: a million calls."""
