"""Files that a vendor puts beside its appeal: what one is, its content says, never its name.

    b"%PDF-1.7 …"  named 说明.exe     application/pdf, kept as 说明.pdf
    b"MZ…"         named 录音.wav     nothing that is taken
    录音里是客户说的 in UTF-8 or GB18030   text/plain

It is handed out under its own type and as a file to save: no browser runs or shows it as a part of a page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import UsageError

LARGEST_BYTES = 10_000_000
_LONGEST_STEM = 80
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\f\r") | {127}
# Layer III of MPEG 1, 2 and 2.5; a text in UTF-16 begins with FF FE, which would be layer I.
_MPEG_FRAMES = (b"\xff\xfa", b"\xff\xfb", b"\xff\xf2", b"\xff\xf3", b"\xff\xe2", b"\xff\xe3")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is kept: `name` ends as its type does."""

    name: str
    media_type: str
    content: bytes


def attachment(name: str, content: bytes) -> Attachment:
    """A file as it is kept. Raises UsageError where it is empty, too large, or of no kind that is taken."""
    if not content:
        raise UsageError(f"{name!r} is empty")
    if len(content) > LARGEST_BYTES:
        raise UsageError(f"{name!r} has {len(content):,} bytes; at most {LARGEST_BYTES:,}")
    for media_type, ending, fits in _KINDS:
        if fits(content):
            return Attachment(f"{_stem(name)}.{ending}", media_type, content)
    raise UsageError(f"{name!r} is neither sound nor PDF, PNG, JPEG or text, whatever its name says")


def _stem(name: str) -> str:
    """A name without folders, ending and what cannot be shown or a file system may mind."""
    last = re.split(r"[/\\]", name)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last[1:] else last
    plain = "".join(char if char.isalnum() or char in " -_（）()" else "_" for char in stem).strip(" _")
    return plain[:_LONGEST_STEM] or "附件"


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


def _is_wave(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WAVE"


def _is_m4a(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in (b"M4A ", b"M4B ", b"mp42", b"isom")


def _is_text(content: bytes) -> bool:
    if not _CONTROLS.isdisjoint(content):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            return bool(content.decode(encoding).strip())
        except UnicodeDecodeError:
            continue
    return False


# Text comes last: it is what has no mark of its own.
_KINDS: tuple[tuple[str, str, Callable[[bytes], bool]], ...] = (
    ("application/pdf", "pdf", _begins(b"%PDF-")),
    ("image/png", "png", _begins(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", "jpg", _begins(b"\xff\xd8\xff")),
    ("audio/wav", "wav", _is_wave),
    ("audio/flac", "flac", _begins(b"fLaC")),
    ("audio/ogg", "ogg", _begins(b"OggS")),
    ("audio/amr", "amr", _begins(b"#!AMR")),
    ("audio/mp4", "m4a", _is_m4a),
    ("audio/mpeg", "mp3", _begins(b"ID3", *_MPEG_FRAMES)),
    ("text/plain", "txt", _is_text),
)
