"""Pulling recordings into the archive."""

import hashlib
import os
import shutil
import stat
import threading
import time
from datetime import date
from pathlib import Path

import fsspec
import pytest

from pipeline.errors import AudioError, StorageError
from pipeline.recordings import archive as archive_module
from pipeline.recordings.archive import Archive, archive_number

DAY = date(2026, 1, 5)
DATA = bytes(range(256)) * 12_000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    (folder / "d").mkdir(parents=True)
    (folder / "d" / "a.wav").write_bytes(DATA)
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", keep_free_mb=0)


def left_over(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "archive").rglob("*") if path.is_file() and not path.is_symlink()]


def fails(archive: Archive, drop: str, file: str, sha256: str | None = None) -> str:
    with pytest.raises(AudioError) as raised:
        archive.pull(drop, file, sha256, DAY)
    assert str(raised.value).startswith(f"{drop}/{file}: ")
    return raised.value.reason


def test_a_recording_lies_under_its_hash_and_its_day(archive: Archive, drop: Path, tmp_path: Path) -> None:
    archived = archive.pull(str(drop), "d/a.wav", SHA.upper(), DAY)
    assert archived.path == tmp_path / "archive" / "sha256" / SHA[:2] / SHA[2:] == archive.path(SHA)
    assert archived.path.read_bytes() == DATA
    assert (archived.sha256, archived.size_bytes, archived.committed) == (SHA, len(DATA), True)
    assert stat.S_IMODE(archived.path.stat().st_mode) == 0o440
    listed = tmp_path / "archive" / "by-day" / "2026-01-05" / SHA
    assert listed.resolve() == archived.path.resolve()
    assert left_over(tmp_path) == [archived.path]


def test_again_changes_nothing(archive: Archive, drop: Path) -> None:
    first = archive.pull(str(drop), "d/a.wav", SHA, DAY)
    before = first.path.stat()
    assert archive.pull(str(drop), "d/a.wav", SHA, DAY) == first
    assert archive.pull(f"file://{drop}", "d/a.wav", SHA, date(2026, 1, 6)) == first
    after = first.path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_without_a_commitment_it_is_taken_and_told(archive: Archive, drop: Path) -> None:
    assert archive.pull(str(drop), "d/a.wav", None, DAY).committed is False


def test_another_hash_than_the_committed_is_refused_and_nothing_stays(
    archive: Archive, drop: Path, tmp_path: Path
) -> None:
    assert fails(archive, str(drop), "d/a.wav", "0" * 64) == "sha256_mismatch"
    assert left_over(tmp_path) == []


def test_what_is_not_there(archive: Archive, drop: Path) -> None:
    assert fails(archive, str(drop), "d/b.wav") == "not_found"
    assert fails(archive, str(drop), "d/a.wav/x") == "not_found"
    assert fails(archive, str(drop), "x" * 300) == "not_found"
    with pytest.raises(StorageError, match="is it mounted"):
        archive.pull(str(drop / "unmounted"), "d/a.wav", SHA, DAY)


def test_what_is_no_file(archive: Archive, drop: Path) -> None:
    (drop / "empty.wav").touch()
    os.mkfifo(drop / "pipe.wav")
    assert fails(archive, str(drop), "d") == "not_a_file"
    assert fails(archive, str(drop), "pipe.wav") == "not_a_file"
    assert fails(archive, str(drop), "empty.wav") == "empty"


def test_no_link_and_no_path_leads_out_of_the_drop(archive: Archive, drop: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.wav").write_bytes(DATA)
    (drop / "link.wav").symlink_to(tmp_path / "secret" / "a.wav")
    (drop / "folder").symlink_to(tmp_path / "secret")
    assert fails(archive, str(drop), "link.wav") == "not_a_file"
    assert fails(archive, str(drop), "folder/a.wav") == "not_a_file"
    assert fails(archive, str(drop), "../secret/a.wav") == "not_found"
    assert fails(archive, str(drop), "d/../../secret/a.wav") == "not_found"
    assert fails(archive, str(drop), str(tmp_path / "secret" / "a.wav")) == "not_found"
    assert left_over(tmp_path) == []


def test_a_drop_that_is_itself_a_link_is_the_operator_s_choice(archive: Archive, drop: Path, tmp_path: Path) -> None:
    (tmp_path / "today").symlink_to(drop)
    assert archive.pull(str(tmp_path / "today"), "d/a.wav", SHA, DAY).sha256 == SHA


def test_a_file_beyond_the_limit_is_refused(
    archive: Archive, drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MAX_FILE_BYTES", len(DATA))
    archive.pull(str(drop), "d/a.wav", SHA, DAY)
    (drop / "b.wav").write_bytes(DATA + b"x")
    assert fails(archive, str(drop), "b.wav") == "too_large"
    assert len(left_over(tmp_path)) == 1
    os.truncate(drop / "b.wav", 2 << 30)
    assert fails(archive, str(drop), "b.wav") == "too_large"


def test_a_full_disk_is_our_trouble_and_nothing_half_written_stays(drop: Path, tmp_path: Path) -> None:
    free_mb = shutil.disk_usage(tmp_path).free >> 20
    greedy = Archive(tmp_path / "archive", keep_free_mb=free_mb + 1_000_000)
    with pytest.raises(StorageError, match=r"archive: \d+ MiB free, \d+ MiB must stay free; make room") as raised:
        greedy.pull(str(drop), "d/a.wav", SHA, DAY)
    assert "\n" not in str(raised.value)
    assert left_over(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_while_writing(
    archive: Archive, drop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(suffix: str, dir: Path) -> tuple[int, str]:  # noqa: A002 - as tempfile.mkstemp names it
        link = dir / f"full{suffix}"
        link.symlink_to("/dev/full")
        return os.open("/dev/null", os.O_RDONLY), str(link)

    monkeypatch.setattr(archive_module.tempfile, "mkstemp", full)
    with pytest.raises(StorageError, match="the disk is full"):
        archive.pull(str(drop), "d/a.wav", SHA, DAY)
    assert left_over(tmp_path) == []
    assert list((tmp_path / "archive" / "incoming").iterdir()) == []


def test_a_root_that_is_no_folder_is_our_trouble(drop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        Archive(tmp_path / "file", 0).pull(str(drop), "d/a.wav", SHA, DAY)


def test_an_archived_copy_that_changed_is_told_never_overwritten(archive: Archive, drop: Path) -> None:
    path = archive.pull(str(drop), "d/a.wav", SHA, DAY).path
    path.chmod(0o600)
    path.write_bytes(DATA[:-1])
    with pytest.raises(StorageError, match="no longer what was archived"):
        archive.pull(str(drop), "d/a.wav", SHA, DAY)
    assert path.read_bytes() == DATA[:-1]


def test_what_a_dead_pull_left_is_swept_a_living_one_s_is_not(archive: Archive, drop: Path, tmp_path: Path) -> None:
    incoming = tmp_path / "archive" / "incoming"
    incoming.mkdir(parents=True)
    dead, living = incoming / "dead.part", incoming / "living.part"
    dead.write_bytes(b"half")
    living.write_bytes(b"half")
    long_ago = time.time() - 25 * 3600
    os.utime(dead, (long_ago, long_ago))
    archive.pull(str(drop), "d/a.wav", SHA, DAY)
    assert list(incoming.iterdir()) == [living]


def test_many_at_once_end_as_one(archive: Archive, drop: Path, tmp_path: Path) -> None:
    pulled: list[str] = []
    threads = [
        threading.Thread(target=lambda: pulled.append(archive.pull(str(drop), "d/a.wav", SHA, DAY).sha256))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pulled == [SHA] * 8
    assert left_over(tmp_path) == [archive.path(SHA)]


def test_a_remote_drop(archive: Archive, tmp_path: Path) -> None:
    with fsspec.open("memory://vendor/2026/d/录音 1.wav", "wb") as file:
        file.write(DATA)
    assert archive.pull("memory://vendor/2026", "d/录音 1.wav", SHA, DAY).path.read_bytes() == DATA
    assert archive.pull("memory://vendor/2026/", "d/录音 1.wav", None, DAY).size_bytes == len(DATA)
    assert fails(archive, "memory://vendor/2026", "d/b.wav") == "not_found"
    assert fails(archive, "memory://vendor/2026", "../2026/d/录音 1.wav") == "not_found"
    with pytest.raises(StorageError, match="there is no such drop"):
        archive.pull("memory://gone", "d/b.wav", SHA, DAY)
    with pytest.raises(StorageError, match="cannot be reached"):
        archive.pull("nonsense://vendor", "d/b.wav", SHA, DAY)


def test_a_remote_drop_that_breaks_off_is_worth_another_try(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fsspec.open("memory://flaky/a.wav", "wb") as file:
        file.write(DATA)
    system = fsspec.filesystem("memory")

    class Torn:
        sent = False

        def read(self, size: int) -> bytes:
            if self.sent:
                raise TimeoutError("the line is dead")
            self.sent = True
            return DATA[:size]

        def __enter__(self) -> "Torn":
            return self

        def __exit__(self, *_: object) -> None:
            return None

    with monkeypatch.context() as patch:
        patch.setattr(type(system), "open", lambda *_: Torn())
        with pytest.raises(StorageError, match="reading broke off: the line is dead"):
            archive.pull("memory://flaky", "a.wav", SHA, DAY)
        patch.setattr(type(system), "open", lambda *_: (_ for _ in ()).throw(PermissionError("no key")))
        with pytest.raises(StorageError, match=r"a\.wav cannot be read: no key"):
            archive.pull("memory://flaky", "a.wav", SHA, DAY)
    assert left_over(tmp_path) == []
    assert archive.pull("memory://flaky", "a.wav", SHA, DAY).sha256 == SHA


def test_numbers_are_the_day_and_a_serial() -> None:
    assert archive_number(DAY, 1) == "20260105-000001"
    assert archive_number(DAY, 999_999) == "20260105-999999"
    for serial in (0, 1_000_000):
        with pytest.raises(ValueError, match="1-999999"):
            archive_number(DAY, serial)
