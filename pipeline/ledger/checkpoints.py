"""Checkpoints: signed lines outside the database that say how long the ledger was and what its last hash was.

A chain of hashes does not see its tail cut off, nor that somebody has computed all of it anew. So after every close, and whenever the ledger was
found whole, one line is added to `ledger.jsonl` in the folder of checkpoints, best on another machine's disk:

    {"number":1204,"sha256":"5f2a…","at":"2026-04-01 01:12:09.000000","key":"93c1e0…","signature":"…"}

`number` and `sha256` are those of the last entry; the signature is on `1204 5f2a… 2026-04-01 01:12:09.000000`. Entries after the last checkpoint
are as safe as the database is: who wants them safer makes one oftener.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.errors import StorageError
from pipeline.ledger.chain import written
from pipeline.ledger.signing import is_signed, key_id, sign

FILE = "ledger.jsonl"
PURPOSE = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's last entry at a moment, signed. `at` is written as instants are hashed, `key` the id of the key."""

    number: int
    sha256: str
    at: str
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        """What is signed."""
        return f"{self.number} {self.sha256} {self.at}".encode()


def make_checkpoint(key: Ed25519PrivateKey, number: int, sha256: str, now: datetime) -> Checkpoint:
    """A signed checkpoint at the ledger's last entry."""
    bare = Checkpoint(number, sha256, written(now), key_id(key.public_key()), "")
    return Checkpoint(number, sha256, bare.at, bare.key, sign(key, PURPOSE, bare.message))


def append_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Add a line to the file, on disk when this returns. What a crash left of a line is cut off first. Raises StorageError."""
    values = {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}
    line = json.dumps(values, separators=(",", ":")).encode() + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE).open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(f"{folder / FILE}: no checkpoint was written ({error.strerror or error})") from error


def read_checkpoints(folder: Path, key: Ed25519PublicKey) -> Iterator[Checkpoint | str]:
    """Every line in its order: the checkpoint, or in words what is wrong with it. Without a file there is none.

    A last line without its end is what a crash left while it was written; it is passed over.
    """
    file = folder / FILE
    try:
        lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    except OSError as error:
        raise StorageError(f"{file}: cannot be read ({error.strerror or error})") from error
    for place, line in enumerate(lines, start=1):
        try:
            checkpoint = _checkpoint(line)
        except ValueError as error:
            yield f"{file}, line {place}: no checkpoint: {error}"
            continue
        if is_signed(key, PURPOSE, checkpoint.message, checkpoint.signature):
            yield checkpoint
        else:
            yield f"{file}, line {place}: the signature is not that of key {key_id(key)} on entry {checkpoint.number}"


def _checkpoint(line: bytes) -> Checkpoint:
    values = json.loads(line)
    if not isinstance(values, dict) or set(values) != set(Checkpoint.__slots__):
        raise ValueError(f"its fields are not {', '.join(Checkpoint.__slots__)}")
    checkpoint = Checkpoint(**values)
    texts = (checkpoint.sha256, checkpoint.at, checkpoint.key, checkpoint.signature)
    if type(checkpoint.number) is not int or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field is not of its type")
    return checkpoint
