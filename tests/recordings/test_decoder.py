"""The decoder's process dies, hangs and runs out; its owner goes on."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.errors import AudioError, DataError
from pipeline.recordings import decoder as decoder_module
from pipeline.recordings.decode import Decoder
from pipeline.recordings.decoder import Bounds, DecoderProcess

from .sounds import voice, write_wav


def _children() -> set[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def test_one_process_serves_all_files_and_ends_with_its_owner(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", voice(1))
    before = _children()
    with Decoder() as decoder:
        decoder.decode(path)
        (pid,) = _children() - before
        decoder.decode(path)
        assert _children() - before == {pid}
    assert _children() == before


def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "call.wav", voice(1))
    before = _children()
    with Decoder() as decoder:
        decoder.decode(path)
        (pid,) = _children() - before
        os.kill(pid, signal.SIGKILL)
        assert decoder.decode(path).recording.decoded_ms == 1_000
        (again,) = _children() - before
        assert again != pid


HOSTILE_CHILD = """
import os, sys, time
sys.path.insert(0, {folder!r})
import decoder_child
from decoder_child import av, json, socket

real = decoder_child.heard

def heard(fd, *limits):
    match os.pread(fd, 4, 0):
        case b"SPIN":
            while True:
                pass
        case b"HANG":
            time.sleep(60)
        case b"DIES":
            os.abort()
        case b"EATS":
            bytearray(1 << 31)
        case b"LIES":
            yield b"S", b"12345678"
    yield from real(fd, *limits)

decoder_child.heard = heard
decoder_child.serve(socket.socket(fileno=0), json.loads(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("does", "bounds", "reason", "detail"),
    [
        ("SPIN", Bounds(cpu_s=0), "timed_out", "SIGXCPU"),
        ("HANG", Bounds(wall_s=1), "timed_out", "not decoded within 1 s"),
        ("DIES", Bounds(), "decoder_crashed", "SIGABRT"),
        ("EATS", Bounds(), "decoder_crashed", "MemoryError"),
        ("LIES", Bounds(), "decoder_crashed", "out of turn"),
    ],
)
def test_a_decoder_gone_astray_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, bounds: Bounds, reason: str, detail: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(HOSTILE_CHILD.format(folder=str(Path(decoder_module.__file__).parent)))
    monkeypatch.setattr(decoder_module, "_SCRIPT", child)
    bad, good = tmp_path / "bad.wav", write_wav(tmp_path / "good.wav", voice(1))
    bad.write_text(does)
    before = _children()
    with Decoder(bounds) as decoder:
        with pytest.raises(AudioError, match=detail) as raised:
            decoder.decode(bad)
        assert raised.value.reason == reason
        assert decoder.decode(good).recording.decoded_ms == 1_000
    assert _children() == before


def test_an_answer_left_half_read_is_never_taken_for_the_next_file_s(tmp_path: Path) -> None:
    process = DecoderProcess(Bounds())
    with (
        write_wav(tmp_path / "long.wav", voice(60)).open("rb") as first,
        write_wav(tmp_path / "short.wav", voice(1)).open("rb") as second,
    ):
        left = process.heard(first.fileno())
        assert next(left)[0] == b"H"
        kinds = [(kind, len(payload)) for kind, payload in process.heard(second.fileno()) if kind == b"S"]
        left.close()
        again = [(kind, len(payload)) for kind, payload in process.heard(second.fileno()) if kind == b"S"]
    process.close()
    assert kinds == again == [(b"S", 8000 * 4)]


def test_a_script_that_fails_is_our_trouble_not_the_file_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("raise SystemExit('av is not installed')")
    monkeypatch.setattr(decoder_module, "_SCRIPT", broken)
    path = write_wav(tmp_path / "call.wav", voice(1))
    with (
        Decoder() as decoder,
        pytest.raises(DataError, match=r"does not start \(exit 1\): av is not installed") as raised,
    ):
        decoder.decode(path)
    assert not isinstance(raised.value, AudioError)


def test_the_process_may_write_no_file_and_open_few() -> None:
    process = DecoderProcess(Bounds())
    with Path("/dev/null").open("rb") as nothing:
        before = _children()
        answers = list(process.heard(nothing.fileno()))
        (pid,) = _children() - before
        table = Path(f"/proc/{pid}/limits").read_text().splitlines()
        limits = {line[:25].strip(): line[26:].split()[:2] for line in table}
        process.close()
    assert answers[0][0] == b"X"
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["16", "16"]
    assert limits["Max address space"] == [str(512 << 20)] * 2
    assert limits["Max cpu time"][0] != "unlimited"
