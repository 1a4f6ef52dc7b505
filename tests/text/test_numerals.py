"""Numbers as they are spoken."""

from decimal import Decimal

import pytest

from pipeline.text.numerals import numerals, read


@pytest.mark.parametrize(
    ("spoken", "value"),
    [
        ("一百二十八", "128"),
        ("幺二八", "128"),
        ("一二八", "128"),
        ("128", "128"),
        ("十八", "18"),
        ("二十", "20"),
        ("两百", "200"),
        ("一百二", "120"),
        ("一百零二", "102"),
        ("两千五", "2500"),
        ("三千零五十", "3050"),
        ("一万二", "12000"),
        ("一万二千", "12000"),
        ("一万", "10000"),
        ("八", "8"),
        ("十点五", "10.5"),
        ("3.5", "3.5"),
        ("2千", "2000"),
    ],
)
def test_numbers_have_their_value(spoken: str, value: str) -> None:
    assert read(spoken) == Decimal(value)


@pytest.mark.parametrize("words", ["", "元", "十百", "百千", "一点", "百十千"])
def test_what_is_no_number_has_none(words: str) -> None:
    assert read(words) is None


def test_all_numbers_of_a_text_with_their_places() -> None:
    found = list(numerals("每月三十八元，送100分钟"))
    assert [(n.value, n.start, n.end) for n in found] == [(38, 2, 5), (100, 8, 11)]
