"""A quote that fits its seconds: the words that matched with a little of what was said around them; an utterance may be minutes long.

你还在不在在的在的刚刚在系统里找您的资料 … 我问谁去 …   matched 我问谁去      fifteen hanzi before, the words, fifteen after
"""

AROUND_HANZI = 15


def quoted(text: str, matched: str, around: int = AROUND_HANZI) -> str:
    """The part of a text around what matched (`stretch`); the beginning where it is not in the text."""
    words = stretch(text, matched)
    at = max(0, text.find(words))
    return text[max(0, at - around) : at + len(words) + around]


def stretch(text: str, matched: str) -> str:
    """Of several matches, parted by ；, the first one with those that overlap it: 真麻烦你；你怎么那么多问题 is 真麻烦你怎么那么多问题."""
    first, *others = matched.split("；")
    start = text.find(first)
    if start < 0:
        return first
    end = start + len(first)
    for words in others:
        at = text.find(words, start)
        if start <= at < end:
            end = max(end, at + len(words))
    return text[start:end]
