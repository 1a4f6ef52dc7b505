"""Speed and memory: python -m tests.bench [CALLS]. Prints Markdown; every figure is a ratio against something of the same run.

night        seconds of recording for each second of a stage, one process, simulated calls of a minute
orchestration share of the night that is neither a stage nor starting up
transcribe   all windows of a batch together against window by window
voice        seconds of recording for each second of one core that all voice measures take
phrases      the phrase search over the packs against a loop of `str.find` over the same phrases, which hears no sounds
growth       10,000 phrases against 100 (`tests/bench_phrases.py`)
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.checks.tone import measure
from pipeline.recordings.decode import Decoder
from pipeline.records.recording import RATE_HZ
from pipeline.records.turn import Speaker, Turn
from pipeline.scoring.truth import TrueCall, read_truth
from pipeline.settings import CHECKOUT
from pipeline.transcription.whisper import WhisperEngine, speech_spans
from pipeline.transcription.windows import pack
from tests.bench_phrases import growth, phrases
from tests.flows.conftest import DAY, Callqa

_SMALL_MIB = 1024


def main(calls: int) -> None:
    """Simulate a drop in a temporary folder and measure on it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        spent = _seconds(lambda: Callqa(root)("simulate", root / "drop", "--calls", calls, "--seed", 1))
        recorded_s = sum(max(t.span.end_ms for t in c.turns) for c in read_truth(root / "drop/truth.jsonl")) / 1000
        print(f"{calls} calls, {recorded_s:.0f} s of recording\n\n| what | figure |\n|---|---|")
        row("simulate, × real time", recorded_s / spent)
        night(root, recorded_s)
        transcription(root)
        voice(root)
        texts = [turn.text for call in read_truth(root / "drop/truth.jsonl") for turn in call.turns] * 5
        phrases(texts, row)
        growth(texts, row)


def night(root: Path, recorded_s: float) -> None:
    """The nightly command in a process of its own, on one core: side by side, stages would wait for each other and seem slower than they are."""
    work = Callqa(root / "work", CALLQA_THREADS="1")
    work("init")
    work("ingest", root / "drop/manifest.csv")
    done = work.run("nightly", "--date", DAY, "--seed", "bench", "--json")
    stages = json.loads(done.stdout)["stages_s"]
    whole = stages.pop("whole")
    own = sum(seconds for stage, seconds in stages.items() if stage != "transcribe")
    for stage in ("decode", "vad", "transcribe", "check", "store"):
        row(f"{stage}, × real time per core", recorded_s / stages[stage])
    row("everything but transcription, × real time per core", recorded_s / own)
    row("orchestration, share of the night", max(0.0, whole - sum(stages.values())) / whole)
    row("largest process, MiB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _SMALL_MIB)


def transcription(root: Path) -> None:
    """Batched hearing against one window after the other."""
    engine = WhisperEngine(CHECKOUT / "models" / "demo-asr")
    files = sorted((root / "drop").rglob("*.wav"))[:8]
    with Decoder() as decoder:
        audios = [decoder.decode(file) for file in files]
    windows = [w.samples for a in audios for w in pack(a.agent, speech_spans(a.agent), engine.longest_window_ms)]
    engine.hear(windows[:1])
    singly = _seconds(lambda: [engine.hear([window]) for window in windows])
    together = _seconds(lambda: engine.hear(windows))
    row(f"{len(windows)} windows together, times as fast as one by one", singly / together)


def voice(root: Path) -> None:
    """Every measure of the voice over all calls, speech and turns as the truth tells them; time of the processor, whoever else uses it."""
    calls = read_truth(root / "drop/truth.jsonl")
    with Decoder() as decoder:
        heard = [(decoder.decode(root / "drop" / call.file), _turns(call)) for call in calls]
    recorded_s = sum(audio.agent.size for audio, _ in heard) / RATE_HZ
    arguments = [
        (
            audio,
            turns,
            tuple(turn.span for turn in turns if audio.mono or turn.speaker is Speaker.AGENT),
            None if audio.mono else tuple(turn.span for turn in turns if turn.speaker is Speaker.CUSTOMER),
        )
        for audio, turns in heard
    ]
    measure(*arguments[0])
    began = time.process_time()
    for call in arguments:
        measure(*call)
    row("voice measures, × real time per core", recorded_s / (time.process_time() - began))


def _turns(call: TrueCall) -> tuple[Turn, ...]:
    return tuple(Turn(turn.speaker, turn.span, turn.text, 1.0) for turn in call.turns)


def row(what: str, figure: float) -> None:
    """One line of the table."""
    print(f"| {what} | {figure:.3g} |", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
