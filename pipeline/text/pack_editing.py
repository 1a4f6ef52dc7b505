"""Changing a phrase pack line by line, comments and all else left as they stand.

edited(text, Edit("phrases", 12, "把密码告诉我", Line("把(密码|验证码)告诉我")), version=4)

The result is a pack's text again and nothing is checked here: that is for who loads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Array, InlineTable, Table

from pipeline.errors import DataError

LISTS = ("phrases", "after_first_refusal", "only_after_refusal")
_WIDE = str.maketrans(
    {"（": "(", "）": ")", "｜": "|", "？": "?", "＜": "<", "＞": ">", "《": "<", "》": ">", "⋯": "…"}
)
_DIGITS = str.maketrans("0123456789０１２３４５６７８９", "零一二三四五六七八九" * 2)


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase as it stands in a pack. `severity` empty: the pack's."""

    text: str
    is_weak: bool = False
    severity: str = ""
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one line of a list: `at` None adds one, `after` None removes it. `before`: its text, so that nobody changes another line."""

    key: str
    at: int | None
    before: str
    after: Line | None


class LineMoved(DataError):
    """The line is no longer where it was: somebody else has changed the pack."""


def lines_of(content: str) -> dict[str, tuple[Line, ...]]:
    """The lines of each list that a pack has."""
    document = tomlkit.parse(content).unwrap()
    return {key: tuple(map(_line, document[key])) for key in LISTS if key in document}


def edited(content: str, edit: Edit, version: int) -> str:
    """The pack's text with one line added, changed or removed. Raises LineMoved, and DataError for a line that is there already."""
    document = tomlkit.parse(content)
    items = document.get(edit.key)
    if not isinstance(items, Array):
        raise LineMoved(f"{edit.key}: there is no such list in the pack")
    if edit.at is not None and (edit.at >= len(items) or _line(items[edit.at]).text != edit.before):
        raise LineMoved(f"{edit.key}: {edit.before!r} is no longer where it was")
    others = (_line(item).text for at, item in enumerate(items) if at != edit.at)
    if edit.after is not None and edit.after.text in others:
        raise DataError(f"{edit.key}: {edit.after.text!r} is there already")
    if edit.after is not None and edit.at is not None:
        items[edit.at] = _written(edit.after)
    elif edit.after is not None:
        items.append(_written(edit.after))
    elif edit.at is not None:
        del items[edit.at]
    document["version"] = version
    return tomlkit.dumps(document)


def with_grounds(content: str, severity: str, exceptions: Sequence[str], version: int) -> str:
    """The pack's text with another severity (empty: the catalogue's) and other exceptions that hold for all of its phrases."""
    document = tomlkit.parse(content)
    if severity:
        document["severity"] = severity
    elif "severity" in document:
        del document["severity"]
    replace_texts(document, "exceptions", exceptions)
    document["version"] = version
    return tomlkit.dumps(document)


def version_of(content: str) -> int:
    """The version that a pack or a script says it is; 0 where it says none."""
    found = tomlkit.parse(content).unwrap().get("version", 0)
    return found if isinstance(found, int) else 0


def with_version(content: str, counted: str) -> str:
    """A text that is to count once more, under the version that follows the one that counts; the same text, or one without versions, stays."""
    document = tomlkit.parse(content)
    if "version" not in document:
        return content
    document["version"] = version_of(counted)
    if tomlkit.dumps(document) != counted:
        document["version"] = version_of(counted) + 1
    return tomlkit.dumps(document)


def replace_texts(table: TOMLDocument | Table | InlineTable, key: str, texts: Sequence[str]) -> None:
    """Put other texts into a list; those that stay are left where and as they are written, and so is what is no plain text."""
    if key not in table:
        if texts:
            table[key] = list(texts)
        return
    items = table[key]
    if not isinstance(items, Array):
        raise DataError(f"{key}: is no list")
    for at in range(len(items) - 1, -1, -1):
        if isinstance(items[at], str) and str(items[at]) not in texts:
            del items[at]
    there = {str(item) for item in items if isinstance(item, str)}
    for text in texts:
        if text not in there:
            items.append(text)


def plain_texts(items: object) -> tuple[str, ...]:
    """The plain texts of a list; a line with more to it than its text is left to who edits the file."""
    return tuple(str(item) for item in items if isinstance(item, str)) if isinstance(items, list) else ()


def typed(text: str) -> str:
    """A line as people type it, in the packs' notation: wide brackets, dots in a row and digits as the notation has them."""
    plain = text.strip().translate(_WIDE).translate(_DIGITS)
    for dots in ("......", "。。。。。。"):
        plain = plain.replace(dots, "……")
    for dots in ("...", "。。。"):
        plain = plain.replace(dots, "…")
    return plain


def typed_expression(text: str) -> str:
    """An expression as people type it; its digits count repeats and stay."""
    return text.strip().translate(_WIDE)


def typed_lines(text: str) -> tuple[str, ...]:
    """The lines of a field with one entry a line, without doubles."""
    return tuple(dict.fromkeys(line for line in map(typed, text.splitlines()) if line))


def _line(item: object) -> Line:
    if not isinstance(item, dict):
        return Line(str(item))
    return Line(
        str(item.get("text", "")),
        item.get("weak", False) is True,
        str(item.get("severity", "")),
        tuple(map(str, item.get("exceptions", ()))),
    )


def _written(line: Line) -> str | InlineTable:
    given = chain(
        [("text", line.text)],
        [("weak", True)] if line.is_weak else [],
        [("severity", line.severity)] if line.severity else [],
        [("exceptions", list(line.exceptions))] if line.exceptions else [],
    )
    table = tomlkit.inline_table()
    table.update(given)
    return table if len(table) > 1 else line.text
