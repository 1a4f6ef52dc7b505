"""A policy that names a rule wrongly would never count: it is refused before anybody proposes it."""

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.services.policy_file import read_policy
from tests.policy.changes import SHIPPED


def test_the_shipped_policy_names_only_rules_that_there_are() -> None:
    content, policy = read_policy(SHIPPED)
    assert content == SHIPPED.read_bytes()
    assert len(policy.version) == 12


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('breaches = ["phrase.abuse"', 'breaches = ["phrase.abus"', "[warning] breaches: 'phrase.abus' is no rule"),
        ('by_machine = ["call.out_of_hours"', 'by_machine = ["call.hours"', "[posting] by_machine: 'call.hours' is no"),
        (
            '"script.missing.thanks" = 2',
            '"script.missing.thank" = 2',
            "[score.rule]: 'script.missing.thank' is no rule",
        ),
        ('"phrase.*"', '"phrases.*"', "[score] item: 'phrases.*' is no rule"),
        (', "script.jargon"', "", "[score] item: no item for script.jargon"),
    ],
)
def test_a_rule_that_is_none_and_one_that_no_item_has_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "policy.toml"
    # Of the quoted category the comment above the sheet speaks too.
    before, _, after = SHIPPED.read_text(encoding="utf-8").rpartition(old)
    file.write_text(before + new + after, encoding="utf-8")
    with pytest.raises(LexiconError) as refused:
        read_policy(file)
    assert str(refused.value).startswith(f"{file}: {said}")


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read: No such file"):
        read_policy(tmp_path / "absent.toml")
