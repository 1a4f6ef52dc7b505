import pytest

from pipeline.text.terms import Likeness, needed, places, sought, terms


def words(query, text, *, by_sound):
    wanted = sought(query, by_sound=by_sound)
    return [(text[place.start : place.end], place.likeness) for place in places(wanted, text)]


def in_index(query, text, *, by_sound):
    """Whether the index would give the text: every needed term is one of its terms, or begins one."""
    has = set(terms(text))
    return all(
        any(one.startswith(term) for one in has) if begins else term in has
        for term, begins in needed(sought(query, by_sound=by_sound))
    )


@pytest.mark.parametrize(
    ("query", "by_sound", "found"),
    [
        ("验正码", False, [("验正码", Likeness.WORDS)]),
        ("验证码", False, []),
        ("验证码", True, [("验正码", Likeness.SAME_SOUND)]),
        ("眼怎么", True, []),
        ("宴增码", True, [("验正码", Likeness.SIMILAR_SOUND)]),
        ("码", False, [("码", Likeness.WORDS)]),
        ("吗", True, [("码", Likeness.SAME_SOUND)]),
        ("我", False, [("我", Likeness.WORDS)]),
        ("正 我", False, [("正", Likeness.WORDS), ("我", Likeness.WORDS)]),
        ("正 你", False, []),
        ("yanzhengma", True, [("验正码", Likeness.SAME_SOUND)]),
        ("yan4 zheng4 ma3", True, [("验正码", Likeness.SAME_SOUND)]),
        ("YanZhengMa gei wo", True, [("验正码给我", Likeness.SAME_SOUND)]),
        ("yanzhengma", False, []),
        ("把，验正码！", False, [("把验正码", Likeness.WORDS)]),
    ],
)
def test_what_is_found(query, by_sound, found):
    assert words(query, "把验正码给我", by_sound=by_sound) == found
    # The index may give what the text does not hold, never the other way round.
    assert in_index(query, "把验正码给我", by_sound=by_sound) or not found


def test_the_index_tells_apart_what_differs():
    assert not in_index("验证码", "把验正码给我", by_sound=False)
    assert not in_index("ya", "把验正码给我", by_sound=True), "ya is no beginning of yan"
    assert not in_index("证码", "验证和密码", by_sound=False)


def test_digits_are_found_however_they_are_written():
    assert words("10086", "请拨一零零八六", by_sound=False) == [("一零零八六", Likeness.WORDS)]


def test_every_place_is_found():
    assert len(words("码", "码和码", by_sound=False)) == 2


@pytest.mark.parametrize("query", ["", "   ", "，。！", "?!"])
def test_a_query_of_nothing_looks_for_nothing(query):
    assert sought(query, by_sound=False).wordings == ()
    assert needed(sought(query, by_sound=False)) == []


def test_syllables_are_read_the_longest_first_and_to_the_end():
    assert words("xianzai", "您现在", by_sound=True) == [("现在", Likeness.SAME_SOUND)]
    # No pinyin: letters stay what they are.
    assert sought("vip", by_sound=True).wordings == ("vip",)
