"""What the twelfth revision brings over: recordings named below the archive, and the time for letters that have not gone out."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, text

from pipeline.store.engine import open_engine
from pipeline.store.schema import check_current, configure, upgrade

from .samples import NOW, register, row

SHA256 = "ab" * 32
PLACE = f"sha256/{SHA256[:2]}/{SHA256[2:]}"


@pytest.fixture
def before(url: str) -> Iterator[Engine]:
    """A store of the revision before, with calls."""
    engine = open_engine(url, create=True)
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0011")
    register(engine, *(row(f"c{number}") for number in range(1, 5)))
    yield engine
    engine.dispose()


def test_recordings_are_named_below_the_archive(before: Engine, url: str) -> None:
    lay = ("/srv/callqa/archive/" + PLACE, "demo/archive/" + PLACE, PLACE, "/elsewhere/ab.wav")
    with before.begin() as connection:
        for number, path in enumerate(lay, 1):
            connection.execute(
                text(
                    "INSERT INTO recordings (id, call_pk, sha256, archive_path, archive_day, archive_number, archived_at, keep_until, committed) "
                    "VALUES (:number, :number, :sha256, :path, '2025-06-03', :number, '2025-06-03 01:00:00', '2025-09-03', true)"
                ),
                {"number": number, "path": path, "sha256": SHA256},
            )
    upgrade(url)
    check_current(before)
    with before.connect() as connection:
        lie = connection.scalars(text("SELECT archive_path FROM recordings ORDER BY id")).all()
    assert lie == [PLACE, PLACE, PLACE, "/elsewhere/ab.wav"]


def test_the_time_of_letters_that_are_still_to_go_out_begins_with_their_delivery(before: Engine, url: str) -> None:
    letters = (
        ("demands, sent", "2025-06-05", NOW),
        ("demands, not sent", "2025-06-05", None),
        ("demands nothing", None, NOW),
    )
    with before.begin() as connection:
        for key, due, sent_at in letters:
            connection.execute(
                text(
                    "INSERT INTO outbox (key, vendor, kind, day, title, body, subjects, created_at, attempts, sent_at, acknowledge_by) "
                    "VALUES (:key, '华声', 'feedback', '2025-06-02', 't', 'b', '[]', :now, 0, :sent_at, :due)"
                ),
                {"key": key, "due": due, "sent_at": sent_at, "now": NOW},
            )
    upgrade(url)
    with before.connect() as connection:
        found = connection.execute(text("SELECT acknowledge_days, acknowledge_by FROM outbox ORDER BY id")).all()
    assert [(days, None if due is None else str(due)) for days, due in found] == [
        (3, "2025-06-05"),
        (3, None),
        (None, None),
    ]
