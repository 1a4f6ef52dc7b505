"""espeak-ng through the espeakng-loader wheel: Mandarin text to samples and phones with their times.

espeak-ng is GPL-3.0, so nothing of the application imports this module: `voice.py` runs it as a process of its
own and talks to it over a pipe, and the training recipe uses it in its rendering processes.

    start(Path("an-empty-folder"))
    say("您好", Voice("sim-3")).phones → (Phone("n", 0), Phone("i35", 1536), …)    starts in samples at RATE_HZ

The library reads voices from its data folder alone, so `start` fills a folder with links to its own and adds those of `variants.py` as they
are asked for.
"""

import ctypes
import json
import re
import struct
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.variants import text_of

RATE_HZ = 22_050

_SYNCHRONOUS, _PHONEME_EVENTS, _UTF8, _BY_CHARACTER = 2, 1, 1, 1
_END_OF_LIST, _PHONEME = 0, 7
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


@dataclass(frozen=True, slots=True)
class Voice:
    """One person: an espeak-ng voice variant with its habits (words a minute, pitch and pitch range 0-99)."""

    variant: str
    words_per_minute: int = 220
    pitch: int = 50
    pitch_range: int = 50


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as espeak-ng names it, vowels with their tone contour; "" is a pause. `start` in samples."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class Speech:
    """int16 samples at RATE_HZ and the phones in them."""

    samples: NDArray[np.int16]
    phones: tuple[Phone, ...]


_library = ctypes.cdll.LoadLibrary(str(espeakng_loader.get_library_path()))
_chunks: list[NDArray[np.int16]] = []
_events: list[tuple[str, int]] = []
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def _collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
    if samples and count > 0:
        _chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
    index = 0
    while (event := events[index]).type != _END_OF_LIST:
        if event.type == _PHONEME:
            _events.append((event.id.string.decode(), event.sample))
        index += 1
    return 0


_callback = _Callback(_collect)
_variants: list[Path] = []


def start(folder: Path) -> None:
    """Make the library ready, with its data in an empty folder. Raises RuntimeError where the library does not start."""
    source = Path(espeakng_loader.get_data_path())
    for file in source.iterdir():
        if file.name not in ("lang", "voices"):
            (folder / file.name).symlink_to(file)
    # Of the languages only Mandarin: the library lists no more than 350 voices.
    (folder / "lang" / "sit").mkdir(parents=True)
    (folder / "lang" / "sit" / "cmn").symlink_to(source / "lang" / "sit" / "cmn")
    variants = folder / "voices" / "!v"
    variants.mkdir(parents=True)
    for file in (source / "voices" / "!v").iterdir():
        (variants / file.name).symlink_to(file)
    _variants[:] = [variants]
    if _library.espeak_Initialize(_SYNCHRONOUS, 0, str(folder).encode(), _PHONEME_EVENTS) != RATE_HZ:
        raise RuntimeError(f"espeak-ng does not start from {folder}")
    _library.espeak_SetSynthCallback(_callback)
    _library.espeak_TextToPhonemes.restype = ctypes.c_char_p


def say(text: str, voice: Voice) -> Speech:
    """Speak one utterance. The same requests in the same order give the same samples (the library's flutter runs on between utterances)."""
    _chunks.clear()
    _events.clear()
    if not (file := _variants[0] / voice.variant).exists():
        file.write_text(text_of(voice.variant, may_be_odd=not voice.variant.startswith("sim-")), encoding="utf-8")
    _library.espeak_SetVoiceByName(f"cmn+{voice.variant}".encode())
    settings = (_RATE, voice.words_per_minute), (_PITCH, voice.pitch), (_RANGE, voice.pitch_range), (_WORD_GAP, 0)
    for parameter, value in settings:
        _library.espeak_SetParameter(parameter, value, 0)
    raw = text.encode()
    _library.espeak_ng_SetRandSeed(zlib.crc32(raw))  # breath would be seeded with the clock
    _library.espeak_Synth(raw, len(raw) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None)
    _library.espeak_Synchronize()
    samples = np.concatenate(_chunks) if _chunks else np.zeros(0, np.int16)
    return Speech(samples, _with_tones(_events, _written_phones(text)))


def _written_phones(text: str) -> str:
    """espeak-ng's phoneme string of the whole text; the call handles one clause at a time and moves the pointer."""
    raw = ctypes.c_char_p(text.encode())
    clauses = []
    while raw.value:
        clauses.append(_library.espeak_TextToPhonemes(ctypes.byref(raw), _UTF8, 0).decode())
    return "".join(clauses)


def _with_tones(events: list[tuple[str, int]], written: str) -> tuple[Phone, ...]:
    """Give each vowel of the timed phones the tone that the written phones put after it."""
    marks = re.compile(r"[',%=_|:\s]*")
    phones, at = [], 0
    for name, start in events:
        bare = name.replace("'", "").replace(",", "").replace("%", "")
        if bare.startswith("_") or not bare:
            phones.append(Phone("", start))
            continue
        at = marks.match(written, at).end()  # type: ignore[union-attr]
        if not written.startswith(bare, at):
            return tuple(Phone(n if not n.startswith("_") else "", s) for n, s in events)
        at += len(bare)
        tone = re.compile(r"\d+").match(written, at)
        if tone:
            at = tone.end()
            bare += tone.group()
        phones.append(Phone(bare, start))
    return tuple(phones)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the pipe ends; see voice.py for their form."""
    length = struct.Struct("<I")
    while len(header := requests.read(length.size)) == length.size:
        request = json.loads(requests.read(length.unpack(header)[0]))
        raw = say(request.pop("text"), Voice(**request)).samples.tobytes()
        answers.write(length.pack(len(raw)) + raw)
        answers.flush()


if __name__ == "__main__":
    start(Path(sys.argv[1]))
    serve(sys.stdin.buffer, sys.stdout.buffer)
