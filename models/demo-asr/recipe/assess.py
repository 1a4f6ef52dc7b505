"""How well a model hears: assess.py MODEL_DIR [DIALOGUES [CONDITIONS]]. Prints a Markdown table for card.md, of the first so many conditions.

The dialogues (`tests/held_out/dialogues.txt`) were written by somebody who saw neither the training text nor the simulator; the voices were never in
training. Each is spoken under every condition and heard by the whole chain from the file on. Hanzi and toneless-pinyin error rates with the
number of true hanzi; MP3 and AMR were never in training.
"""

import sys
import tempfile
from pathlib import Path

from pypinyin import lazy_pinyin

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from pipeline.recordings.decode import Decoder  # noqa: E402
from pipeline.scoring.evaluation import edit_distance  # noqa: E402
from pipeline.simulation.scripted import Line, write_call  # noqa: E402
from pipeline.simulation.telephone import Circuit  # noqa: E402
from pipeline.simulation.voice import Person  # noqa: E402
from pipeline.text.normal import normalize  # noqa: E402
from pipeline.transcription.echo import without_echo  # noqa: E402
from pipeline.transcription.transcript import Speech, transcribe  # noqa: E402
from pipeline.transcription.whisper import WhisperEngine, speech_spans  # noqa: E402

HERE = Path(__file__).resolve()
OWN = ("edward", "f3", "m2", "linda", "m7", "sandro", "Alicia", "marcelo", "edward2", "travis")  # espeak-ng's variants that were kept out of training
CONDITIONS = (
    ("µ-law, clean", "mulaw", Circuit(), False),
    ("A-law, clean", "alaw", Circuit(), False),
    ("MP3 (not in training)", "mp3", Circuit(), False),
    ("µ-law, 20 dB noise", "mulaw", Circuit(snr_db=20), False),
    ("µ-law, 10 dB noise", "mulaw", Circuit(snr_db=10), False),
    ("GSM 6.10, mono", "gsm", Circuit(), False),
    ("AMR-NB, mono (not in training)", "amr", Circuit(), False),
    ("µ-law, espeak-ng's own low and flat voices", "mulaw", Circuit(), True),
)


def dialogues(file: Path) -> list[list[Line]]:
    """The dialogues as lines to be spoken."""
    found: list[list[Line]] = []
    for row in file.read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            found.append([])
        elif row.strip():
            who, text = row.split("\t")[0].split(" ", 1)
            found[-1].append(Line("agent" if who == "A" else "customer", text))
    return found


def main(model: Path, file: Path, only: int | None) -> None:
    engine, calls = WhisperEngine(model), dialogues(file)
    print("| condition | hanzi error | pinyin error | true hanzi |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, Decoder() as decoder:
        for name, codec, circuit, is_own in CONDITIONS[:only]:
            edits = sounds = length = 0
            for index, lines in enumerate(calls):
                path = Path(folder) / "call"
                pair = (Person(OWN[(index + n) % len(OWN)], 205, 47, 50) for n in (0, 3))
                said = write_call(path, lines, codec=codec, seed=index, circuit=circuit, people=tuple(pair) if is_own else None)
                audio = without_echo(decoder.decode(path))
                customer = None if audio.customer is None else speech_spans(audio.customer, engine.longest_window_ms)
                speech = Speech(speech_spans(audio.agent, engine.longest_window_ms), customer)
                heard = transcribe(audio, speech, engine)
                for speakers in [("agent",), ("customer",)] if not audio.mono else [("agent", "customer", "unknown")]:
                    truth = normalize("".join(t.text for t in said if t.speaker in speakers))
                    words = normalize("".join(t.text for t in heard if t.speaker in speakers))
                    edits += edit_distance(truth, words)
                    sounds += edit_distance(*(_sounds(text) for text in (truth, words)))
                    length += len(truth)
            print(f"| {name} | {edits / length:.3f} | {sounds / length:.3f} | {length} |", flush=True)


def _sounds(text: str) -> str:
    """One character a syllable."""
    return "".join(chr(0x4E00 + number_of(s)) for s in lazy_pinyin(text))


_known: dict[str, int] = {}


def number_of(syllable: str) -> int:
    """A number of its own for each syllable."""
    return _known.setdefault(syllable, len(_known))


if __name__ == "__main__":
    given = sys.argv[1:]
    held_out = HERE.parents[3] / "tests" / "held_out" / "dialogues.txt"
    main(Path(given[0]), Path(given[1]) if len(given) > 1 else held_out, int(given[2]) if len(given) > 2 else None)
