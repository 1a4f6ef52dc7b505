"""The archive of recordings: each file once, under its own hash, never overwritten (P-71).

    root/sha256/ab/cdef…                          the recording
    root/by-day/2026-01-05/abcdef… → …            what was pulled for that day
    root/incoming/*.part                          on its way in; a pull that dies leaves at most one of these

Others note a recording's place below the root, so that the archive can move. The number `20260105-000017` under which people ask for it is given
out by the database; `archive_number` spells it.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from fsspec.spec import AbstractFileSystem

from pipeline.errors import AudioError, StorageError
from pipeline.recordings.limits import MAX_FILE_BYTES
from pipeline.recordings.location import local_path, remote, trouble
from pipeline.recordings.source import opened_beneath, parts_beneath

_PIECE_BYTES = 1 << 20
_READ_ONLY = 0o440
_STALE_S = 24 * 60 * 60
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Archived:
    """A recording in the archive; `committed` = the vendor had given its sha256 before."""

    path: Path
    sha256: str
    size_bytes: int
    committed: bool


def place(sha256: str) -> str:
    """Where in any archive the recording of that hash lies, as it is written down: `sha256/ab/cdef…`."""
    return f"sha256/{sha256[:2]}/{sha256[2:]}"


def archive_number(day: date, serial: int) -> str:
    """The number of the day's recording `serial`, counted from 1."""
    if not 1 <= serial <= 999_999:
        raise ValueError(f"a serial is 1-999999, got {serial}")
    return f"{day:%Y%m%d}-{serial:06d}"


class Archive:
    """A content-addressed store of recordings below `root` that leaves `keep_free_mb` MiB of the disk alone."""

    def __init__(self, root: Path, keep_free_mb: int) -> None:
        self._root = root
        self._keep_free_bytes = keep_free_mb << 20

    def path(self, sha256: str) -> Path:
        """Where the recording of that hash lies, or would lie."""
        return self._root / place(sha256)

    def pull(self, drop: str, file: str, sha256: str | None, day: date) -> Archived:
        """Copy `file` of a drop (folder or URI) into the archive and check it against the committed `sha256`.

        Again and twice at once: the same end state. Raises AudioError not_found, sha256_mismatch, not_a_file, empty or too_large;
        StorageError, worth a retry, where drop or disk fail.
        """
        try:
            with _pieces(drop, file) as pieces, self._incoming() as part:
                digest, size_bytes = self._copy(pieces, part)
                if sha256 is not None and digest != sha256.lower():
                    raise AudioError("sha256_mismatch", f"its sha256 is {digest}, committed was {sha256.lower()}")
                self._keep(part, digest)
            self._list(day, digest)
        except AudioError as error:
            raise AudioError(error.reason, f"{drop}/{file}: {error}") from error
        except OSError as error:
            why = (
                "the disk is full; make room"
                if error.errno in _FULL
                else f"cannot be written: {error.strerror or error}"
            )
            raise StorageError(f"{self._root}: {why}") from error
        return Archived(self.path(digest), digest, size_bytes, committed=sha256 is not None)

    def destroy(self, sha256: str, days: Iterable[date]) -> None:
        """Delete a recording and its entries of some days; again: nothing. Raises StorageError where it cannot be deleted."""
        try:
            for day in days:
                (self._root / "by-day" / day.isoformat() / sha256).unlink(missing_ok=True)
            self.path(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self.path(sha256)}: cannot be deleted: {error.strerror or error}") from error

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """A file of its own that is gone afterwards unless it was kept."""
        folder = self._root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        fd, name = tempfile.mkstemp(suffix=".part", dir=folder)
        os.close(fd)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _copy(self, pieces: Iterator[bytes], part: Path) -> tuple[str, int]:
        """Write the pieces; their hash and size."""
        digest, size_bytes = hashlib.sha256(), 0
        with part.open("wb") as target:
            for piece in pieces:
                size_bytes += len(piece)
                if size_bytes > MAX_FILE_BYTES:
                    raise AudioError("too_large", f"more than {MAX_FILE_BYTES} bytes")
                self._leave_room(len(piece))
                digest.update(piece)
                target.write(piece)
            target.flush()
            os.fchmod(target.fileno(), _READ_ONLY)
            os.fsync(target.fileno())
        if size_bytes == 0:
            raise AudioError("empty", "an empty file")
        return digest.hexdigest(), size_bytes

    def _leave_room(self, size_bytes: int) -> None:
        free_bytes = shutil.disk_usage(self._root).free
        if free_bytes - size_bytes < self._keep_free_bytes:
            raise StorageError(
                f"{self._root}: {free_bytes >> 20} MiB free, {self._keep_free_bytes >> 20} MiB must stay free; "
                "make room or lower keep_free_mb"
            )

    def _keep(self, part: Path, digest: str) -> None:
        """Move the part to its place; what is there already stays, if it is still what its name says."""
        target = self.path(digest)
        if target.exists():
            with target.open("rb") as kept:
                if hashlib.file_digest(kept, "sha256").hexdigest() != digest:
                    raise StorageError(f"{target}: no longer what was archived; restore it from a backup")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two pulls at once rename the same bytes to the same name.
        part.rename(target)
        _sync(target.parent)

    def _list(self, day: date, digest: str) -> None:
        folder = self._root / "by-day" / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            (folder / digest).symlink_to(Path("../..") / place(digest))


def _sweep(folder: Path) -> None:
    """Remove what pulls left that died."""
    for part in folder.glob("*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                part.unlink()


def _sync(folder: Path) -> None:
    """Make a rename outlive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _pieces(drop: str, file: str) -> Iterator[Iterator[bytes]]:
    """A drop's file piece by piece; trouble with the drop is a StorageError."""
    if (folder := local_path(drop)) is not None:
        with opened_beneath(folder, file) as (fd, _), open(fd, "rb", closefd=False) as source:
            yield _read(drop, source)
        return
    with _opened_remotely(drop, file) as source:
        yield _read(drop, source)


def _opened_remotely(drop: str, file: str) -> IO[bytes]:
    system, root = remote(drop)
    path = "/".join((root.rstrip("/"), *parts_beneath(file)))
    try:
        return system.open(path, "rb")  # type: ignore[no-any-return]
    except FileNotFoundError as error:
        if _is_there(system, root):
            raise AudioError("not_found", "there is no such file") from error
        raise StorageError(f"{drop}: there is no such drop") from error
    except Exception as error:  # each file system raises errors of its own library
        raise StorageError(f"{drop}: {file} cannot be read: {trouble(error)}") from error


def _is_there(system: AbstractFileSystem, root: str) -> bool:
    """Whether the drop itself can be seen; a bucket that is gone says nothing about its calls."""
    try:
        system.invalidate_cache()
        return bool(system.exists(root))
    except Exception:  # each file system raises errors of its own library
        return False


def _read(drop: str, source: IO[bytes]) -> Iterator[bytes]:
    while True:
        try:
            piece = source.read(_PIECE_BYTES)
        except Exception as error:  # each file system raises errors of its own library
            raise StorageError(f"{drop}: reading broke off: {trouble(error)}") from error
        if not piece:
            return
        yield piece
