"""Where things lie: a path on this machine, or a URI of any fsspec file system."""

from pathlib import Path

from fsspec.core import url_to_fs
from fsspec.spec import AbstractFileSystem

from pipeline.errors import StorageError

_LOCAL = ("file://", "local://")


def local_path(location: str) -> Path | None:
    """The path on this machine, None for a remote URI."""
    for scheme in _LOCAL:
        if location.startswith(scheme):
            return Path(location.removeprefix(scheme))
    return None if "://" in location else Path(location)


def remote(location: str) -> tuple[AbstractFileSystem, str]:
    """The file system of a URI and the path on it. Raises StorageError where there is none."""
    try:
        system, path = url_to_fs(location)
    except Exception as error:  # each file system raises errors of its own library
        raise StorageError(f"{location}: cannot be reached: {trouble(error)}") from error
    return system, path


def trouble(error: Exception) -> str:
    """An error of a file system in one line."""
    if isinstance(error, ImportError):
        return f"{error}; pip install 'callqa[remote]'"
    return " ".join(str(error).split())[:200] or type(error).__name__
