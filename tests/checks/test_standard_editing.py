"""Every limit of the standard has a meaning, comes back from a form as it was, and changes in its own line alone."""

import difflib
from dataclasses import fields

import pytest

from pipeline.checks.check import Standard
from pipeline.checks.ruleset import parse_standard
from pipeline.checks.standard_editing import Why, changes, faults, refuse_faults, rewritten, shown
from pipeline.checks.standard_meanings import MEANINGS, ORDER, SECTIONS
from pipeline.errors import LexiconError
from pipeline.text.lexicon import table_of
from tests.dialogue import LEXICONS

FILE = LEXICONS / "standard.toml"
SHIPPED = FILE.read_text("utf-8")


def test_every_limit_has_a_meaning_and_every_meaning_a_limit() -> None:
    hours = {f"hours.{key}" for key in ("from", "to", "timezone")}
    assert set(MEANINGS) == {field.name for field in fields(Standard)} | hours
    assert {one.section for one in MEANINGS.values()} == set(SECTIONS)


@pytest.mark.parametrize(
    "text",
    [SHIPPED, SHIPPED.replace("0.002", "0.00123456"), SHIPPED.replace("350", "350.0"), SHIPPED.replace("\n", "\r\n")],
)
def test_a_form_that_nobody_touched_changes_nothing(text: str) -> None:
    assert faults(shown(text)) == ()
    assert rewritten(text, shown(text)) == text
    assert changes(text, text, 0) == ()


@pytest.mark.parametrize(
    ("name", "given", "line", "told"),
    [
        ("longest_silence_ms", "6.5", "longest_silence_ms = 6500", ("8 秒", "6.5 秒")),
        ("clipped_share", "0.35", "clipped_share = 0.0035", ("0.2 %", "0.35 %")),
        ("level_low_dbfs", "-30.5", "level_low_dbfs = -30.5", ("-34 dBFS", "-30.5 dBFS")),
        ("speaker_confidence", "100", "speaker_confidence = 1", ("70 %", "100 %")),
        ("hours.to", "20:30", 'to = "20:30"', ("21:00", "20:30")),
    ],
)
def test_one_value_changes_one_line(name: str, given: str, line: str, told: tuple[str, str]) -> None:
    answers = {**shown(SHIPPED), name: given}
    assert faults(answers) == ()
    after = rewritten(SHIPPED, answers)
    lines = [one for one in difflib.ndiff(SHIPPED.splitlines(), after.splitlines()) if one[0] in "+-"]
    assert [one for one in lines if one[0] == "+"] == [f"+ {line}"] and len(lines) == 2
    (change,) = changes(SHIPPED, after, 0)
    assert (change.path, change.removed + change.added) == ((MEANINGS[name].chinese,), told)
    parse_standard(table_of(FILE, after))


@pytest.mark.parametrize("name", [name for name, one in MEANINGS.items() if one.least is not None])
def test_bounds_are_allowed_and_what_lies_beyond_is_not(name: str) -> None:
    meaning = MEANINGS[name]
    for bound, step in ((meaning.least, -1), (meaning.most, 1)):
        assert bound is not None
        assert not [one for one in faults({**shown(SHIPPED), name: str(bound)}) if one.why is not Why.ORDER]
        (beyond,) = (one for one in faults({**shown(SHIPPED), name: str(bound + step)}) if one.why is not Why.ORDER)
        assert (beyond.name, beyond.why) == (name, Why.BOUNDS)


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("rate_max_cpm", "schnell", Why.NUMBER),
        ("rate_max_cpm", "", Why.NUMBER),
        ("rate_max_cpm", "NaN", Why.NUMBER),
        ("interruption_count", "2.5", Why.FINE),
        ("slow_response_ms", "3.00005", Why.FINE),
        ("hours.from", "25:00", Why.CLOCK),
        ("hours.from", "8", Why.CLOCK),
        ("hours.timezone", "Mars/Olympus", Why.ZONE),
        ("hours.timezone", "../../etc/passwd", Why.ZONE),
    ],
)
def test_what_is_no_value_is_named(name: str, given: str, why: Why) -> None:
    (fault,) = faults({**shown(SHIPPED), name: given})
    assert (fault.name, fault.why, fault.given) == (name, why, given)


@pytest.mark.parametrize(
    ("given", "is_wrong"),
    [
        ({"rate_min_cpm": "200", "rate_max_cpm": "200"}, True),
        ({"slow_response_ms": "8", "longest_silence_ms": "8"}, True),
        ({"slow_response_ms": "7.999", "longest_silence_ms": "8"}, False),
        ({"interruption_ms": "2", "interruption_long_ms": "2"}, False),
        ({"interruption_ms": "2.1", "interruption_long_ms": "2"}, True),
        ({"level_low_dbfs": "-25", "level_high_dbfs": "-26"}, True),
        ({"hours.from": "21:00", "hours.to": "21:00"}, True),
        ({"hours.from": "20:59", "hours.to": "21:00"}, False),
    ],
)
def test_a_pair_keeps_its_order(given: dict[str, str], is_wrong: bool) -> None:
    low, high = given
    found = [(one.name, one.why, one.other) for one in faults({**shown(SHIPPED), **given})]
    assert found == ([(low, Why.ORDER, high)] if is_wrong else [])
    assert (low, high) in {pair[:2] for pair in ORDER}


def test_the_reader_of_a_proposal_refuses_what_the_form_refuses() -> None:
    refuse_faults(table_of(FILE, SHIPPED))
    with pytest.raises(LexiconError, match="rate_max_cpm: '900': must lie between 150 and 800"):
        refuse_faults(table_of(FILE, SHIPPED.replace("350", "900")))
