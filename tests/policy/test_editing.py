"""Every value of the policy has a meaning, comes back from a form as it was, and changes in its own place alone."""

import difflib
from collections.abc import Iterator

import pytest

from pipeline.errors import LexiconError
from pipeline.policy.editing import Unreadable, changes, completed, meaning_of, rewritten, sections
from pipeline.policy.meanings import MEANINGS, SECTIONS, TABLES, Unit
from pipeline.policy.policy import parse_policy
from pipeline.services.policy_file import check_policy
from pipeline.settings import CHECKOUT

FILE = CHECKOUT / "lexicons" / "policy.toml"
SHIPPED = FILE.read_text("utf-8")
_MANY = (Unit.RULES, Unit.SEVERITIES, Unit.ROLES)


def names() -> Iterator[str]:
    for section in sections(SHIPPED):
        yield from (field.name for field in section.fields)
        for table in section.tables:
            yield from (name for name, _ in table.columns) if table.name != "score.rule" else (table.name,)


def answers(text: str = SHIPPED) -> dict[str, list[str]]:
    """The form as it is sent when nothing was typed."""
    found = {}
    for section in sections(text):
        for field in section.fields:
            found[field.name] = list(field.values) if field.meaning.unit in _MANY else ["\n".join(field.values)]
        for table in section.tables:
            for place, (name, _) in enumerate(table.columns):
                found[name] = ["\n".join(row[place].values) for row in table.rows] + ["", ""]
    return found


def lines(after: str) -> list[str]:
    return [line for line in difflib.ndiff(SHIPPED.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_every_value_has_a_meaning_and_every_meaning_a_value() -> None:
    assert sorted(names()) == sorted(MEANINGS)
    assert {section.name for section in sections(SHIPPED)} == set(SECTIONS)
    assert {table.name for section in sections(SHIPPED) for table in section.tables} == set(TABLES)


def test_a_form_that_nobody_touched_changes_nothing() -> None:
    assert rewritten(SHIPPED, answers()) == SHIPPED
    assert changes(SHIPPED, SHIPPED) == ()


@pytest.mark.parametrize(
    ("name", "given", "line"),
    [
        ("sampling.minimum_calls", ["25"], "minimum_calls = 25"),
        ("sampling.share_bp", ["12.5"], "share_bp = 1250"),
        ("sampling.share_bp", [" 12.50 % "], "share_bp = 1250"),
        ("sampling.duration_bands_s", ["30，60、120"], "duration_bands_s = [30, 60, 120]"),
        ("registry.capital_yuan", ["1,000,000"], "capital_yuan = 1000000"),
        ("registry.script_s.vip-care", ["90"], "vip-care = 90"),
        ("incentive.fen_per_point", ["99.5"], "fen_per_point = 9950"),
        ("warning.subcontractors", ["no"], "subcontractors = false"),
        ("grade.faults", ["fatal"], 'faults = ["fatal"]'),
        ("exit.handover", ["录音及清单\r\n\r\n钥匙"], 'handover = ["录音及清单", "钥匙"]'),
        ("settlement.tax_basis", ["不含税"], 'tax_basis = "不含税"'),
        ("posting.by_machine", [], "by_machine = []"),
    ],
)
def test_one_value_changes_one_line(name: str, given: list[str], line: str) -> None:
    after = rewritten(SHIPPED, {name: given})
    assert [text for text in lines(after) if text[0] == "+"] == [f"+ {line}"]
    (change,) = changes(SHIPPED, after)
    assert change.name == name
    parse_policy(after.encode(), "p")


def test_rows_come_go_and_change() -> None:
    form = answers()
    form["settlement.price[].fen"][0] = "2.50"
    form["settlement.price[].type"][-2:] = ["survey", ""]
    form["settlement.price[].up_to_s"][-2:] = ["1200", ""]
    form["settlement.price[].fen"][-2:] = ["8", ""]
    for name in ("incentive.band[].from_score", "incentive.band[].points"):
        form[name][1] = ""
    form["score.rule[].rule"][0], form["score.rule[].points"][0] = "", ""
    policy = parse_policy(rewritten(SHIPPED, form).encode(), "p")
    assert (policy.settlement.prices[0].unit_price_fen, policy.settlement.prices[-1].unit_price_fen) == (250, 800)
    assert [band.from_score for band in policy.incentive.bands] == [95, 80, 0]
    assert "script.missing.content" not in policy.score.by_rule


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("sampling.minimum_calls", "viele"),
        ("sampling.minimum_calls", "1.5"),
        ("sampling.minimum_calls", ""),
        ("sampling.share_bp", "12.345"),
        ("sampling.share_bp", "NaN"),
        ("sampling.share_bp", "Infinity"),
        ("settlement.price[].fen", "1,5o"),
    ],
)
def test_what_is_no_number_is_named(name: str, given: str) -> None:
    form = answers()
    form[name][0] = given
    with pytest.raises(Unreadable) as refused:
        rewritten(SHIPPED, form)
    assert refused.value.name == name


def test_what_does_not_add_up_is_refused_by_the_readers() -> None:
    with pytest.raises(LexiconError, match="items' points make 101"):
        check_policy(
            rewritten(
                SHIPPED, {**answers(), "score.item[].points": ["16", "15", "10", "10", "30", "15", "5"]}
            ).encode(),
            "p",
        )


def test_an_earlier_version_gets_what_has_come_since() -> None:
    old = SHIPPED.replace("[review]", "[hours]").replace("acknowledge_days = 2\n", "")
    again = completed(old, SHIPPED)
    assert "[hours]" not in again
    policy = parse_policy(again.encode(), "p")
    assert (policy.feedback.acknowledge_days, policy.review.desk_minutes) == (2, 30)
    assert completed(SHIPPED, SHIPPED) == SHIPPED


def test_a_readers_place_leads_to_its_meaning() -> None:
    assert meaning_of("settlement.band 2.from_score") is MEANINGS["settlement.band[].from_score"]
    assert meaning_of("nothing.of_the_kind") is None
