"""What rules are called where people read of them."""

import pytest

from pipeline.checks.catalogue import rules_named


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03 华声 win-back经复核确认phrase.abuse，1通", "2026-03 华声 win-back经复核确认谩骂，1通"),
        ("经复核确认phrase.abuse、script.missing.thanks，2通", "经复核确认谩骂、缺少：致谢，2通"),
        ("phrase.unheard_of 得分78.80分 a.b", "phrase.unheard_of 得分78.80分 a.b"),
    ],
)
def test_rules_in_a_text_are_called_by_their_names(written, read):
    assert rules_named(written) == read
