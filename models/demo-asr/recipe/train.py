"""Train the demo model: train.py WORK_DIR MINUTES [--from MODEL_DIR | --resume]. Reads WORK_DIR/shards*/ as they appear, writes WORK_DIR/model.pt every few minutes.

Four losses together: the hanzi (cross-entropy of the decoder), the phone of every 20 ms frame (the encoder hears within minutes), the pitch of
every voiced frame (without it tones stay a guess: 27 % of vowels had the right sound in a wrong tone after five hours), and where two heads of
the decoder look while it writes a hanzi (alignment, and with it word times). Each step also reads texts whose phones stand in for
the sound; some of their tones and phones are misheard, so that the decoder weighs the sentence against what it thinks it heard. Short single
utterances first, then windows of several of at most LONGEST_S, most of them padded with zeros to a fixed length as they will be in use.
--from goes on from published weights, which have been through all that: windows as in use from the first step on.

Computed in bfloat16 on float32 weights (in float32 on a processor without bfloat16: emulated it is a hundred times as slow); matrices are updated with Muon, the rest with AdamW; the weights written are a running average. A step
is several small batches, because what fits a processor's cache is worked through twice as fast, and batches have few different shapes, because
the kernels for a shape are made when it first appears. A stopped run goes on with --resume.
"""

import json
import os
import random
import re
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from faster_whisper.feature_extractor import FeatureExtractor  # noqa: E402
from model import Whisper  # noqa: E402
from published import begin_from  # noqa: E402
from text import vocabulary  # noqa: E402

MEL = torch.tensor(FeatureExtractor(feature_size=80).mel_filters, dtype=torch.float32)
WINDOW = torch.hann_window(200)
EXPANDED = ((lambda y: np.sign(y) * (256 ** np.abs(y) - 1) / 255)(np.arange(256) / 127.5 - 1)).astype(np.float32)
SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")
PUNCTUATION = "，。？！、"
PROMPTS = ("以下是普通话的电话录音，请用简体中文记录。", "这是一段客服通话。", "您好，这里是客服中心，请问有什么可以帮您？", "以下是普通话的句子。")
NUMBER = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported() else torch.float32
RATE = 8000
LONGEST_S = 10.5  # of speech in a window: what convert.py tells callqa to give this model at once
FRAMES = 1100  # what callqa pads such windows to
PHONES, STRIDE = 256, 2  # classes at most; frames that stand for one where texts are read
LOWEST_ST, PITCHES = 12 * np.log2(70), 64  # pitch in half semitones from 70 Hz to 445 Hz
LISTENED, READ = 4, 2  # batches of a step
LISTENED_FRAMES, READ_FRAMES = 3360, 4096  # of a batch, rows × length
ENVIRONMENT = {  # read by the libraries when they start
    "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=4000000000:glibc.malloc.trim_threshold=8000000000:glibc.malloc.hugetlb=1",  # memory is kept
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "8192",
}


def tokens() -> list[str]:
    """The model's vocabulary in the order of its ids: hanzi, punctuation, unknown, "", specials."""
    return [*vocabulary(), *PUNCTUATION, "<unk>", "", *SPECIAL]


class Speech:
    """The rendered utterances in memory: `heard` with sound, `read` their texts and phones alone (more shards). `phones` are the classes' names."""

    def __init__(self, work: Path) -> None:
        self.work, self.names, self.heard, self.read, self.phones = work, set(), [], [], [""]

    def refresh(self) -> None:
        """Load shards that have appeared; each folder numbers its phones itself."""
        for file in sorted(self.work.glob("shards*/[0-9]*[0-9].npz")):
            if file in self.names:
                continue
            z, numbers = np.load(file), json.loads(file.with_name("phones.json").read_text())
            self.phones += [name for name in numbers if name not in self.phones]
            known = np.zeros(PHONES, np.uint8)
            known[list(numbers.values())] = [self.phones.index(name) for name in numbers]
            texts, rows, span_at = str(z["texts"]).split("\n"), [], 0
            persons = z["persons"] if "persons" in z else range(len(texts))
            samples, ends, phones, phone_ends, spans = (z[k] for k in ("samples", "ends", "phones", "phone_ends", "spans"))
            phones = known[phones]
            for i, text in enumerate(texts):
                a, b = (ends[i - 1] if i else 0), ends[i]
                pa, pb = (phone_ends[i - 1] if i else 0), phone_ends[i]
                hanzi = len(text.replace("，", ""))
                rows.append((text, samples[a:b], phones[pa:pb], spans[span_at : span_at + hanzi], int(persons[i])))
                span_at += hanzi
            self.names.add(file)
            self.read.append(rows)
            if len(samples):
                self.heard.append(rows)

    def draw(self, r: random.Random):
        """One utterance: text, codes, phones, spans, person."""
        return r.choice(r.choice(self.heard))

    def talk(self, r: random.Random):
        """Utterances without end, mostly of one person, as a channel of a call holds."""
        while True:
            rows = r.choice(self.heard)
            at = r.randrange(len(rows))
            yield rows[at]
            if r.random() < 0.15:
                continue
            whole = [row for row in rows[max(0, at - 12) : at + 13] if row[4] == rows[at][4]]
            r.shuffle(whole)
            yield from (row for row in whole if row is not rows[at])

    def other_tones(self) -> torch.Tensor:
        """(PHONES, 8) for each phone eight draws of the same vowel in another tone, or of any phone for a consonant."""
        bare = [re.sub(r"\d+$", "", name) for name in self.phones]
        table = torch.zeros(PHONES, 8, dtype=torch.long)
        for i, name in enumerate(self.phones):
            alike = [j for j, other in enumerate(bare) if other == bare[i] and j != i] if re.search(r"\d$", name) else []
            table[i] = torch.tensor(random.Random(i).choices(alike or range(len(self.phones)), k=8)) if name else 0
        return table


def up_to(length: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-length // step) * step


def width_of(rows, full: bool) -> int:
    """Frames of a batch of windows."""
    longest = up_to(max(len(row[0]) for row in rows) // 80, 140)
    return FRAMES if full and longest <= FRAMES + 20 else longest


def features(signals: list[np.ndarray], width: int) -> torch.Tensor:
    """(batch, 80, width) log-mel of 8 kHz signals as faster-whisper computes it after doubling the rate, zeros after each end."""
    lengths = torch.tensor([len(x) for x in signals]) // 80
    batch = torch.zeros(len(signals), max(map(len, signals)))
    for row, x in zip(batch, signals, strict=True):
        row[: len(x)] = torch.from_numpy(x)
    power = torch.stft(batch, 200, 80, window=WINDOW, center=True, pad_mode="reflect", return_complex=True)[..., :-1].abs() ** 2 * 4
    mel = torch.einsum("mf,bft->bmt", MEL[:, :101], power).clamp_min(1e-10).log10()
    inside = (torch.arange(mel.shape[-1])[None] < lengths[:, None])[:, None]
    mel = mel.masked_fill(~inside, -100)
    mel = ((torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8) + 4) / 4).masked_fill(~inside, 0.0)
    out = torch.zeros(len(signals), 80, width)
    keep = min(width, mel.shape[-1])
    out[..., :keep] = mel[..., :keep]
    return out


HANN = np.hanning(480)
SELF_LIKENESS = np.fft.irfft(np.abs(np.fft.rfft(HANN, 1024)) ** 2)[18:115]


def pitches(x: np.ndarray) -> np.ndarray:
    """Class of the pitch of each 20 ms of clean 8 kHz sound, by normalised autocorrelation over 60 ms (Boersma 1993); -100 where unvoiced."""
    count = len(x) // 160
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(x, (160, 480)), 480)[: count * 160 : 160] * HANN
    similar = np.fft.irfft(np.abs(np.fft.rfft(frames, 1024)) ** 2)
    loud = 10 * np.log10(similar[:, 0] + 1e-9)
    likeness = similar[:, 18:115] / (similar[:, :1] + 1e-9) / (SELF_LIKENESS / np.sum(HANN**2))
    best = (likeness * (1 - 0.0015 * np.arange(18, 115))).argmax(1)
    voiced = (likeness[np.arange(count), best] > 0.6) & (loud > loud.max(initial=-99) - 30)
    where = np.round((12 * np.log2(RATE / (best + 18)) - LOWEST_ST) * 2).astype(np.int64)
    return np.where(voiced & (where >= 0) & (where < PITCHES), where, -100)


def noise(length: int, speech: Speech, r: random.Random) -> np.ndarray:
    """White, pink-like, hum or babble, unit RMS."""
    kind = r.random()
    x = np.random.default_rng(r.randrange(2**32)).standard_normal(length).astype(np.float32)
    if kind < 0.35:
        spectrum = np.fft.rfft(x)
        x = np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + len(spectrum) / 40) ** r.uniform(0.3, 2), length).astype(np.float32)
    elif kind < 0.5:
        x = np.zeros(length, np.float32)
        for _ in range(r.choice([2, 4, 6])):
            voice = EXPANDED[speech.draw(r)[1]]
            at = r.randrange(max(1, length))
            x[at : at + len(voice)] += voice[: length - at]
    elif kind < 0.55:
        x = 0.3 * x + np.sin(2 * np.pi * r.uniform(50, 1500) * np.arange(length, dtype=np.float32) / RATE)
    return x / (np.sqrt((x**2).mean()) + 1e-6)


def disturbed(x: np.ndarray, speech: Speech, r: random.Random, early: bool) -> np.ndarray:
    """A random level, mostly some noise (down to 5 dB under the speech), seldom an echo of another voice or an overdriven recorder."""
    rms = np.sqrt((x**2).mean() + 1e-9)
    if r.random() < 0.65:
        snr = r.uniform(18, 50) if early or r.random() < 0.65 else r.uniform(5, 18)
        x = x + noise(len(x), speech, r) * rms * 10 ** (-snr / 20)
    if r.random() < 0.06:
        other = EXPANDED[speech.draw(r)[1]][: len(x)]
        x[: len(other)] += other * 10 ** (-r.uniform(20, 35) / 20)
    if not early and r.random() < 0.12:
        x = x * (10 ** (r.uniform(-16, 0) / 20) / rms)
        x = np.clip(x, -1, 1) if r.random() < 0.5 else np.tanh(x)
        x = x * 10 ** (r.uniform(-20, 0) / 20)
    else:
        x = x * 10 ** (r.uniform(-28, 4) / 20)
    return np.clip(x, -1, 1).astype(np.float32)


def window(speech: Speech, r: random.Random, seconds: float, early: bool, first=None):
    """Utterances with gaps up to `seconds` (one if 0): signal, hanzi, phones and pitches of frames, spans in 20 ms frames."""
    texts, parts, labels, heights, spans, gaps, at = [], [], [], [], [], [], 0
    for text, codes, phones, span, _ in [first] if first else speech.talk(r):
        if texts and at + len(codes) + 4000 > seconds * RATE:
            break
        gap = 160 * r.choice([0, r.randint(1, 12), r.randint(5, 50)])
        if at + gap + len(codes) > 29.5 * RATE:
            break
        x = EXPANDED[codes] * (10 ** (r.uniform(-6, 0) / 20) if texts else 1)
        parts += [np.zeros(gap, np.float32), x]
        labels += [np.zeros(gap // 160, np.int64), phones[: len(codes) // 160].astype(np.int64)]
        heights += [np.full(gap // 160, -100), pitches(x)]
        short = len(codes) % 160
        if short:
            parts[-1] = x[: len(codes) - short]
        spans.append(span.astype(np.int64) / 2 + (at + gap) / 160)
        gaps.append((at, at + gap))
        at += gap + len(codes) - short
        texts.append(text)
        if not seconds:
            break
    parts.append(np.zeros(160 * r.choice([0, 3, 10, 25]), np.float32))
    sound = disturbed(np.concatenate(parts), speech, r, early)
    if r.random() < 0.5:  # packed from stretches of speech, with nothing between them
        kept = 160 * r.randint(0, 20)
        for start, end in gaps:
            sound[start + kept : max(0, end - kept)] = 0
    return sound, texts, np.concatenate(labels), np.concatenate(spans), np.concatenate(heights)


def batch_of(speech: Speech, r: random.Random, done: float):
    """About 30 s of windows, and whether they are padded as faster-whisper's are."""
    full = r.random() < (0.5 if done >= 0.6 else 0.3 if done >= 0.2 else 0)
    if full:
        rows = [window(speech, r, r.choice([0, 3, 6, LONGEST_S, LONGEST_S, LONGEST_S]), False) for _ in range(3)]
    elif done < 0.2 or r.random() < 0.25:
        pool = sorted((speech.draw(r) for _ in range(240)), key=lambda item: len(item[1]))
        at = r.randrange(210)
        rows = [window(speech, r, 0, done < 0.1, item) for item in pool[at : at + 24]]
    else:
        seconds = r.choice([5, LONGEST_S])
        rows = [window(speech, r, seconds, False) for _ in range(int(33 / seconds))]
    rows = rows[: max(1, LISTENED_FRAMES // width_of(rows, full))]
    if r.random() < 0.05:  # no speech at all
        length = max(8000, min(len(row[0]) for row in rows))
        quiet = noise(length, speech, r) if r.random() < 0.5 else np.random.default_rng(r.randrange(2**32)).standard_normal(length)
        rows[r.randrange(len(rows))] = ((quiet * 10 ** (r.uniform(-70, -25) / 20)).astype(np.float32), None, np.zeros(length // 160, np.int64), np.zeros((0, 2)), np.full(1, -100))
    return rows, full


def misheard(phones: torch.Tensor, tones: torch.Tensor, r: random.Random) -> torch.Tensor:
    """Phones (rows, frames) with some vowels in a wrong tone, some phones wrong throughout and some frames wrong."""
    part = F.pad((phones[:, 1:] != phones[:, :-1]).long().cumsum(1), (1, 0))
    chance = torch.rand(phones.shape).gather(1, part)
    other = tones[phones, torch.randint(0, 8, phones.shape).gather(1, part)]
    stranger = phones[torch.randperm(len(phones))]
    wrong_tone, wrong = r.choice([0.0, 0.05, 0.12, 0.25]), r.choice([0.0, 0.02, 0.05])
    phones = torch.where(chance < wrong_tone, other, phones)
    phones = torch.where(chance > 1 - wrong, stranger, phones)
    return torch.where(torch.rand(phones.shape) < r.choice([0.0, 0.03, 0.1]), stranger, phones)


def read_batch(speech: Speech, r: random.Random, ids: dict[str, int], tones: torch.Tensor):
    """Texts with phones for sound, one or two utterances a row: phones, inputs, targets."""
    shard = r.choice(speech.read)
    pool = sorted((r.choice(shard) for _ in range(400)), key=lambda item: len(item[2]))
    at, rows, longest = r.randrange(len(pool) - 60), [], 0
    while at + 1 < len(pool):
        parts = pool[at : at + r.choice([1, 1, 2])]
        at += len(parts)
        labels, spans, offset = [], [], 0
        for part in parts:
            gap = r.randint(0, 12)
            labels += [np.zeros(gap, np.int64), part[2].astype(np.int64)]
            spans.append(part[3].astype(np.float64) / 2 + offset + gap)
            offset += gap + len(part[2])
        if (len(rows) + 1) * up_to(max(longest, offset), 32 * STRIDE) > READ_FRAMES * STRIDE:
            break
        longest = max(longest, offset)
        rows.append((None, [part[0] for part in parts], np.concatenate(labels), np.concatenate(spans), np.full(1, -100)))
    rows = rows[: READ_FRAMES * STRIDE // up_to(longest, 32 * STRIDE)]
    _, inputs, targets, labels, _, _ = tensors(rows, None, ids, r)
    phones = labels.clamp_min(0)[:, r.randrange(STRIDE) :: STRIDE]
    return misheard(phones, tones, r), inputs, targets


def tensors(rows, full: bool | None, ids: dict[str, int], r: random.Random):
    """The rows as tensors (no features where `full` is None)."""
    mel = None if full is None else features([row[0] for row in rows], width_of(rows, full))
    frames = up_to(max(len(row[2]) for row in rows), 32 * STRIDE) if mel is None else mel.shape[-1] // 2
    prompted = r.random() < 0.85
    given, wanted, spans = [], [], []
    for _, texts, _, span, _ in rows:
        head = [ids["<|startofprev|>"], *(ids.get(c, ids["<unk>"]) for c in r.choice(PROMPTS[: r.choice([1, 4])]))] if prompted and r.random() < 0.9 else []
        if texts is None:
            given.append([*head, *(ids[t] for t in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>"))])
            wanted.append([-100] * len(head) + [ids["<|nospeech|>"], -100, -100, ids["<|endoftext|>"]])
            spans.append([])
            continue
        written = [ids[c] for text in texts for c in text.replace("，", "")]
        given.append([*head, *(ids[t] for t in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")), *written])
        wanted.append([-100] * len(head) + [ids["<|zh|>"], -100, -100, *written, ids["<|endoftext|>"]])
        spans.append([(len(head) + 3 + i, a, b) for i, (a, b) in enumerate(span)])
    longest = up_to(max(map(len, given)), 16)
    inputs = torch.tensor([g + [ids["<|endoftext|>"]] * (longest - len(g)) for g in given])
    targets = torch.tensor([w + [-100] * (longest - len(w)) for w in wanted])
    labels, heights = (torch.full((len(rows), frames), -100) for _ in range(2))
    for i, row in enumerate(rows):
        for frame, values in ((labels, row[2]), (heights, row[4])):
            keep = min(frames, len(values))
            frame[i, :keep] = torch.from_numpy(values[:keep])
    flat = np.array([(i, t, a, b) for i, s in enumerate(spans) for t, a, b in s]).reshape(-1, 4)
    return mel, inputs, targets, labels, flat, heights


def spelling(model: Whisper, hidden, targets):
    """Cross-entropy of the hanzi."""
    logits = F.linear(hidden.flatten(0, 1), model.te.weight)
    return F.cross_entropy(logits.float(), targets.flatten(), label_smoothing=0.03)


def looking(looks, memory, flat):
    """How much of the aligned heads' attention misses the sound of the hanzi about to be written."""
    row, token = torch.from_numpy(flat[:, 0]).long(), torch.from_numpy(flat[:, 1]).long()
    low, high = torch.from_numpy(flat[:, 2])[:, None], torch.from_numpy(flat[:, 3])[:, None]
    at = torch.arange(memory.shape[1])[None]
    inside = (at >= low.floor() - 1) & (at <= high + 1)
    look = torch.zeros(())
    for q, k in looks:
        scores = (q @ k.transpose(1, 2))[row, token].float() * q.shape[-1] ** -0.5
        look = look + (scores.logsumexp(-1) - scores.masked_fill(~inside, -1e9).logsumexp(-1)).mean()
    return look / len(looks)


def listen(model: Whisper, mel, inputs, targets, labels, flat, heights):
    """The four losses of heard speech."""
    memory, early = model.encode(mel.to(NUMBER))
    voiced = int((heights >= 0).sum())
    pitch = F.cross_entropy(model.pitch_head(early[1].flatten(0, 1)).float(), heights.flatten(), reduction="sum") / max(1, voiced)
    phone = F.cross_entropy(model.phone_head(early[-1].flatten(0, 1)).float(), labels.flatten())
    hidden, looks = model.decode(inputs, memory)
    return spelling(model, hidden, targets), phone, looking(looks, memory, flat), pitch


def acquaint(model: Whisper, speech: Speech, r: random.Random, ids: dict[str, int]) -> None:
    """Let each phone stand for what the encoder makes of it on average, so that a published model reads from the first step on."""
    total, count = torch.zeros(PHONES, model.phone_in.weight.shape[1]), torch.zeros(PHONES)
    with torch.no_grad():
        for _ in range(12):
            rows, full = batch_of(speech, r, 1)
            mel, _, _, labels, _, _ = tensors(rows, full, ids, r)
            early = (model.encode(mel)[1][-1] - model.pe[: labels.shape[1]]).flatten(0, 1)
            named = labels.flatten() >= 0
            total.index_add_(0, labels.flatten()[named], early[named])
            count += labels.flatten()[named].bincount(minlength=PHONES)
        model.phone_in.weight[count > 0] = 0.35 * (total / count.clamp_min(1)[:, None])[count > 0]  # a third: what all frames share is in every mean


def rate(done: float, warm: float) -> float:
    """Warm up, hold, and fall to nothing in the last 40 %."""
    return min(1.0, max(0.0, warm)) * (1.0 if done < 0.6 else max(0.015, (1 - done) / 0.4))


def orthogonal(gradient: torch.Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> torch.Tensor:
    """Muon's Newton-Schulz iteration (Jordan et al. 2024) in NUMBER; the library's is always in bfloat16."""
    a, b, c = coefficients
    x = (gradient.T if gradient.shape[0] > gradient.shape[1] else gradient).to(NUMBER)
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if gradient.shape[0] > gradient.shape[1] else x


def leave_room() -> None:
    """Two threads on an idle machine, one where others want to run: threads that wait for each other lose more than a core."""
    with open("/proc/stat") as stat:
        running = next(int(line.split()[1]) for line in stat if line.startswith("procs_running"))
    torch.set_num_threads(2 if running <= torch.get_num_threads() else 1)


def main(work: Path, minutes: float, resume: bool, published: Path | None) -> None:
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    speech = Speech(work)
    speech.refresh()
    vocabulary_file = work / "tokens.json"
    if not vocabulary_file.exists():
        vocabulary_file.write_text(json.dumps(tokens(), ensure_ascii=False))
    ids = {t: i for i, t in enumerate(json.loads(vocabulary_file.read_text()))}
    torch.manual_seed(1)
    model, quick = Whisper(len(ids), PHONES, PITCHES), Whisper(len(ids), PHONES, PITCHES).to(NUMBER)
    if published:
        begin_from(model, published)
        acquaint(model, speech, random.Random(0), ids)
    pairs = list(zip(model.parameters(), quick.parameters(), strict=True))
    heads = [p for n, p in model.named_parameters() if n.startswith(("phone_", "pitch_"))]
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and n.startswith(("enc.", "dec."))]
    chosen = {id(p) for p in matrices + heads}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    torch.optim._muon._zeropower_via_newtonschulz = orthogonal
    muon = torch.optim.Muon(matrices, lr=1.0, weight_decay=0.0, momentum=0.95)
    adam = torch.optim.AdamW([{"params": rest}, {"params": heads}], lr=1.0, betas=(0.9, 0.98), weight_decay=0.0)
    average = {n: p.detach().clone() for n, p in model.state_dict().items()}
    r, count, spent = random.Random(1), 0, 0.0
    if resume:
        state = torch.load(work / "state.pt", weights_only=False)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
        average, count, spent = state["average"], state["count"], state["spent"]
        speech.phones = state["phones"]
        speech.names.clear(), speech.heard.clear(), speech.read.clear()
        speech.refresh()
        r = random.Random(count)
    tones = speech.other_tones()
    total, last, saved = minutes * 60, time.time(), time.time()
    sums, seconds = [0.0] * 5, 0.0
    while spent < total:
        done = spent / total
        with torch.no_grad():
            for weight, copy in pairs:
                copy.copy_(weight)
                weight.grad = None

        def learn(loss, share: float) -> None:
            (loss * share).backward()
            for weight, copy in pairs:
                if copy.grad is not None:
                    weight.grad = copy.grad.float() if weight.grad is None else weight.grad.add_(copy.grad)
                    copy.grad = None

        for _ in range(LISTENED):
            leave_room()
            rows, full = batch_of(speech, r, 1 if published else done)
            losses = listen(quick, *tensors(rows, full, ids, r))
            learn(losses[0] + losses[1] + 0.1 * losses[2] + 0.5 * losses[3], 1 / LISTENED)
            sums = [s + x.item() / LISTENED for s, x in zip(sums, [*losses, torch.zeros(())], strict=True)]
            seconds += sum(len(row[0]) for row in rows) / RATE
        for _ in range(READ if done >= 0.04 or published else 0):
            leave_room()
            phones, inputs, targets = read_batch(speech, r, ids, tones)
            guess = spelling(quick, quick.decode(inputs, quick.encode_phones(phones, STRIDE))[0], targets)
            learn(guess, 1 / READ)
            sums[4] += guess.item() / READ
        # What a published model knows is not moved before the two heads that only training has can speak of it.
        scale = rate(done, (count - 100) / 200) * 0.6 if published else rate(done, (count + 1) / 200)
        for group in muon.param_groups:
            group["lr"], group["weight_decay"] = 0.02 * scale, 0.02
        for group, factor in zip(adam.param_groups, (scale, rate(done, count / 20)), strict=True):
            group["lr"] = 2e-3 * factor
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        muon.step()
        adam.step()
        count += 1
        keep = min(0.998, count / (count + 20))
        with torch.no_grad():
            for n, p in model.state_dict().items():
                average[n].lerp_(p, 1 - keep) if p.dtype.is_floating_point else None
        now = time.time()
        spent, last = spent + now - last, now
        if count % 50 == 0:
            hanzi, phone, look, pitch, read = (s / 50 for s in sums)
            print(f"{count} {spent:.0f} s ({done:.2f}) hanzi {hanzi:.3f} phone {phone:.3f} look {look:.3f} pitch {pitch:.3f} read {read:.3f}, {seconds / 50:.0f} s of speech a step, {len(speech.heard)} shards heard, {len(speech.read)} read", flush=True)
            sums, seconds = [0.0] * 5, 0.0
            speech.refresh()
        if now - saved > 120 or spent >= total:
            torch.save({"model": model.state_dict(), "muon": muon.state_dict(), "adam": adam.state_dict(), "average": average, "count": count, "spent": spent, "phones": speech.phones}, work / "state.part")
            (work / "state.part").rename(work / "state.pt")
            torch.save({n: p.half() for n, p in average.items()}, work / "model.pt")
            saved = now


if __name__ == "__main__":
    if not os.environ.keys() >= ENVIRONMENT.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ENVIRONMENT})
    words = sys.argv[1:]
    begin = Path(words[words.index("--from") + 1]) if "--from" in words else None
    main(Path(words[0]), float(words[1]), "--resume" in words, begin)
