"""Opening a vendor's file: regular files only, no link followed, nothing waited for."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipeline.errors import AudioError, StorageError
from pipeline.recordings.limits import MAX_FILE_BYTES

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})
_NO_FILE = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV})


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, int]]:
    """A descriptor of the regular file at `path` and its size in bytes.

    Raises AudioError not_found, not_a_file, empty or too_large; StorageError where the file is there and cannot be read.
    """
    fd = _open(os.fspath(path), None)
    try:
        yield fd, _regular_size(fd)
    finally:
        os.close(fd)


@contextmanager
def opened_beneath(folder: Path, file: str) -> Iterator[tuple[int, int]]:
    """As `opened`, for `file` relative to `folder`; no link on the way from the folder to the file is followed.

    A folder that is not there is a StorageError, for a drop that is not mounted says nothing about its calls.
    """
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"{folder}: the drop cannot be opened ({error.strerror}); is it mounted?") from error
    try:
        *way, name = parts_beneath(file)
        for part in way:
            below = _open(part, at, os.O_DIRECTORY)
            os.close(at)
            at = below
        fd = _open(name, at)
    finally:
        os.close(at)
    try:
        yield fd, _regular_size(fd)
    finally:
        os.close(fd)


def parts_beneath(file: str) -> tuple[str, ...]:
    """The names on the way to `file` in a drop. Raises AudioError where it leads out of it."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise AudioError("not_found", "leads out of the drop")
    return path.parts


def sha256_of(fd: int) -> str:
    """The hash of the whole file, from its first byte."""
    with open(fd, "rb", closefd=False) as file:
        file.seek(0)
        try:
            return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise StorageError(f"reading failed: {error.strerror}") from error


def digest_of(path: Path) -> str:
    """The hash of the regular file at `path`, whatever its size; of a link, a special file or an unreadable one the empty string."""
    try:
        fd = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return ""
    try:
        return sha256_of(fd) if stat.S_ISREG(os.fstat(fd).st_mode) else ""
    except StorageError:
        return ""
    finally:
        os.close(fd)


def _open(name: str, folder_fd: int | None, flags: int = 0) -> int:
    try:
        return os.open(name, _FLAGS | flags, dir_fd=folder_fd)
    except ValueError as error:
        raise AudioError("not_found", "a name with a NUL character") from error
    except OSError as error:
        if error.errno in _NO_FILE or _is_link(name, folder_fd):
            raise AudioError("not_a_file", "a link or a device, no regular file; links are not followed") from error
        if error.errno in _ABSENT:
            raise AudioError("not_found", "there is no such file") from error
        raise StorageError(f"{name}: cannot be opened: {error.strerror}") from error


def _is_link(name: str, folder_fd: int | None) -> bool:
    """Whether a name is a link: to a folder it is refused as "not a directory", the answer for a file on the way."""
    try:
        return stat.S_ISLNK(os.lstat(name, dir_fd=folder_fd).st_mode)
    except OSError:
        return False


def _regular_size(fd: int) -> int:
    state = os.fstat(fd)
    if stat.S_ISDIR(state.st_mode):
        raise AudioError("not_a_file", "a folder; name the recordings in it")
    if not stat.S_ISREG(state.st_mode):
        raise AudioError("not_a_file", "no regular file")
    if state.st_size == 0:
        raise AudioError("empty", "an empty file")
    if state.st_size > MAX_FILE_BYTES:
        raise AudioError("too_large", f"{state.st_size} bytes, at most {MAX_FILE_BYTES} are read")
    return state.st_size
