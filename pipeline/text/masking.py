"""Masking of numbers that name a person: telephone, identity card, account.

    您的号码是幺三八，零零幺三，八零零零对吧      ->  您的号码是***，****，****对吧
    身份证四三零幺零二幺九八五零三零七二幺三叉    ->  身份证******************
    月租一百二十八元，拨打10086                   ->  as it is: fewer than seven digits in a row

A number is spoken in groups, with 嗯 and 对 in between, 洞 for 0, 拐 for 7, 三个零 for 000, and an engine writes digits or hanzi as it likes. So a
run of at least seven digits counts through pauses of every kind. Each digit becomes one `*`: times of characters and places of words survive.
"""

import re
from collections.abc import Iterable, Sequence

FEWEST_DIGITS = 7
MASK = "*"

_DIGIT = r"[\d①-⑨⓪零〇一幺么二两三四五六七八九洞拐勾壹贰叁肆伍陆柒捌玖]"
# What may stand between two digits of one number. Each alternative begins with a character of its own, or two readings would be tried.
_PAUSE = r"(?:[^\w×]|_|[嗯呃额啊哦噢唔哎诶呀吧对杠个]|那个|然后|好的?|是的?)*+"
_TAIL = rf"(?P<tail>{_PAUSE}(?:[xXｘＸ×叉]|[艾埃]克斯))"
_RUN = re.compile(rf"{_DIGIT}(?:{_PAUSE}{_DIGIT}){{{FEWEST_DIGITS - 1},}}+{_TAIL}?")
_ONE = re.compile(_DIGIT)
_LETTER = re.compile(r"[\w×]")


def mask(text: str) -> str:
    """The text with every long number masked; of the same length. Masking twice changes nothing more."""
    return _RUN.sub(_masked, text)


def mask_within(text: str, wholes: Iterable[str]) -> str:
    """As `mask`, of a piece of longer texts: where a number begins before the piece or goes on behind it, its part in here is masked too.

    `wholes` are asked for only where the piece holds a digit.
    """
    masked = mask(text)
    if not _ONE.search(text):
        return masked
    for whole in wholes:
        hidden = mask(whole)
        for at in _places(text, whole):
            there = hidden[at : at + len(text)]
            masked = "".join(MASK if MASK in pair else pair[0] for pair in zip(masked, there, strict=True))
    return masked


def mask_together(texts: Sequence[str]) -> list[str]:
    """As `mask`, of texts that were said one after the other: a number may be spread over several of them."""
    hidden, at, masked = mask("".join(texts)), 0, []
    for text in texts:
        masked.append(hidden[at : at + len(text)])
        at += len(text)
    return masked


def _masked(run: re.Match[str]) -> str:
    tail = run["tail"] or ""
    number = run[0][: len(run[0]) - len(tail)]
    return _ONE.sub(MASK, number) + _LETTER.sub(MASK, tail)


def _places(text: str, whole: str) -> Iterable[int]:
    at = whole.find(text) if text else -1
    while at >= 0:
        yield at
        at = whole.find(text, at + 1)
