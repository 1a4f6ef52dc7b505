"""What differs between two TOML texts, told by keys: for people who do not read TOML.

phrases      removed  "把密码告诉我"      added  "把(密码|验证码)告诉我"
limits.call_s         480 → 420
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """A key whose value differs. Of a list `removed` and `added` are its entries, of anything else what it was and is; each as text."""

    path: tuple[str, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    is_list: bool

    @property
    def key(self) -> str:
        """The path in one word: limits.call_s."""
        return ".".join(self.path)


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """All of them, in the order of the later text. Both must be TOML."""
    return tuple(_of_tables((), tomllib.loads(before), tomllib.loads(after)))


def _of_tables(
    path: tuple[str, ...], before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Difference]:
    for key in dict.fromkeys((*after, *before)):
        yield from _of_values((*path, key), before.get(key), after.get(key))


def _of_values(path: tuple[str, ...], before: object, after: object) -> Iterator[Difference]:
    if before == after:
        return
    tables = (dict, type(None))
    if isinstance(before, tables) and isinstance(after, tables):
        yield from _of_tables(path, before or {}, after or {})
    elif isinstance(before, list) or isinstance(after, list):
        yield from _of_lists(path, _entries(before), _entries(after))
    else:
        yield Difference(path, _text(before), _text(after), False)


def _of_lists(path: tuple[str, ...], before: Sequence[object], after: Sequence[object]) -> Iterator[Difference]:
    """Tables with a name are compared one by one; of everything else it is told what has gone and what has come."""
    named, others = _named(before), _named(after)
    if named is not None and others is not None and (named or others):
        yield from _of_tables(path, named, others)
        return
    old, new = list(map(written, before)), list(map(written, after))
    removed, added = _without(old, new), _without(new, old)
    if not removed and not added:  # the same entries in another order
        removed, added = old, new
    yield Difference(path, tuple(removed), tuple(added), True)


def _named(entries: Sequence[object]) -> dict[str, object] | None:
    if not all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in entries):
        return None
    found: dict[str, object] = {str(entry["name"]): entry for entry in entries if isinstance(entry, dict)}
    return found if len(found) == len(entries) else None


def _without(entries: Sequence[str], others: Sequence[str]) -> list[str]:
    left = list(others)
    kept = []
    for entry in entries:
        if entry in left:
            left.remove(entry)
        else:
            kept.append(entry)
    return kept


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> tuple[str, ...]:
    return () if value is None else (written(value),)


def written(value: object) -> str:
    """A value as text: a phrase with what belongs to it, true and false as 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        rest = "，".join(f"{key}：{written(one)}" for key, one in value.items() if key != "text")
        return f"{value['text']}（{rest}）" if "text" in value else rest
    if isinstance(value, list):
        return "、".join(map(written, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
