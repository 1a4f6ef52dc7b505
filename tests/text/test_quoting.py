import pytest

from pipeline.text.quoting import quoted, stretch

LONG = "甲" * 40 + "我问谁去" + "乙" * 40


@pytest.mark.parametrize(
    ("text", "matched", "quote"),
    [
        ("你怎么这么笨", "这么笨", "你怎么这么笨"),
        (LONG, "我问谁去", "甲" * 15 + "我问谁去" + "乙" * 15),
        (LONG, "我问谁去；乙乙", "甲" * 15 + "我问谁去" + "乙" * 15),
        (LONG, "没有这句", "甲" * 19),
        ("", "静音 15 秒", ""),
    ],
)
def test_a_quote_is_what_matched_and_a_little_around_it(text, matched, quote):
    assert quoted(text, matched) == quote


def test_matches_that_overlap_are_quoted_as_one():
    said = "真麻烦你怎么那么多问题那就请您回答几个问题好不好"
    assert stretch(said, "真麻烦你；你怎么那么多问题") == "真麻烦你怎么那么多问题"
    assert stretch(said, "真麻烦你；几个问题") == "真麻烦你"
    assert stretch(said, "不在里面；真麻烦你") == "不在里面"
    assert quoted(said, "真麻烦你；你怎么那么多问题", 2) == "真麻烦你怎么那么多问题那就"
