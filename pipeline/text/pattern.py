"""A lexicon line as one regular expression over sounds.

The expression is matched against the toneless pinyin of a text, one character a syllable; each group is captured, so a match tells which
words of the lexicon were meant and whether they were heard as written.

    line 你(有病|有毛病), heard 您好你又病     ->  form 你有病, heard 你又病, not exact
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.text.notation import Group
from pipeline.text.pinyin import encode

MOST_BETWEEN = 8


@dataclass(frozen=True, slots=True)
class Found:
    """Where a line matched, as which of its phrasings (groups joined by … at gaps), and the words heard for it.

    `size` counts hanzi without what stands in the gaps; `shortened` says that the phrasing was written without a repeated hanzi.
    """

    start: int
    end: int
    form: str
    heard: str
    size: int
    shortened: bool


class Pattern:
    """`groups` with their words as `condensed` makes them (fillers out, or also stutters)."""

    def __init__(self, groups: tuple[Group, ...], condensed: Callable[[str], str]) -> None:
        self._groups = groups
        self._meant: list[dict[str, list[tuple[str, str]]]] = []
        for group in groups:
            meant: dict[str, list[tuple[str, str]]] = {}
            for choice in group.choices:
                short = condensed(choice)
                meant.setdefault(encode(short, is_fuzzy=True), []).append((short, choice))
            self._meant.append(meant)
        # Most patterns of a lexicon are never met in a day's calls, and compiling is what costs.
        self._compiled: re.Pattern[str] | None = None

    @property
    def expression(self) -> re.Pattern[str]:
        """One capturing group for each group of words, longer wordings first, gaps as short as possible."""
        if self._compiled is None:
            parts = []
            for group, meant in zip(self._groups, self._meant, strict=True):
                sounds = "|".join(re.escape(sound) for sound in sorted(meant, key=len, reverse=True))
                gap = f".{{0,{MOST_BETWEEN}}}?" if group.after_gap else ""
                parts.append(f"(?:{gap}({sounds})){'?' if group.optional else ''}")
            self._compiled = re.compile("".join(parts))
        return self._compiled

    @property
    def anchors(self) -> tuple[str, ...]:
        """Sounds one of which is in every match: those of the group that is hardest to hit by chance."""
        certain = [
            tuple(meant)
            for group, meant in zip(self._groups, self._meant, strict=True)
            if not group.optional and "" not in meant
        ]
        if not certain:
            return ()
        return max(certain, key=lambda meant: (min(map(len, meant)), -len(meant)))

    def find(self, text: str, sounds: str) -> Iterator[Found]:
        """Every match in `text`, whose fuzzy sounds are given; a match may begin inside another one."""
        at = 0
        while (match := self.expression.search(sounds, at)) is not None:
            if match.end() > match.start():
                yield self._found(match, text)
            at = match.start() + 1

    def _found(self, match: re.Match[str], text: str) -> Found:
        form, heard, size, shortened = "", "", 0, False
        for number, (group, meant) in enumerate(zip(self._groups, self._meant, strict=True), 1):
            if match[number] is None:
                continue
            words = text[match.start(number) : match.end(number)]
            short, choice = next((pair for pair in meant[match[number]] if pair[0] == words), meant[match[number]][0])
            joint = "…" if group.after_gap else ""
            form, heard = form + joint + short, heard + joint + words
            size += len(short)
            shortened = shortened or short != choice
        return Found(match.start(), match.end(), form, heard, size, shortened)
