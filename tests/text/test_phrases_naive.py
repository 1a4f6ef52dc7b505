"""The phrase search against one that needs no cleverness, on random text: at the exact level they find the same."""

from itertools import groupby, product

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.records.finding import Match
from pipeline.text.notation import parse
from pipeline.text.phrases import Phrase, PhraseMatcher

# Few hanzi, some of the same sound (要 药, 有 又), so that random phrases are met in random text.
HANZI = "你有又病要药不"
SAID = {**{hanzi: hanzi for hanzi in HANZI}, "，": "", "　": "", "嗯": "", "呃": "", "1": "一", "一": "一", "幺": "一"}

phrases = st.lists(st.text(HANZI + "一", min_size=2, max_size=7), min_size=1, max_size=6, unique=True)
groups = st.lists(st.lists(st.text(HANZI, min_size=1, max_size=3), min_size=1, max_size=3), min_size=2, max_size=3)
texts = st.text("".join(SAID), max_size=40)


def once(text: str) -> str:
    """Repeated hanzi written once."""
    return "".join(char for char, _ in groupby(text))


def is_said(form: str, text: str) -> bool:
    """By definition: in the text without hesitation and signs, or in it without its stutters, unless that leaves three hanzi of more."""
    plain = "".join(SAID[char] for char in text)
    is_stuttered = once(plain) != plain
    return form in plain or (
        is_stuttered and once(form) in once(plain) and (form == once(form) or len(once(form)) >= 4)
    )


def exactly(matcher: PhraseMatcher, text: str) -> set[str]:
    return {hit.phrase.text for hit in matcher.find(text) if hit.match is Match.EXACT}


@given(phrases, texts)
@example(["有病"], "又病，有嗯病")
@example(["要要", "你要要不"], "你你要要要不")
@example(["不一一不一"], "不1不1")
def test_phrases_are_found_where_a_naive_search_finds_them(lines: list[str], text: str) -> None:
    matcher = PhraseMatcher([Phrase(line, parse(line, {})) for line in lines])
    assert exactly(matcher, text) == {line for line in lines if is_said(line, text)}


@given(phrases, texts)
def test_a_hit_covers_the_words_it_names(lines: list[str], text: str) -> None:
    for hit in PhraseMatcher([Phrase(line, parse(line, {})) for line in lines]).find(text):
        assert once(hit.heard) == once("".join(SAID[char] for char in text[hit.start : hit.end]))
        assert SAID[text[hit.start]] and SAID[text[hit.end - 1]]


@given(groups, texts)
def test_groups_are_found_where_one_of_their_wordings_is(choices: list[list[str]], text: str) -> None:
    line = "".join(f"({'|'.join(group)})" for group in choices)
    wordings = {"".join(words) for words in product(*choices)}
    found = exactly(PhraseMatcher([Phrase(line, parse(line, {}))]), text)
    assert bool(found) == any(is_said(wording, text) for wording in wordings)
