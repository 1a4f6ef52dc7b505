"""Speak training text through a telephone into shards: render.py OUT_DIR HOURS SEED [--phones].

A shard (`NNNNN.npz`) holds about an hour:
    samples   uint8, µ-law at 8 kHz, all utterances one after another
    ends      int64 (n,), where each utterance ends in `samples`
    texts     the utterances joined with newlines
    phones    uint8, one class per 20 ms of `samples`' utterances (0 = pause), `phone_ends` as `ends`
    spans     uint16 (hanzi, 2), start and end of each hanzi in 10 ms from its utterance's start
    persons   int32 (n,), who speaks: one voice on one line for some utterances running, as in a call
With --phones no sound is kept (texts to be read, four times as fast). Phones and spans come from the synthesiser itself, so nothing has to be aligned.
"""

import io
import json
import random
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, sosfilt

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]
from pipeline.simulation.espeak import RATE_HZ, Voice, say, start  # noqa: E402
from text import replies, utterances  # noqa: E402

RATE = 8000
# Never trained on; nor is anybody of the simulator's own people ("sim-…").
HELD_OUT = frozenset("f3 m2 m7 linda edward edward2 Alicia Andrea Michael travis marcelo sandro".split())
VOICES = sorted(
    set(
        "Alex Andy Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Mike Mr Nguyen Reed adam anika announcer antonio aunty belinda benjamin boris caleb david ed f1 f2 f4 f5 grandma grandpa gustave ian iven iven2 iven3 iven4 john kaukovalta m1 m3 m4 m5 m6 m8 max michel miguel mike2 norbert pablo paul pedro quincy robert shelby steph steph2 steph3 victor zac klatt klatt2 klatt3 RicishayMax RicishayMax2 RicishayMax3 AnxiousAndy Storm".split()
    )
    - HELD_OUT
)


def companded(x: np.ndarray) -> np.ndarray:
    """Float samples to 8-bit µ-law codes."""
    y = np.sign(x) * np.log1p(255 * np.abs(np.clip(x, -1, 1))) / np.log(256)
    return np.round((y + 1) * 127.5).astype(np.uint8)


def a_law(x: np.ndarray) -> np.ndarray:
    """There and back through 8-bit A-law."""
    a, m = 87.6, np.abs(np.clip(x, -1, 1))
    y = np.where(m < 1 / a, a * m, 1 + np.log(np.maximum(a * m, 1e-9))) / (1 + np.log(a))
    y = np.round(y * 127) / 127
    return np.sign(x) * np.where(y < 1 / (1 + np.log(a)), y * (1 + np.log(a)) / a, np.exp(y * (1 + np.log(a)) - 1) / a)


def gsm(x: np.ndarray) -> np.ndarray:
    """There and back through GSM 6.10."""
    file = io.BytesIO()
    soundfile.write(file, x, RATE, format="WAV", subtype="GSM610")
    file.seek(0)
    return soundfile.read(file, dtype="float64")[0][: len(x)]


def through_telephone(x: np.ndarray, r: random.Random) -> np.ndarray:
    """A line of random quality, then nothing more, A-law or GSM (the store itself is µ-law)."""
    low, high = r.uniform(150, 350), r.uniform(3000, 3700)
    x = sosfilt(butter(r.choice([2, 3, 4]), [low, high], "band", fs=RATE, output="sos"), x)
    x = x * (r.uniform(0.25, 0.9) / (np.abs(x).max() + 1e-9))
    chance = r.random()
    return gsm(x) if chance < 0.2 else a_law(x) if chance < 0.4 else x


def somebody(r: random.Random) -> tuple[Voice, int]:
    """A voice with its habits, and the seed of the line it speaks over."""
    name = f"train-{r.randrange(100_000)}" if r.random() < 0.8 else r.choice(VOICES)
    voice = Voice(name, int(min(400, max(130, r.gauss(222, 38)))), r.randint(25, 80), r.randint(35, 90))
    return voice, r.getrandbits(32)


def rendered(text: str, voice: Voice, line: int, classes: dict[str, int], sound: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Codes, phone classes and hanzi spans of one utterance; None where sounds and hanzi do not pair up."""
    speech = say(text, voice)
    # A syllable begins at its first consonant and ends where the next begins; the tone stands on its vowel.
    starts, open_at = [], None
    for phone in speech.phones:
        if not phone.name:
            open_at = None
            continue
        coda = phone.name in ("n", "N") and starts and open_at is None
        open_at = phone.start if open_at is None and not coda else open_at
        if re.search(r"\d", phone.name):
            starts.append((open_at if open_at is not None else phone.start, phone.start))
            open_at = None
    hanzi = len(text.replace("，", ""))
    if len(starts) != hanzi or not hanzi:
        return None
    names = [p.name for p in speech.phones]
    begins = [p.start for p in speech.phones]
    last = max((b for b, n in zip(begins[1:], names, strict=False) if n), default=begins[-1])
    samples = speech.samples[: last + RATE_HZ // 20]
    x = soxr.resample(samples.astype(np.float64) / 32768, RATE_HZ, RATE) if sound else np.zeros(0)
    frames = max(1, len(samples) * 50 // RATE_HZ if not sound else len(x) // 160)
    at = (np.arange(frames) * 0.02 + 0.01) * RATE_HZ
    which = np.searchsorted(begins, at, "right") - 1
    labels = np.array([classes.setdefault(names[i], len(classes)) if i >= 0 else 0 for i in which], np.uint8)
    edges = [s for s, _ in starts] + [last]
    pauses = sorted(b for b, n in zip(begins, names, strict=True) if not n)
    spans = []
    for i, (start, vowel) in enumerate(starts):
        stop = next((p for p in pauses if p > vowel), edges[i + 1])
        spans.append((start * 100 // RATE_HZ, max(min(stop, edges[i + 1]), vowel + 1) * 100 // RATE_HZ))
    return companded(through_telephone(x, random.Random(line)) if sound else x), labels, np.array(spans, np.uint16)


def main(out: Path, hours: float, seed: int, sound: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    known = out / "phones.json"
    classes: dict[str, int] = json.loads(known.read_text()) if known.exists() else {"": 0}
    made, shard = 0.0, seed * 1000
    while made < hours:
        r, long, short = random.Random(shard), utterances(shard), replies(shard)
        rows, texts, persons, total, left = [], [], [], 0, 0
        while total < 3600 * 50:
            if not left:
                (voice, line), person, listens = somebody(r), len(rows), r.random() < 0.4
                left = r.randint(8, 20) if listens else r.randint(3, 12)
            left -= 1
            text = next(short if listens and r.random() < 0.8 else long)
            if (row := rendered(text, voice, line, classes, sound)) is None or len(classes) > 250:
                continue
            rows.append(row)
            texts.append(text)
            persons.append(person)
            total += len(row[1])
        codes, labels, spans = zip(*rows, strict=True)
        known.write_text(json.dumps(classes))
        part = out / f"{shard:05}.part.npz"
        np.savez(part, samples=np.concatenate(codes), ends=np.cumsum([len(c) for c in codes]), phones=np.concatenate(labels), phone_ends=np.cumsum([len(c) for c in labels]), spans=np.concatenate(spans), persons=np.array(persons, np.int32), texts=np.array("\n".join(texts)))
        part.rename(out / f"{shard:05}.npz")
        made, shard = made + total / 3600 / 50, shard + 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        start(Path(folder))
        main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), "--phones" not in sys.argv)
