"""Text as matching and counting see it: what was said, not how it was written down.

    您好，我是10086 的　ＶＩＰ客服！  ->  您好我是一零零八六的vip客服

Whisper's punctuation is a guess, 幺 and 一 are one spoken digit, and an engine may write 128 where it heard 一二八; none of these may
decide whether a phrase is found or a character counted as wrong.
"""

import unicodedata
from functools import cache

_SPOKEN = dict(zip("0123456789〇幺", "零一二三四五六七八九零一", strict=True))


@cache
def _plain(char: str) -> str:
    """One character normalised; empty where it is punctuation, space or a mark."""
    folded = unicodedata.normalize("NFKC", char).lower()
    return "".join(_SPOKEN.get(c, c) for c in folded if c.isalnum())


def normalize(text: str) -> str:
    """NFKC, lower case, no punctuation or spaces, digits one by one as hanzi, 幺 and 〇 as 一 and 零."""
    return "".join(map(_plain, unicodedata.normalize("NFKC", text)))


def normalize_aligned(text: str) -> tuple[str, list[int]]:
    """`normalize` character by character, and for each character of the result its index in `text`."""
    plain = [_plain(char) for char in text]
    return "".join(plain), [at for at, chars in enumerate(plain) for _ in chars]
