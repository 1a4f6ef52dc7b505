"""Numbers as they are spoken and heard.

    一百二十八 = 128    幺二八 = 128 (digit by digit)    两百 = 200    一百二 = 120    一万二千 = 12000    十点五 = 10.5

Written digits are read as well: an engine may write 128 where it heard 一百二十八. `read` values one number, `numerals` finds all in a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {char: value for value, chars in enumerate(("零〇", "一幺", "二两", *"三四五六七八九")) for char in chars}
_DIGITS |= {char: int(char) for char in "0123456789"}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}
_CHARS = "".join((*_DIGITS, *_PLACES, *_GROUPS))
_NUMBER = re.compile(rf"[{_CHARS}]+(?:[点.．][{''.join(_DIGITS)}]+)?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at characters [start, end) of a text."""

    value: Decimal
    start: int
    end: int


def numerals(text: str) -> Iterator[Numeral]:
    """Every number of a text in order; what looks like one and is none (百千) is left out."""
    for found in _NUMBER.finditer(text):
        value = read(found[0])
        if value is not None:
            yield Numeral(value, found.start(), found.end())


def read(number: str) -> Decimal | None:
    """The value of one number; None where the characters are no number."""
    whole, point, decimals = re.sub("[.．]", "点", number).partition("点")
    value = _whole(whole)
    if value is None or bool(point) != bool(decimals) or not all(char in _DIGITS for char in decimals):
        return None
    fraction = "".join(str(_DIGITS[char]) for char in decimals)
    return Decimal(f"{value}.{fraction}") if fraction else Decimal(value)


def _whole(number: str) -> int | None:
    if not number or any(char not in _CHARS for char in number):
        return None
    if all(char in _DIGITS for char in number):
        return int("".join(str(_DIGITS[char]) for char in number))
    for name, size in sorted(_GROUPS.items(), key=lambda group: -group[1]):
        above, found, below = number.partition(name)
        if found:
            return _grouped(above, size, below)
    return _placed(number)


def _grouped(above: str, size: int, below: str) -> int | None:
    """一万二千, and 一万二 for 12000."""
    high, low = _whole(above or "一"), 0 if not below else _whole(below)
    if high is None or low is None:
        return None
    is_short = len(below) == 1 and below in _DIGITS
    return high * size + (low * size // 10 if is_short else low)


def _placed(number: str) -> int | None:
    """Below 10,000: 一百二十八, 十八, 两百零五, 一百二."""
    total, digits, place = 0, "", 10_000
    for char in number:
        if char in _PLACES:
            if _PLACES[char] >= place or (not digits and total):
                return None
            place = _PLACES[char]
            total, digits = total + int(digits or "1") * place, ""
        else:
            digits += str(_DIGITS[char])
    if not digits:
        return total
    is_short = len(digits) == 1 and place > 10
    return total + int(digits) * (place // 10 if is_short else 1)
