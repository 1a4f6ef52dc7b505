import pytest

from pipeline.errors import UsageError
from pipeline.review.wording import LONGEST_TEXT, written


def test_a_text_is_kept_but_for_the_space_around_it():
    assert written("  客户\r\n说的 ", "the reason") == "客户\n说的"
    assert written("字" * LONGEST_TEXT, "the reason") == "字" * LONGEST_TEXT
    assert written(" ", "the note", needed=False) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "the reason is empty"),
        ("字" * (LONGEST_TEXT + 1), "the reason has 2001 characters; at most 2000"),
        ("a\0b", r"holds the character '\\x00'"),
        ("a\u202eb", "cannot be shown"),
    ],
)
def test_what_cannot_be_kept_is_refused(text, said):
    with pytest.raises(UsageError, match=said):
        written(text, "the reason")
