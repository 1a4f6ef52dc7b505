"""How a lexicon line writes many phrasings at once.

    (你|您)自己(不会)?看    你自己看, 您自己看, 你自己不会看, 您自己不会看
    把…验证码…告诉我        the three groups in this order with a few words between them
    <他网>的(套餐|卡)       a named group of words from the same file or from operators.toml

Kept this small on purpose: a supervisor reads and edits these files.
"""

import re
from collections.abc import Mapping
from itertools import product

GAP = "…"
MOST_FORMS = 400
_GROUP = re.compile(r"\(([^()]*)\)(\??)|<([^<>]*)>(\??)")
_LEFT_OVER = re.compile(r"[()<>?|]")

Words = Mapping[str, tuple[str, ...]]


def expand(line: str, words: Words) -> tuple[str, ...]:
    """Every phrasing of a line without gaps. Raises ValueError saying what is wrong with the notation."""
    choices: list[tuple[str, ...]] = []
    at = 0
    for group in _GROUP.finditer(line):
        choices += [(line[at : group.start()],), _choices(group, words)]
        at = group.end()
    choices.append((line[at:],))
    forms = tuple(dict.fromkeys("".join(parts) for parts in product(*choices)))
    if any(_LEFT_OVER.search(form) for form in forms):
        raise ValueError("brackets must be closed and not nested, ? stands only behind a bracket")
    if len(forms) > MOST_FORMS:
        raise ValueError(f"{len(forms)} phrasings in one line, at most {MOST_FORMS}: split it")
    return forms


def expand_groups(line: str, words: Words) -> tuple[tuple[str, ...], ...]:
    """The word groups of a line, cut at the gaps, each with all its phrasings."""
    groups = tuple(expand(part, words) for part in line.split(GAP))
    if any(not form for group in groups for form in group):
        raise ValueError("a group may not be empty (does the line begin or end with … or consist of optional words only?)")
    return groups


def _choices(group: re.Match[str], words: Words) -> tuple[str, ...]:
    alternatives, optional, name, optional_name = group.groups()
    if name is None:
        return (*alternatives.split("|"), "") if optional else tuple(alternatives.split("|"))
    if name not in words:
        raise ValueError(f"no word group <{name}>; known: {', '.join(sorted(words)) or 'none'}")
    return (*words[name], "") if optional_name else words[name]
