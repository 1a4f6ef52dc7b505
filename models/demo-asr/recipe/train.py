"""Train the demo model: train.py WORK_DIR MINUTES [--resume]. Reads WORK_DIR/shards as they appear, writes WORK_DIR/model.pt every few minutes.

Three losses together: the hanzi (cross-entropy of the decoder), the phone of every 20 ms frame (the encoder hears within minutes), and where
one head of the decoder looks while it writes a hanzi (alignment, and with it word times). Each step also reads a larger batch of texts whose
phones stand in for the sound. Short single utterances first, then windows of several of at most LONGEST_S, most of them padded
with zeros to a fixed length as they will be in use. Computed in bfloat16 on float32 weights; matrices are updated with Muon, the rest with
AdamW; the weights written are a running average. A stopped run goes on with --resume.
"""

import json
import math
import random
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
from text import vocabulary  # noqa: E402

MEL = torch.tensor(FeatureExtractor(feature_size=80).mel_filters, dtype=torch.float32)
WINDOW = torch.hann_window(200)
EXPANDED = ((lambda y: np.sign(y) * (256 ** np.abs(y) - 1) / 255)(np.arange(256) / 127.5 - 1)).astype(np.float32)
SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")
PUNCTUATION = "，。？！、"
PROMPTS = ("以下是普通话的电话录音，请用简体中文记录。", "这是一段客服通话。", "您好，这里是客服中心，请问有什么可以帮您？", "以下是普通话的句子。")
RATE = 8000
LONGEST_S = 10.5  # of speech in a window: what convert.py tells callqa to give this model at once
FRAMES = 1100  # what callqa pads such windows to


def tokens() -> list[str]:
    """The model's vocabulary in the order of its ids: hanzi, punctuation, unknown, "", specials."""
    return [*vocabulary(), *PUNCTUATION, "<unk>", "", *SPECIAL]


class Speech:
    """The rendered utterances in memory: `heard` with sound, `read` their texts and phones alone (more shards)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names, self.heard, self.read = folder, set(), [], []

    def refresh(self) -> None:
        """Load shards that have appeared."""
        for file in sorted(self.folder.glob("[0-9]*[0-9].npz")):
            if file.name in self.names:
                continue
            z = np.load(file)
            texts, rows, span_at = str(z["texts"]).split("\n"), [], 0
            samples, ends, phones, phone_ends, spans = (z[k] for k in ("samples", "ends", "phones", "phone_ends", "spans"))
            for i, text in enumerate(texts):
                a, b = (ends[i - 1] if i else 0), ends[i]
                pa, pb = (phone_ends[i - 1] if i else 0), phone_ends[i]
                hanzi = len(text.replace("，", ""))
                rows.append((text, samples[a:b], phones[pa:pb], spans[span_at : span_at + hanzi]))
                span_at += hanzi
            self.names.add(file.name)
            self.read.append(rows)
            if len(samples):
                self.heard.append(rows)

    def draw(self, r: random.Random):
        """One utterance: text, codes, phones, spans."""
        return r.choice(r.choice(self.heard))


def features(signals: list[np.ndarray], full: bool, padding: int) -> torch.Tensor:
    """(batch, 80, frames) log-mel of 8 kHz signals as faster-whisper computes it after doubling the rate, zeros after each end.

    `full` pads to FRAMES, else `padding` frames follow the longest.
    """
    lengths = torch.tensor([len(x) for x in signals]) // 80
    batch = torch.zeros(len(signals), max(map(len, signals)))
    for row, x in zip(batch, signals, strict=True):
        row[: len(x)] = torch.from_numpy(x)
    power = torch.stft(batch, 200, 80, window=WINDOW, center=True, pad_mode="reflect", return_complex=True)[..., :-1].abs() ** 2 * 4
    mel = torch.einsum("mf,bft->bmt", MEL[:, :101], power).clamp_min(1e-10).log10()
    inside = (torch.arange(mel.shape[-1])[None] < lengths[:, None])[:, None]
    mel = mel.masked_fill(~inside, -100)
    mel = ((torch.maximum(mel, mel.amax((1, 2), keepdim=True) - 8) + 4) / 4).masked_fill(~inside, 0.0)
    longest = int(lengths.max() + lengths.max() % 2)
    width = max(FRAMES, longest) if full else longest + 2 * padding
    out = torch.zeros(len(signals), 80, width)
    keep = min(width, mel.shape[-1])
    out[..., :keep] = mel[..., :keep]
    return out


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
    """A random level, mostly some noise (down to 4 dB under the speech), seldom an echo of another voice or clipping."""
    rms = np.sqrt((x**2).mean() + 1e-9)
    if r.random() < 0.65:
        snr = r.uniform(18, 50) if early or r.random() < 0.7 else r.uniform(5, 18)
        x = x + noise(len(x), speech, r) * rms * 10 ** (-snr / 20)
    if r.random() < 0.06:
        other = EXPANDED[speech.draw(r)[1]][: len(x)]
        x[: len(other)] += other * 10 ** (-r.uniform(20, 35) / 20)
    x = x * 10 ** (r.uniform(-28, 4) / 20)
    return np.clip(x, -1, 1).astype(np.float32)


def window(speech: Speech, r: random.Random, seconds: float, early: bool, first=None):
    """Utterances with gaps up to `seconds` (one if 0): signal, hanzi, frame labels, spans in 20 ms frames."""
    texts, parts, labels, spans, gaps, at = [], [], [], [], [], 0
    while True:
        text, codes, phones, span = speech.draw(r) if texts or first is None else first
        if texts and at + len(codes) + 4000 > seconds * RATE:
            break
        gap = 160 * r.choice([0, r.randint(1, 12), r.randint(5, 50)])
        if at + gap + len(codes) > 29.5 * RATE:
            break
        x = EXPANDED[codes] * (10 ** (r.uniform(-6, 0) / 20) if texts else 1)
        parts += [np.zeros(gap, np.float32), x]
        labels += [np.zeros(gap // 160, np.int64), phones[: len(codes) // 160].astype(np.int64)]
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
    return sound, texts, np.concatenate(labels), np.concatenate(spans)


def batch_of(speech: Speech, r: random.Random, done: float):
    """The windows of one step, and whether they are padded as faster-whisper's are."""
    full = r.random() < (0.6 if done >= 0.6 else 0.2 if done >= 0.2 else 0)
    if full:
        rows = [window(speech, r, r.choice([0, 3, 6, LONGEST_S, LONGEST_S]), False) for _ in range(12)]
    elif done < 0.25 or r.random() < 0.4 * (1 - done):
        pool = sorted((speech.draw(r) for _ in range(480)), key=lambda item: len(item[1]))
        at, budget, rows = r.randrange(440), 100 * RATE, []
        while at < len(pool) and budget > 0 and len(rows) < 64:
            rows.append(window(speech, r, 0, done < 0.15, pool[at]))
            budget, at = budget - len(pool[at][1]), at + 1
    else:
        seconds = r.choice([3, 5, 8, LONGEST_S]) if done < 0.45 else r.choice([5, LONGEST_S, LONGEST_S])
        rows = [window(speech, r, seconds, False) for _ in range(int(100 / seconds))]
    if r.random() < 0.2:  # no speech at all
        length = max(8000, min(len(row[0]) for row in rows))
        quiet = noise(length, speech, r) if r.random() < 0.5 else np.random.default_rng(r.randrange(2**32)).standard_normal(length)
        rows[r.randrange(len(rows))] = ((quiet * 10 ** (r.uniform(-70, -25) / 20)).astype(np.float32), None, np.zeros(length // 160, np.int64), np.zeros((0, 2)))
    return rows, full


STRIDE = 2


def read_batch(speech: Speech, r: random.Random, ids: dict[str, int], hanzi: int = 1800):
    """Texts with phones for sound, one or two utterances a row, some phones misheard: phones, inputs, targets."""
    shard = r.choice(speech.read)
    pool = sorted((r.choice(shard) for _ in range(800)), key=lambda item: len(item[2]))
    at, rows = r.randrange(len(pool) - 100), []
    while at + 1 < len(pool) and hanzi > 0:
        parts = pool[at : at + r.choice([1, 1, 2])]
        at += len(parts)
        labels, spans, offset = [], [], 0
        for part in parts:
            gap = r.randint(0, 12)
            labels += [np.zeros(gap, np.int64), part[2].astype(np.int64)]
            spans.append(part[3].astype(np.float64) / 2 + offset + gap)
            offset += gap + len(part[2])
        texts = [part[0] for part in parts]
        hanzi -= sum(map(len, texts))
        rows.append((None, texts, np.concatenate(labels), np.concatenate(spans)))
    _, inputs, targets, labels, _ = tensors(rows, None, ids, r)
    phones = labels.clamp_min(0)[:, r.randrange(STRIDE) :: STRIDE]
    misheard = torch.rand(phones.shape) < r.choice([0.0, 0.03, 0.1])
    phones = torch.where(misheard, phones[torch.randperm(len(phones))], phones)
    return phones, inputs, targets


def tensors(rows, full: bool | None, ids: dict[str, int], r: random.Random):
    """The rows as tensors (no features where `full` is None)."""
    mel = None if full is None else features([row[0] for row in rows], full, r.choice([0, 0, 0, r.randint(0, 60)]))
    frames = max(len(row[2]) for row in rows) if mel is None else mel.shape[-1] // 2
    prompted = r.random() < 0.2
    given, wanted, spans = [], [], []
    for _, texts, _, span in rows:
        head = [ids["<|startofprev|>"], *(ids.get(c, ids["<unk>"]) for c in r.choice(PROMPTS))] if prompted and r.random() < 0.7 else []
        if texts is None:
            given.append([*head, *(ids[t] for t in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>"))])
            wanted.append([-100] * len(head) + [ids["<|nospeech|>"], -100, -100, ids["<|endoftext|>"]])
            spans.append([])
            continue
        written = [ids[c] for text in texts for c in text.replace("，", "")]
        given.append([*head, *(ids[t] for t in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")), *written])
        wanted.append([-100] * len(head) + [ids["<|zh|>"], -100, -100, *written, ids["<|endoftext|>"]])
        spans.append([(len(head) + 3 + i, a, b) for i, (a, b) in enumerate(span)])
    longest = max(map(len, given))
    inputs = torch.tensor([g + [ids["<|endoftext|>"]] * (longest - len(g)) for g in given])
    targets = torch.tensor([w + [-100] * (longest - len(w)) for w in wanted])
    labels = torch.full((len(rows), frames), -100)
    for i, row in enumerate(rows):
        keep = min(frames, len(row[2]))
        labels[i, :keep] = torch.from_numpy(row[2][:keep])
    flat = np.array([(i, t, a, b) for i, s in enumerate(spans) for t, a, b in s]).reshape(-1, 4)
    return mel, inputs, targets, labels, flat


def spelling(model: Whisper, hidden, targets):
    """Cross-entropy of the hanzi."""
    asked = targets.flatten() >= 0
    logits = F.linear(hidden.flatten(0, 1)[asked], model.te.weight)
    return F.cross_entropy(logits.float(), targets.flatten()[asked], label_smoothing=0.03)


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


def listen(model: Whisper, mel, inputs, targets, labels, flat):
    """The three losses of heard speech."""
    memory, early = model.encode(mel.bfloat16())
    named = labels.flatten() >= 0
    phone = F.cross_entropy(model.phone_head(early.flatten(0, 1)[named]).float(), labels.flatten()[named])
    hidden, looks = model.decode(inputs, memory)
    return spelling(model, hidden, targets), phone, looking(looks, memory, flat)


def rate(done: float, warm: float) -> float:
    """Warm up, hold, and fall to nothing in the last 45 %."""
    return min(1.0, warm) * (1.0 if done < 0.55 else max(0.02, (1 - done) / 0.45))


def leave_room() -> None:
    """Two threads on an idle machine, one where others want to run: threads that wait for each other lose more than a core."""
    with open("/proc/stat") as stat:
        running = next(int(line.split()[1]) for line in stat if line.startswith("procs_running"))
    torch.set_num_threads(2 if running <= torch.get_num_threads() else 1)


def main(work: Path, minutes: float, resume: bool) -> None:
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    speech = Speech(work / "shards")
    speech.refresh()
    vocabulary_file = work / "tokens.json"
    if not vocabulary_file.exists():
        vocabulary_file.write_text(json.dumps(tokens(), ensure_ascii=False))
    ids = {t: i for i, t in enumerate(json.loads(vocabulary_file.read_text()))}
    torch.manual_seed(1)
    model, quick = Whisper(len(ids), 256), Whisper(len(ids), 256).bfloat16()
    pairs = list(zip(model.parameters(), quick.parameters(), strict=True))
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and n.startswith(("enc.", "dec."))]
    chosen = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    muon = torch.optim.Muon(matrices, lr=1.0, weight_decay=0.0, momentum=0.95)
    adam = torch.optim.AdamW(rest, lr=1.0, betas=(0.9, 0.98), weight_decay=0.0)
    average = {n: p.detach().clone() for n, p in model.state_dict().items()}
    r, count, spent = random.Random(1), 0, 0.0
    if resume:
        state = torch.load(work / "state.pt", weights_only=False)
        model.load_state_dict(state["model"])
        muon.load_state_dict(state["muon"])
        adam.load_state_dict(state["adam"])
        average, count, spent = state["average"], state["count"], state["spent"]
        r = random.Random(count)
    total, last, saved = minutes * 60, time.time(), time.time()
    sums, seconds, read = [0.0, 0.0, 0.0], 0.0, 0.0
    reads = 0
    while spent < total:
        done = spent / total
        leave_room()
        with torch.no_grad():
            for weight, copy in pairs:
                copy.copy_(weight)
                copy.grad = None
        rows, full = batch_of(speech, r, done)
        losses = listen(quick, *tensors(rows, full, ids, r))
        (losses[0] + losses[1] + 0.1 * losses[2]).backward()
        if done >= 0.04:
            leave_room()
            phones, inputs, targets = read_batch(speech, r, ids)
            guess = spelling(quick, quick.decode(inputs, quick.encode_phones(phones, STRIDE))[0], targets)
            guess.backward()
            read, reads = read + guess.item(), reads + 1
        scale = rate(done, (count + 1) / 200)
        for group in muon.param_groups:
            group["lr"], group["weight_decay"] = 0.02 * scale, 0.02
        for group in adam.param_groups:
            group["lr"] = 2e-3 * scale
        for weight, copy in pairs:
            weight.grad = None if copy.grad is None else copy.grad.float()
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
        seconds += sum(len(row[0]) for row in rows) / RATE
        sums = [s + x.item() for s, x in zip(sums, losses, strict=True)]
        if count % 50 == 0:
            print(f"{count} {spent:.0f} s ({done:.2f}) hanzi {sums[0] / 50:.3f} phone {sums[1] / 50:.3f} look {sums[2] / 50:.3f} read {read / max(reads, 1):.3f}, {seconds / 50:.0f} s of speech a step, {len(speech.heard)} shards heard, {len(speech.read)} read", flush=True)
            sums, seconds, read, reads = [0.0, 0.0, 0.0], 0.0, 0.0, 0
            speech.refresh()
        if now - saved > 240 or spent >= total:
            torch.save({"model": model.state_dict(), "muon": muon.state_dict(), "adam": adam.state_dict(), "average": average, "count": count, "spent": spent}, work / "state.part")
            (work / "state.part").rename(work / "state.pt")
            torch.save({n: p.half() for n, p in average.items()}, work / "model.pt")
            saved = now


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), "--resume" in sys.argv)
