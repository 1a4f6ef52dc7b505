"""Text without hesitation, so that 你…呃…你你那个有病啊 cannot hide 你有病.

Two readings of the same words, each with the way back to the original: `plain` leaves out fillers, `collapsed` also writes a stuttered
hanzi once. Both are needed: 谢谢 must stay two hanzi, 你你你有病 must become three.
"""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.text.normal import normalize_aligned

_FILLER = re.compile(r"那个|[嗯呃啊唔]")


@dataclass(frozen=True, slots=True)
class Condensed:
    """`text` and, for each of its characters, the index in the original."""

    text: str
    origin: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Half-open span in the original text of a half-open span here."""
        return self.origin[start], self.origin[end - 1] + 1


def condense(text: str) -> tuple[Condensed, Condensed]:
    """The text without fillers, and the same with repeated characters written once."""
    normal, origin = normalize_aligned(text)
    dropped = {at for filler in _FILLER.finditer(normal) for at in range(*filler.span())}
    kept = [at for at in range(len(normal)) if at not in dropped]
    plain = "".join(normal[at] for at in kept)
    once = [n for n in range(len(plain)) if n == 0 or plain[n] != plain[n - 1]]
    return (
        Condensed(plain, tuple(origin[at] for at in kept)),
        Condensed("".join(plain[n] for n in once), tuple(origin[kept[n]] for n in once)),
    )


@cache
def condense_form(form: str) -> tuple[str, str]:
    """A lexicon's phrase as it is looked for in the two readings."""
    plain, collapsed = condense(form)
    return plain.text, collapsed.text
