from pathlib import Path

import pytest

from flows.commands.setup import examine
from pipeline.errors import UsageError
from pipeline.settings import FILE, SHIPPED_LEXICONS, load

WRONG = [
    ("batch_calls", 0),
    ("beam_size", 0),
    ("threads", -1),
    ("keep_free_mb", -1),
    ("timezone", "Asia/Peking"),
    ("timezone", ""),
    ("timezone", "../etc"),
    ("nightly_at", "24:00"),
    ("nightly_at", "1:5"),
    ("nightly_at", "noon"),
    ("proxy", "somewhere"),
    ("proxy", "127.0.0.1:80"),
]
RIGHT = [
    ("batch_calls", 1),
    ("beam_size", 1),
    ("threads", 0),
    ("keep_free_mb", 0),
    ("timezone", "UTC"),
    ("nightly_at", "23:59"),
    ("nightly_at", "00:00"),
    ("proxy", ""),
    ("proxy", "127.0.0.1"),
    ("proxy", "::1"),
]


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_a_value_out_of_its_range_is_refused_with_file_and_key(tmp_path: Path, key: str, value: str | int) -> None:
    (tmp_path / FILE).write_text(f"{key} = {value!r}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"{FILE}: {key} = .* must be a") as refused:
        load(tmp_path, {})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("key", "value"), RIGHT)
def test_a_value_on_the_edge_of_its_range_is_taken(tmp_path: Path, key: str, value: str | int) -> None:
    (tmp_path / FILE).write_text(f"{key} = {value!r}\n", encoding="utf-8")
    assert getattr(load(tmp_path, {}), key) == value


def test_the_environment_is_held_to_the_same_ranges(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CALLQA_BATCH_CALLS=0 must be"):
        load(tmp_path, {"CALLQA_BATCH_CALLS": "0"})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: there is no such folder"):
        load(tmp_path / "nowhere", {})


def test_the_doctor_shows_wrong_settings_as_a_row(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("batch_calls = 0\n", encoding="utf-8")
    ((part, fine, says),) = examine(tmp_path)
    assert (part, fine) == ("settings", False)
    assert "batch_calls = 0" in says


def test_a_folders_own_lexicons_go_before_the_shipped_ones_but_not_before_what_is_set(tmp_path: Path) -> None:
    assert load(tmp_path, {}).lexicons_path == SHIPPED_LEXICONS
    settings = load(tmp_path, {})
    (tmp_path / "lexicons").mkdir()
    assert settings.lexicons_path == tmp_path / "lexicons", "also while it runs"
    assert load(tmp_path, {"CALLQA_LEXICONS": "elsewhere"}).lexicons_path == tmp_path / "elsewhere"
