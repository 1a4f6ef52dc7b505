"""Passwords: kept as argon2id hashes, compared in the same time whether or not there is such a name.

Somebody who confirms a fault moves money by it, so his name must be proven. What is stored proves a password and does not tell it.
"""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from pipeline.errors import UsageError

SHORTEST, LONGEST = 8, 256
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash that is stored. Raises UsageError where the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"the password has {len(password)} characters; choose one of {SHORTEST} to {LONGEST}")
    return _hasher.hash(_same(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password of a stored hash. None stands for a name that is not there: never, but just as slowly."""
    try:
        return _hasher.verify(stored or _nobodys(), _same(password)) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def _same(password: str) -> str:
    """Input methods write one character in several ways."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody's password")
