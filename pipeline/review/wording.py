"""Texts that people write into records: a reason, a complaint, an answer."""

from pipeline.errors import UsageError

LONGEST_TEXT = 2000
_LAID_OUT = "\n\t"


def written(text: str, what: str, *, needed: bool = True) -> str:
    """The text without space around it. Raises UsageError naming `what` where it is empty and `needed`, too long, or holds what cannot be shown."""
    text = text.replace("\r\n", "\n").strip()
    if needed and not text:
        raise UsageError(f"{what} is empty: say it in a few words")
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"{what} has {len(text)} characters; at most {LONGEST_TEXT}")
    if wrong := next((char for char in text if not char.isprintable() and char not in _LAID_OUT), None):
        raise UsageError(f"{what} holds the character {wrong!r}, which cannot be shown")
    return text
