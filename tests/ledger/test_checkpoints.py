import json
import multiprocessing
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.errors import StorageError
from pipeline.ledger.checkpoints import FILE, Checkpoint, append_checkpoint, make_checkpoint, read_checkpoints
from pipeline.ledger.signing import PRIVATE, PUBLIC, is_signed, key_id, public_key, sign, signing_key

NOW = datetime(2026, 4, 1, 1, 12, 9, tzinfo=UTC)


def add(folder: Path, *numbers: int) -> Ed25519PrivateKey:
    key = signing_key(folder / "keys")
    for number in numbers:
        append_checkpoint(folder, make_checkpoint(key, number, f"{number:064x}", NOW))
    return key


def test_checkpoints_come_back_in_their_order(tmp_path: Path) -> None:
    key = add(tmp_path, 3, 8, 8)
    read = list(read_checkpoints(tmp_path, key.public_key()))
    assert [one.number for one in read if isinstance(one, Checkpoint)] == [3, 8, 8]
    assert read[0] == Checkpoint(
        3, f"{3:064x}", "2026-04-01 01:12:09.000000", key_id(key.public_key()), read[0].signature  # type: ignore[union-attr]
    )  # fmt: skip


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert list(read_checkpoints(tmp_path, Ed25519PrivateKey.generate().public_key())) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 9),
        ("sha256", "ab" * 32),
        ("at", "2026-04-02 00:00:00.000000"),
        ("signature", "00"),
        ("signature", "no hex"),
    ],
)
def test_a_line_that_was_altered_is_named(tmp_path: Path, field: str, value: object) -> None:
    key = add(tmp_path, 3, 8)
    first, second = (tmp_path / FILE).read_text().splitlines()
    altered = json.dumps({**json.loads(second), field: value})
    (tmp_path / FILE).write_text(f"{first}\n{altered}\n")
    read = list(read_checkpoints(tmp_path, key.public_key()))
    assert isinstance(read[0], Checkpoint)
    assert f"{FILE}, line 2: the signature is not that of key" in str(read[1])


@pytest.mark.parametrize("line", ["", "no json", "[]", "{}", '{"number":1}', "null"])
def test_a_line_that_is_no_checkpoint_is_named(tmp_path: Path, line: str) -> None:
    key = add(tmp_path, 3)
    with (tmp_path / FILE).open("a") as file:
        file.write(line + "\n")
    read = list(read_checkpoints(tmp_path, key.public_key()))
    assert len(read) == 2
    assert f"{FILE}, line 2: no checkpoint" in str(read[1])


@pytest.mark.parametrize("value", [None, "8", 8.5, True])
def test_a_number_that_is_none_is_named(tmp_path: Path, value: object) -> None:
    key = add(tmp_path, 8)
    (tmp_path / FILE).write_text(json.dumps({**json.loads((tmp_path / FILE).read_text()), "number": value}) + "\n")
    assert "a field is not of its type" in str(next(read_checkpoints(tmp_path, key.public_key())))


def test_another_key_signs_nothing(tmp_path: Path) -> None:
    add(tmp_path, 3)
    other = Ed25519PrivateKey.generate().public_key()
    assert key_id(other) in str(next(read_checkpoints(tmp_path, other)))


def test_what_a_crash_left_of_a_line_is_passed_over_and_cut_off(tmp_path: Path) -> None:
    key = add(tmp_path, 3)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"number":4,"sha')
    assert [one.number for one in read_checkpoints(tmp_path, key.public_key()) if isinstance(one, Checkpoint)] == [3]
    add(tmp_path, 5)
    assert [one.number for one in read_checkpoints(tmp_path, key.public_key()) if isinstance(one, Checkpoint)] == [3, 5]


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "keys")
    file = tmp_path / "keys" / PRIVATE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) & 0o077 == 0
    assert key_id(signing_key(tmp_path / "keys").public_key()) == key_id(key.public_key())
    assert key_id(public_key(tmp_path / "keys" / PUBLIC)) == key_id(key.public_key())
    assert sorted(path.name for path in file.parent.iterdir()) == [PRIVATE, PUBLIC]
    file.chmod(0o640)
    with pytest.raises(StorageError, match=r"others may read the signing key: chmod 600"):
        signing_key(tmp_path / "keys")


def made(folder: Path, start, ids) -> None:  # type: ignore[no-untyped-def]
    start.wait()
    ids.put(key_id(signing_key(folder).public_key()))


def test_of_several_that_make_the_key_at_once_one_makes_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, ids = context.Barrier(4), context.Queue()
    processes = [context.Process(target=made, args=(tmp_path / "keys", start, ids)) for _ in range(4)]
    for process in processes:
        process.start()
    assert len({ids.get(timeout=60) for _ in processes}) == 1
    for process in processes:
        process.join(60)
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [PRIVATE, PUBLIC]


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / PRIVATE).write_text("no key")
    (tmp_path / PRIVATE).chmod(0o600)
    with pytest.raises(StorageError, match=f"{PRIVATE}: no signing key"):
        signing_key(tmp_path)
    with pytest.raises(StorageError, match=f"{PUBLIC}: no public key"):
        public_key(tmp_path / PUBLIC)


def test_a_signature_is_for_one_purpose_and_one_message() -> None:
    key = Ed25519PrivateKey.generate()
    signature = sign(key, "export", b"files")
    assert is_signed(key.public_key(), "export", b"files", signature)
    assert not is_signed(key.public_key(), "checkpoint", b"files", signature)
    assert not is_signed(key.public_key(), "export", b"other files", signature)
