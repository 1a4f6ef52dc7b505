"""How a lexicon line writes many phrasings at once.

    (你|您)自己(不会)?看    你自己看, 您自己看, 你自己不会看, 您自己不会看
    把…验证码…告诉我        the three groups in this order with a few words between them
    <他网>的(套餐|卡)       a named group of words from the same file or from operators.toml

Kept this small on purpose: a supervisor reads and edits these files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from pipeline.text.normal import normalize

GAP = "…"
_TOKEN = re.compile(r"\(([^()]*)\)(\??)|(<[^<>()]*>)(\??)|(…+)|([^()<>…]+)|.")
_NAME = re.compile(r"<(.*)>")

Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """One of `choices` is said here, or nothing where `optional`; `after_gap`: a few other words may come before it."""

    choices: tuple[str, ...]
    optional: bool = False
    after_gap: bool = False


def parse(line: str, words: Words) -> tuple[Group, ...]:
    """The groups of a line in order. Raises ValueError saying what is wrong with the notation."""
    groups: list[Group] = []
    after_gap = False
    for token in _TOKEN.finditer(line):
        if token[5]:
            if not groups or after_gap:
                raise ValueError("a phrase cannot begin with … or have it twice in a row")
            after_gap = True
            continue
        groups.append(Group(_choices(token, words), bool(token[2] or token[4]), after_gap))
        after_gap = False
    if after_gap:
        raise ValueError("a phrase cannot end with …")
    if all(group.optional for group in groups):
        raise ValueError("all of it is optional")
    return tuple(groups)


def count_forms(groups: tuple[Group, ...]) -> int:
    """How many phrasings there are."""
    return prod(len(group.choices) + group.optional for group in groups)


def expand(groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Every phrasing of groups without gaps."""
    parts = product(*((*group.choices, "") if group.optional else group.choices for group in groups))
    return tuple(dict.fromkeys(map("".join, parts)))


def _choices(token: re.Match[str], words: Words) -> tuple[str, ...]:
    bracketed, name, plain = token[1], token[3], token[6]
    if bracketed is None and name is None and (plain is None or "|" in plain):
        raise ValueError("brackets must be closed and not nested, and | stands only within brackets")
    given = bracketed.split("|") if bracketed is not None else [name or plain]
    return tuple(dict.fromkeys(choice for one in given for choice in _named(one, words)))


def _named(choice: str, words: Words) -> tuple[str, ...]:
    if (name := _NAME.fullmatch(choice)) is not None:
        if name[1] not in words:
            raise ValueError(f"no word group {choice}; known: {', '.join(sorted(words)) or 'none'}")
        return words[name[1]]
    if not choice or normalize(choice) != choice.lower().replace("幺", "一"):
        raise ValueError(
            f"{choice!r} is not what can be heard: hanzi and letters only, digits as hanzi, no punctuation"
        )
    return (choice,)
