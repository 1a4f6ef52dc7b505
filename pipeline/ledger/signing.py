"""The installation's signature (Ed25519): who holds its key can say what the ledger was, nobody else.

The key is made at first use, in `ledger.pem` that only its owner may read; `ledger.pub` beside it is for everybody and best kept elsewhere too:
who can change the database and the key can sign anything, but not so that an earlier copy of the public key agrees.

    signature = Ed25519(key, "callqa checkpoint" + line feed + message)    the purpose keeps one kind of paper from passing as another
"""

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from pipeline.errors import StorageError

PRIVATE, PUBLIC = "ledger.pem", "ledger.pub"
_OTHERS = 0o077


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The installation's key, made if there is none; of several that make it at once, one makes it.

    Raises StorageError where the file is no key, or others than its owner may read it.
    """
    file = folder / PRIVATE
    try:
        if not file.exists():
            _make(folder)
        if file.stat().st_mode & _OTHERS:
            raise StorageError(f"{file}: others may read the signing key: chmod 600 {file}")
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise StorageError(
            f"{file}: no signing key ({error}): put a copy back, or move it away for a new one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StorageError(f"{file}: a signing key has to be an Ed25519 key: put a copy back")
    if not (folder / PUBLIC).exists():
        _place(folder / PUBLIC, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key


def public_key(file: Path) -> Ed25519PublicKey:
    """A public key from its file. Raises StorageError where it is none."""
    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise StorageError(f"{file}: no public key ({error}): put a copy back") from error
    if not isinstance(key, Ed25519PublicKey):
        raise StorageError(f"{file}: the ledger's public key has to be an Ed25519 key: put a copy back")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hex digits that people can compare."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def sign(key: Ed25519PrivateKey, purpose: str, message: bytes) -> str:
    """The signature in hex. `purpose` is one word, such as `checkpoint` or `export`."""
    return key.sign(_signed(purpose, message)).hex()


def is_signed(key: Ed25519PublicKey, purpose: str, message: bytes, signature: str) -> bool:
    """Whether the signature is the key's own on this message and for this purpose."""
    try:
        key.verify(bytes.fromhex(signature), _signed(purpose, message))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(purpose: str, message: bytes) -> bytes:
    return f"callqa {purpose}\n".encode() + message


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _place(folder / PRIVATE, pem)


def _place(file: Path, content: bytes) -> None:
    """Write a file whole, for its owner only, unless it is there."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    try:
        os.link(written.name, file)
    except FileExistsError:
        pass  # another process has made it at the same moment, and its file holds
    finally:
        Path(written.name).unlink()
