import difflib
from dataclasses import replace

import pytest

from pipeline.checks.script.editing import Answer, rewritten, wish_of
from tests.dialogue import LEXICONS

SCRIPTS = sorted((LEXICONS / "scripts").glob("*.toml"))
WIN_BACK = (LEXICONS / "scripts" / "win-back.toml").read_text("utf-8")
LATER = 99


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.stem)
def test_what_is_not_changed_is_the_same_to_the_byte(file):
    text = file.read_text("utf-8")
    version = int(next(line for line in text.splitlines() if line.startswith("version")).split()[-1])
    assert rewritten(text, wish_of(text), version) == text


def test_requirements_limits_and_figures_change_in_their_own_lines():
    wish = wish_of(WIN_BACK)
    after = rewritten(
        WIN_BACK,
        replace(
            wish,
            required={**wish.required, "thanks": "", "opinion": "always", "identity": "success,callback"},
            limits={**wish.limits, "call_s": 420, "opening_s": None},
            key_figures={**wish.key_figures, "months": "always"},
        ),
        LATER,
    )
    again = wish_of(after)
    assert (again.required["thanks"], again.required["opinion"], again.required["identity"]) == (
        "",
        "always",
        "success,callback",
    )
    assert (again.limits["call_s"], again.limits["opening_s"], again.limits["answer_s"]) == (420, None, 6)
    assert again.key_figures["months"] == "always"
    assert (
        len(changed_lines(WIN_BACK, after)) == 2 * 4 + 2 + 1
    )  # version, call_s, opinion, identity; thanks, opening_s; months


def test_answers_come_go_and_change_by_their_places():
    wish = wish_of(WIN_BACK)
    first, second, third, *rest = wish.answers
    renamed = replace(first, asked=(*first.asked[1:], "要赔多少"))
    new = Answer("发票", ("有没有发票",), ("电子发票",))
    after = rewritten(WIN_BACK, replace(wish, answers=(renamed, None, third, *rest, new)), 4)
    assert wish_of(after).answers == (renamed, third, *rest, new)
    gone = [line for line in changed_lines(WIN_BACK, after) if second.asked[0] in line]
    assert [line[0] for line in gone] == ["-"]


def test_a_script_without_tables_gets_them():
    text = 'project = "p"\nname = "n"\nversion = 1\n[elements]\ngreeting = { required = "always" }\n'
    wish = wish_of(text)
    after = rewritten(
        text,
        replace(
            wish,
            required={**wish.required, "thanks": "policy"},
            cues={**wish.cues, "thanks": ("谢谢您",)},
            jargon=("携入",),
            limits={**wish.limits, "call_s": 60},
            answers=(Answer("违约金", ("有没有违约金",), ("没有",)),),
        ),
        2,
    )
    again = wish_of(after)
    assert (again.required["thanks"], again.cues["thanks"], again.jargon) == ("policy", ("谢谢您",), ("携入",))
    assert (again.limits["call_s"], again.answers) == (60, (Answer("违约金", ("有没有违约金",), ("没有",)),))


def test_a_line_with_more_to_it_than_its_text_is_left_to_the_file():
    text = WIN_BACK.replace('"违约金",\n', '{ text = "违约金", weak = true },\n', 1)
    wish = wish_of(text)
    first = wish.answers[0]
    after = rewritten(text, replace(wish, answers=(replace(first, answer=("没有",)), *wish.answers[1:])), 4)
    assert '{ text = "违约金", weak = true }' in after
    assert wish_of(after).answers[0].answer == ("没有",)
