import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from pipeline.store.refusals import explain


def refused(text: str) -> str:
    return explain("callqa.db", OperationalError("INSERT …", {}, sqlite3.OperationalError(text)))


@pytest.mark.parametrize("text", ["disk I/O error", "database or disk is full"])
def test_a_disk_that_gives_no_more_is_named(text: str) -> None:
    assert refused(text).startswith("callqa.db: the disk is full or failing: ")


def test_an_old_database_is_brought_up_by_a_command_that_there_is() -> None:
    assert refused("no such column: calls.late").endswith("run `callqa init`")


def test_what_is_not_known_keeps_the_driver_s_own_words() -> None:
    assert refused("near SELEC: syntax error").endswith("near SELEC: syntax error")
