import re

import pytest

from tests.known import facts


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("华声 mode sole 2026-01-01", "mode 'sole' must be one of general, exclusive, specialist"),
        ("华声 qualification general 2026-01-01", "a qualification has a last day"),
        ("华声 qualification general 2026-01-02..2026-01-01", "ends on 2026-01-01, before it begins on 2026-01-02"),
        ("华声 capital_yuan -1 2026-01-01 A of 2025-12-01", "'-1' must be a whole number, not negative"),
        ("华声 capital_yuan 五十万 2026-01-01 A of 2025-12-01", "must be a whole number"),
        ("华声 capital_yuan ٣ 2026-01-01 A of 2025-12-01", "must be a whole number"),
        ("华声 capital_yuan 500000 2026-01-01", "capital_yuan rests on a document"),
        ("华声 confidentiality 已签 2026-01-01", "confidentiality rests on a document"),
        ("华声 yearly_check passed 2026-11-01 A of 2026-11-01", "must be one of goes_on, ends_early"),
        ("华声 admitted loans 2026-01-01", "must be one of vip-care, telemarketing, win-back, survey"),
        ("华声 parent 华声 2026-01-01", "cannot be its own general agent"),
        ("华声 project telemarketing telemarketing 280 2026-01-01", "a project's fact, and no other, names a project"),
        ("华声/甲 mode general 2026-01-01", "a project's fact, and no other, names a project"),
        ("华声/甲 project telemarketing 280 2026-01-01", "must be type, script and seconds"),
        ("华声/甲 project loans telemarketing 280 2026-01-01", "must be type, script and seconds"),
        ("华声/甲 project survey survey 0 2026-01-01", "must be type, script and seconds"),
        ("华声/甲 project survey survey 86401 2026-01-01", "must be type, script and seconds"),
        ("华\u202e声 mode general 2026-01-01", "must be a text of 1 to 128 printable characters"),
        (f"{'华' * 129} mode general 2026-01-01", "must be a text of 1 to 128 printable characters"),
    ],
)
def test_what_makes_no_sense_is_no_fact(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        facts(line)


def test_a_longest_name_and_a_longest_script_are_facts() -> None:
    (fact,) = facts(f"{'华' * 128}/甲 project survey survey 86400 2026-01-01")
    assert len(fact.vendor) == 128
