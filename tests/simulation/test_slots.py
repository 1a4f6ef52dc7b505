import random

import pytest

from pipeline.simulation import slots


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"), (9, "九"), (10, "十"), (19, "十九"), (20, "二十"), (38, "三十八"), (100, "一百"), (105, "一百零五"), (110, "一百一十"),
        (128, "一百二十八"), (200, "两百"), (222, "两百二十二"),
        (1000, "一千"), (1010, "一千零一十"), (2005, "两千零五"), (3500, "三千五百"), (9899, "九千八百九十九"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_said(number, words):
    assert slots.spoken(number) == words


def test_digits_one_by_one():
    assert slots.read_out("1086", "幺") == "幺零八六"
    assert slots.read_out("1086", "一") == "一零八六"


def test_the_slots_follow_the_call():
    filled = slots.filled(random.Random(3), "王丽", "王", "0326", "19900013826", 15)
    assert (filled["agent"], filled["daypart"]) == ("王丽", "下午")
    assert filled["tail"] == "三八二六" and filled["staff"] == "零三二六"
