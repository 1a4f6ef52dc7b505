"""A pack's conditions and word groups come back from a form as they were, and change in their own place alone."""

import difflib
from pathlib import Path

import pytest

from pipeline.checks.ruleset import parse_pack
from pipeline.errors import DataError
from pipeline.text.condition_editing import (
    FIELDS,
    NoNumber,
    fields_of,
    groups_of,
    names_of,
    other_lines,
    with_condition,
    with_group,
)
from pipeline.text.lexicon import table_of
from pipeline.text.pack_editing import LineMoved
from tests.dialogue import LEXICONS
from tests.text.test_lexicon_readme import EXAMPLES, HEAD

PACKS = {file.stem: file.read_text("utf-8") for file in sorted((LEXICONS / "phrases").glob("*.toml"))}
PACKS |= {f"example {at}": text if text.startswith("rule") else HEAD + text for at, text in enumerate(EXAMPLES)}
PRIVACY = PACKS["privacy"]
REPORTED = "客户报出验证码"


def lines(before: str, after: str) -> list[str]:
    return [one for one in difflib.ndiff(before.splitlines(), after.splitlines()) if one[0] in "+-"]


def pack(text: str):  # type: ignore[no-untyped-def]
    return parse_pack(table_of(Path("phrases/privacy.toml"), text), LEXICONS)


def changed(**answers: str) -> str:
    given = {**fields_of(PRIVACY, 0), **{name.replace("__", "."): value for name, value in answers.items()}}
    return with_condition(PRIVACY, 0, REPORTED, given, 9)


@pytest.mark.parametrize("name", PACKS)
def test_a_form_that_nobody_touched_changes_nothing(name: str) -> None:
    text = PACKS[name]
    for at, condition in enumerate(names_of(text)):
        fields = fields_of(text, at)
        assert with_condition(text, at, condition, fields, 99) == text
        sent = {key: value.replace("\n", "\r\n") for key, value in fields.items()}
        assert with_condition(text, at, condition, sent, 99) == text, "browsers send other ends of lines"
    for group, words in groups_of(text).items():
        assert with_group(text, group, words, 99) == text


def test_the_examples_use_every_field() -> None:
    used = {
        name
        for text in PACKS.values()
        for at in range(len(names_of(text)))
        for name, value in fields_of(text, at).items()
        if value and value != fields_of(text, None)[name]
    }
    own = {name for name in FIELDS if not name.startswith(("after.", "before."))}
    assert own - used == {"window.first_s", "window.last_turns"}, "the rest is in the property above"
    assert {"after.within_s", "after.role", "before.regex", "before.within_s"} <= used


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ({"severity": "fatal"}, 'severity = "fatal"'),
        ({"minimum": "2"}, "minimum = 2"),
        ({"role": "any"}, 'role = "any"'),
        ({"window__from_share": "50"}, "window = {from_share = 0.5}"),
        ({"window__first_turns": "3", "window__last_s": "7.5"}, "window = {first_turns = 3, last_s = 7.5}"),
        ({"all": "请您"}, 'all = ["请您"]'),
    ],
)
def test_one_field_changes_one_line(answers: dict[str, str], line: str) -> None:
    after = changed(**answers)
    pack(after)
    new = [one[2:] for one in lines(PRIVACY, after) if one[0] == "+"]
    assert new == ["version = 9", line]


def test_an_anchor_comes_changes_and_goes() -> None:
    after = changed(
        before__within_s="30", before__window__last_turns="5", after__role="customer", after__any="喂\r\n您好"
    )
    fields = fields_of(after, 0)
    assert (fields["before.within_s"], fields["before.window.last_turns"]) == ("30", "5")
    assert (fields["after.role"], fields["after.any"]) == ("customer", "喂\n您好")
    gone = {**fields, **{name: "" for name in FIELDS if name.startswith("before.") and not name.endswith("role")}}
    condition = pack(with_condition(after, 0, REPORTED, {**gone, "after.any": "您好吗"}, 9)).conditions[0]
    assert condition.before is None and condition.after.wanted.any[0].text == "您好吗"


def test_a_condition_is_added_and_removed() -> None:
    given = {
        **fields_of(PRIVACY, None),
        "name": "催促",
        "any": "快（点）？吧\n赶紧来",
        "minimum": "2",
        "regex": "点{1,2}",
    }
    for text in (PRIVACY, PACKS["coldness"]):
        after = with_condition(text, None, "", given, 9)
        made = pack(after.replace("phrase.coldness", "phrase.privacy")).conditions[-1]
        assert (made.name, made.wanted.minimum, made.wanted.any[0].text) == ("催促", 2, "快(点)?吧")
        assert not [one for one in lines(text, after) if one[0] == "-" and not one.startswith("- version")]
        assert names_of(with_condition(after, len(names_of(text)), "催促", None, 10)) == names_of(text)


def test_a_line_with_more_to_it_than_its_text_stays() -> None:
    text = PRIVACY.replace('any = ["验证码", ', 'any = [{ text = "念一下", weak = true }, "验证码", ')
    assert other_lines(text, 0)["any"] == ("念一下",)
    after = with_condition(text, 0, REPORTED, {**fields_of(text, 0), "any": ""}, 9)
    assert [phrase.text for phrase in pack(after).conditions[0].wanted.any] == ["念一下"]


def test_a_group_gets_loses_and_is_new() -> None:
    words = groups_of(PRIVACY)["给"]
    after = with_group(PRIVACY, "给", (*words[1:], "新说法"), 9)
    assert groups_of(after)["给"] == (*words[1:], "新说法")
    assert len(lines(PRIVACY, after)) == 4 + len([one for one in lines(PRIVACY, after) if one[0] == "?"])
    new = with_group(PACKS["coldness"], "新组", ("一个", "两个"), 9)
    assert groups_of(new)["新组"] == ("一个", "两个")
    assert "新组" not in groups_of(with_group(new, "新组", None, 10))


@pytest.mark.parametrize("name", ["minimum", "window.first_s", "before.within_s", "after.window.to_share"])
@pytest.mark.parametrize("given", ["viele", "NaN", "1e99999999999"])
def test_what_is_no_number_is_named(name: str, given: str) -> None:
    with pytest.raises(NoNumber) as refused:
        changed(**{name.replace(".", "__"): given})
    assert refused.value.name == name and isinstance(refused.value, DataError)


def test_somebody_elses_change_is_seen() -> None:
    for at, was in ((0, "另一个"), (7, REPORTED)):
        with pytest.raises(LineMoved):
            with_condition(PRIVACY, at, was, None, 9)
