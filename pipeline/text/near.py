"""Approximate search for long phrases by sound: edit distance 1 for 6-8 syllables, 2 from 9 on.

A phrase with at most k edits has one of k + 1 equal pieces unharmed. The pieces are searched for all at once; only where one is found is
the distance worked out, so the cost hardly grows with the lexicon.
"""

NEAR_FROM = 6
_TWO_EDITS_FROM = 9


def edits_allowed(length: int) -> int:
    """How many syllables may differ, be missing or be too many."""
    return 0 if length < NEAR_FROM else 1 if length < _TWO_EDITS_FROM else 2


def pieces(sounds: str) -> tuple[tuple[int, str], ...]:
    """Offset and text of the k + 1 pieces of a phrase."""
    count = edits_allowed(len(sounds)) + 1
    cuts = [len(sounds) * n // count for n in range(count + 1)]
    return tuple((start, sounds[start:end]) for start, end in zip(cuts, cuts[1:], strict=False))


def closest(sounds: str, text: str) -> tuple[int, int, int]:
    """(edits, start, end) of the stretch of `text` that is closest to `sounds` (Sellers' algorithm; the leftmost of equals)."""
    # One row per syllable of the phrase: edits so far and where in the text the stretch began.
    row = [(0, at) for at in range(len(text) + 1)]
    for n, sound in enumerate(sounds, 1):
        following = [(n, 0)]
        for at, heard in enumerate(text, 1):
            changed = (row[at - 1][0] + (sound != heard), row[at - 1][1])
            missing = (row[at][0] + 1, row[at][1])
            added = (following[at - 1][0] + 1, following[at - 1][1])
            following.append(min(changed, missing, added, key=lambda cell: cell[0]))
        row = following
    end = min(range(len(row)), key=lambda at: row[at][0])
    return row[end][0], row[end][1], end
