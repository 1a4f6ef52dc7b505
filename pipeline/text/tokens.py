"""Words of a Chinese sentence: the only home of jieba.

words("您乐意投诉就去投诉呗")  →  ("您", "乐意", "投诉", "就", "去", "投诉", "呗")
"""

import logging
from functools import cache

import jieba


@cache
def _tokenizer() -> jieba.Tokenizer:
    """Jieba with its own dictionary, loaded once, without a word about it."""
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def words(text: str) -> tuple[str, ...]:
    """The text cut into dictionary words; together they are the text again."""
    return tuple(_tokenizer().cut(text, HMM=False))
