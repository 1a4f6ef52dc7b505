"""Many strings looked for in one pass (Aho-Corasick; ahocorasick-rs reads some 25 million characters a second)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

Owner = TypeVar("Owner")


class Automaton(Generic[Owner]):
    """Strings, each with whose it is; several owners may share one."""

    def __init__(self, strings: Iterable[tuple[str, Owner]]) -> None:
        owners: defaultdict[str, list[Owner]] = defaultdict(list)
        for string, owner in strings:
            owners[string].append(owner)
        self._owners = tuple(tuple(dict.fromkeys(whose)) for whose in owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def find(self, text: str) -> Iterator[tuple[Owner, int]]:
        """Owner and start of every occurrence, overlapping ones included."""
        if self._automaton is None:
            return
        for string, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for owner in self._owners[string]:
                yield owner, start
