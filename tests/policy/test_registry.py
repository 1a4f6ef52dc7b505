"""[registry]: what is asked of vendors, each number with its bounds."""

from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.policy.policy import load_policy
from pipeline.records.project import BusinessType, Mode
from tests.policy.changes import SHIPPED, changed


def test_the_shipped_numbers_are_the_plan_s() -> None:
    registry = load_policy(SHIPPED).registry
    assert [registry.term_years[mode] for mode in Mode] == [3, 2, 1]
    assert [registry.experience_years[mode] for mode in Mode] == [3, 1, 2]
    assert (registry.capital_yuan, registry.seats, registry.agents, registry.area_m2) == (500_000, 10, 15, 50)
    assert (registry.recordings_months, registry.check_month, registry.tax_city) == (3, 11, "长沙")
    assert set(registry.script_s) == set(BusinessType)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("check_month = 11", "check_month = 13", "[registry] check_month: 13 must lie between 1 and 12"),
        ("seats = 10", "seats = -1", "[registry] seats: -1 must lie between 0 and 1000000"),
        ("seats = 10\n", "", "[registry] seats: is missing"),
        ("area_m2 = 50", "area_m2 = 50.5", "[registry] area_m2: 50.5 must be a whole number"),
        ('tax_city = "长沙"', 'tax_city = ""', "[registry] tax_city: '' must be a text"),
        ("specialist = 1\n", "specialist = 0\n", "[registry.term_years] specialist: 0 must lie between 1 and 100"),
        ("specialist = 1\n", "", "[registry.term_years] specialist: is missing"),
        ("specialist = 2\n", "specialist = 2\nsole = 1\n", "[registry.experience_years] sole: no such key"),
        ("vip-care = 120", "vip-care = 0", "[registry.script_s] vip-care: 0 must lie between 1 and 86400"),
    ],
)
def test_a_wrong_number_is_refused_with_key_and_reason(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LexiconError) as refused:
        changed(tmp_path, old, new)
    assert said in str(refused.value)
