import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.text.pack_editing import (
    Edit,
    Line,
    LineMoved,
    edited,
    lines_of,
    typed,
    typed_lines,
    version_of,
    with_grounds,
    with_version,
)
from tests.dialogue import LEXICONS

PACKS = sorted((LEXICONS / "phrases").glob("*.toml"))
PACK = """\
# 隐私
rule = "phrase.privacy"
version = 3
exceptions = ["不会…", "…的说明"]
phrases = [
  # 索要
  "把密码告诉我",  # 客户投诉过
  { text = "不知道", weak = true },
  "念一下<密>",
]

[words]
"密" = ["密码"]  # 验证码另写
"""


def test_a_line_is_added_below_the_others_and_nothing_else_moves():
    text = edited(PACK, Edit("phrases", None, "", Line("短信发给我")), 4)
    assert text == PACK.replace("version = 3", "version = 4").replace(
        '  "念一下<密>",\n', '  "念一下<密>",\n  "短信发给我",\n'
    )


def test_a_line_is_changed_where_it_stands_with_its_comment():
    text = edited(PACK, Edit("phrases", 0, "把密码告诉我", Line("把(密码|卡号)告诉我")), 3)
    assert text == PACK.replace('"把密码告诉我"', '"把(密码|卡号)告诉我"')


def test_a_removed_line_takes_nothing_else_with_it():
    text = edited(PACK, Edit("phrases", 1, "不知道", None), 3)
    assert text == PACK.replace('  { text = "不知道", weak = true },\n', "")
    assert "# 索要" in edited(PACK, Edit("phrases", 0, "把密码告诉我", None), 3)


def test_what_belongs_to_a_line_is_written_and_read_again():
    line = Line("给我看看", True, "minor", ("…的说明书", "不用…"))
    text = edited(PACK, Edit("phrases", 2, "念一下<密>", line), 4)
    assert lines_of(text)["phrases"][2] == line
    assert version_of(text) == 4


@pytest.mark.parametrize(
    "edit",
    [
        Edit("phrases", 0, "不知道", Line("别的")),
        Edit("phrases", 7, "把密码告诉我", None),
        Edit("only_after_refusal", None, "", Line("别的")),
    ],
)
def test_a_line_that_is_elsewhere_is_not_touched(edit):
    with pytest.raises(LineMoved):
        edited(PACK, edit, 4)


def test_the_same_line_twice_is_refused_but_may_stay_itself():
    with pytest.raises(DataError, match="there already"):
        edited(PACK, Edit("phrases", 0, "把密码告诉我", Line("不知道")), 4)
    assert edited(PACK, Edit("phrases", 0, "把密码告诉我", Line("把密码告诉我")), 3) == PACK


def test_what_holds_for_all_lines():
    text = with_grounds(PACK, "major", ["不会…", "您说的……"], 4)
    pack = tomllib.loads(text)
    assert (pack["severity"], pack["exceptions"], pack["version"]) == ("major", ["不会…", "您说的……"], 4)
    assert "# 客户投诉过" in text and "# 验证码另写" in text
    assert "severity" not in with_grounds(text, "", ["不会…"], 5)


def test_a_text_that_returns_has_the_next_version_and_the_one_that_counts_its_own():
    later = edited(PACK, Edit("phrases", 1, "不知道", None), 4)
    assert version_of(with_version(PACK, later)) == 5
    assert lines_of(with_version(PACK, later)) == lines_of(PACK)
    assert with_version(PACK.replace("version = 3", "version = 1"), PACK) == PACK


def test_brackets_dots_and_digits_are_taken_as_people_type_them():
    assert typed(" （你|您）...把１0０８６ ") == "(你|您)…把一零零八六"
    assert typed("您说的......") == "您说的……"
    assert typed_lines("不会…\n\n  不会...\n您说的……\r\n") == ("不会…", "您说的……")


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.stem)
@settings(max_examples=25)
@given(st.data())
def test_every_shipped_pack_survives_every_edit(file, data):
    """Whatever is changed, all other lines stay as they were, in their order."""
    text = file.read_text("utf-8")
    before = lines_of(text)
    key = data.draw(st.sampled_from(sorted(before)))
    at = data.draw(st.integers(-1, len(before[key]) - 1))
    line = data.draw(st.sampled_from([None, Line("全新的一句话"), Line("全新的一句话", True, "minor", ("…呢",))]))
    if at < 0 and line is None:
        return
    old = "" if at < 0 else before[key][at].text
    after = lines_of(edited(text, Edit(key, None if at < 0 else at, old, line), 9))
    wished = list(before[key])
    wished[at if at >= 0 else len(wished) : at + 1 if at >= 0 else len(wished)] = [] if line is None else [line]
    assert after == {**before, key: tuple(wished)}
