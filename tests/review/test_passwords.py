import time

import pytest

from pipeline.errors import UsageError
from pipeline.review.passwords import hash_password, matches


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("geheim-1234")
    assert stored.startswith("$argon2id$")
    assert "geheim" not in stored
    assert matches(stored, "geheim-1234")
    assert not matches(stored, "geheim-1235")
    assert hash_password("geheim-1234") != stored


def test_one_character_written_in_two_ways_is_one() -> None:
    assert matches(hash_password("ｐassword密码"), "password密码")


def test_what_is_no_hash_matches_nothing() -> None:
    assert not matches("plain text", "plain text")
    assert not matches(None, "nobody's password")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257])
def test_too_short_and_too_long_ones_are_refused(password: str) -> None:
    with pytest.raises(UsageError, match=f"{len(password)} characters; choose one of 8 to 256"):
        hash_password(password)


def test_the_shortest_and_the_longest_are_taken() -> None:
    assert all(matches(hash_password(password), password) for password in ("12345678", "x" * 256))


def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    stored = hash_password("geheim-1234")
    assert not matches(None, "warm up")

    def fastest_s(hashed: str | None) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            matches(hashed, "wrong password")
            times.append(time.perf_counter() - started)
        return min(times)

    # Without the hash that stands for nobody, the ratio is in the thousands.
    assert fastest_s(stored) < 5 * fastest_s(None)
