import re
from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.policy.policy import load_policy

SHIPPED = Path(__file__).parents[2] / "lexicons" / "policy.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "policy.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_the_shipped_policy_is_whole() -> None:
    policy = load_policy(SHIPPED)
    assert policy.sampling.minimum_calls == 30
    assert policy.sampling.duration_bands_ms == (30_000, 120_000)
    assert policy.calendar.first_grade == 3
    assert policy.calendar.months_by_grade == (6, 3, 1)


def test_the_version_changes_with_any_byte(tmp_path: Path) -> None:
    same = tmp_path / "same.toml"
    same.write_bytes(SHIPPED.read_bytes())
    assert load_policy(same).version == load_policy(SHIPPED).version
    assert len(load_policy(SHIPPED).version) == 12
    assert load_policy(changed(tmp_path, "share_bp = 1000", "share_bp = 1000 ")).version != load_policy(SHIPPED).version


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minimum_calls = 30", "minimum_calls = 0", "[sampling] minimum_calls: 0 must lie between 1 and"),
        ("minimum_calls = 30", "minimum_calls = true", "[sampling] minimum_calls: True must be a whole number"),
        ("minimum_calls = 30", "minimum_call = 30", "[sampling] minimum_calls: is missing"),
        (
            "minimum_calls = 30",
            "minimum_calls = 30\nmaximum = 4",
            "[sampling] maximum: no such key; known: duration_bands_s",
        ),
        ("share_bp = 1000", "share_bp = 10001", "[sampling] share_bp: 10001 must lie between 0 and 10000"),
        ("[30, 120]", "[30, 30]", "[sampling] duration_bands_s: [30, 30] must be whole numbers"),
        ("[30, 120]", "[30, '120']", "[sampling] duration_bands_s"),
        ("[30, 120]", "30", "[sampling] duration_bands_s: 30 must be a list"),
        ("grade_1_months = 6", "grade_1_months = 5", "[calendar] grade_1_months: 5 must be one of 1, 2, 3, 4, 6, 12"),
        ("first_grade = 3", "first_grade = 4", "[calendar] first_grade: 4 must lie between 1 and 3"),
        ("keep_max_days = 180", "keep_max_days = 91", "[retention] keep_max_days: 91 must lie between 92 and"),
        ("[exit]", "[exits]", "[exits]: no such section"),
        ("subcontractors = true", "subcontractors = 1", "[warning] subcontractors: 1 must be true or false"),
        ("[sampling]", "", "no such section"),
        ("[sampling]", "[sampling", "not valid TOML"),
    ],
)
def test_a_wrong_policy_is_refused_with_file_key_and_reason(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(LexiconError) as refused:
        load_policy(file)
    assert str(refused.value).startswith(str(file))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_section_and_a_missing_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8").split("[registry]")[0], encoding="utf-8")
    with pytest.raises(LexiconError, match=r"\[registry\]: the section is missing"):
        load_policy(file)
    with pytest.raises(LexiconError, match="cannot be read: No such file"):
        load_policy(tmp_path / "absent.toml")


def test_a_version_of_before_stays_readable(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    before, rest = text.split("[review]")
    file = tmp_path / "policy.toml"
    after = rest.split("[warning]")[1].replace("subcontractors = true\n", "")
    file.write_text(f'{before}[warning]{after}\n[hours]\nfirst = "09:00"\n', encoding="utf-8")
    policy = load_policy(file)
    assert policy.review == load_policy(SHIPPED).review
    # Nothing was rolled up before the policy spoke of it.
    assert (policy.warning.subcontractors, policy.grade.subcontractors) == (False, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("second_bp = 500", "second_bp = 9501", "[review] second_bp: 9501 must lie between 0 and 9500"),
        ("desk_minutes = 30", "desk_minutes = 0", "[review] desk_minutes: 0 must lie between 1 and 1440"),
        ("desk_minutes = 30", "desk_minute = 30", "[review] desk_minutes: is missing"),
    ],
)
def test_shares_of_what_is_mixed_in_make_sense(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LexiconError, match=re.escape(said)):
        load_policy(changed(tmp_path, old, new))
