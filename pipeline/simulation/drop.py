"""A day of simulated vendors: audio in folders by day and vendor, `manifest.csv`, and `truth.jsonl` with what was said and planted.

20260301/华声外呼/2026030100001.wav
manifest.csv    as a vendor would drop it (UTF-8 with BOM)
truth.jsonl     {"call_id", "file", "turns": […], "faults": […]}, one line a call
"""

import csv
import hashlib
import json
import math
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.errors import StorageError, UsageError
from pipeline.records.call import AgentChannel, Outcome
from pipeline.simulation.casting import VENDORS, Plan, plan_call, rosters
from pipeline.simulation.codecs import CODECS, encoded, known
from pipeline.simulation.conversation import conversation
from pipeline.simulation.dialogues import SHIPPED
from pipeline.simulation.faults import Deck, Rates
from pipeline.simulation.layout import Layout
from pipeline.simulation.scripted import speak_call
from pipeline.simulation.voice import RATE_HZ, Engine

_HEADER = (
    "call_id", "vendor", "project", "agent", "customer_number", "started_at", "duration_s", "outcome", "file", "agent_channel", "sha256",
)  # fmt: skip
# What vendors deliver: about one call in seven is mono.
_USUAL_CODECS = ("mulaw",) * 8 + ("alaw",) * 5 + ("pcm16",) * 4 + ("mp3",) * 3 + ("gsm", "amr")
_SHORTEST_S = 1.0
_LEAST_SNR_DB, _MOST_SNR_DB = -20, 100
_MADE_WITH = ".simulated"
_ENGINES = 2
_Call = tuple[tuple[str, ...], str, list[tuple[str, ...]]]


def simulate(
    out: Path,
    calls: int,
    seed: int,
    *,
    day: date,
    seconds: float = 60,
    vendors: int = 3,
    snr_db: float | None = None,
    codecs: tuple[str, ...] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    rates: Rates | None = None,
    words: Path = SHIPPED,
) -> None:
    """Write `calls` connected calls of about `seconds` each (never shorter than their script) and some without an answer.

    `words` is a folder of wordings as `dialogues/` has them. The same arguments give the same bytes. Raises UsageError for arguments out of
    range or an `out` that holds another drop, and StorageError where `out` cannot be written.
    """
    _validate(calls, seconds, vendors, codecs, snr_db)
    rates = rates or Rates()
    _claim(out, json.dumps([calls, seed, f"{day}", seconds, vendors, snr_db, codecs, f"{rates}", f"{words}"]))
    deck = Deck(rates, random.Random(f"{seed} deck"))
    agents = rosters(seed, vendors)
    rows: list[tuple[str, ...]] = []
    truths: list[str] = []
    plans = (
        plan_call(
            index,
            random.Random(f"{seed} call {index}"),
            deck,
            rates,
            agents,
            day,
            codecs or _USUAL_CODECS,
            snr_db,
            words,
            is_last=index == calls - 1,
        )
        for index in range(calls)
    )
    try:
        with closing(_all_written(out, plans, seconds, rates.no_answer)) as written:
            for row, truth, unanswered in written:
                rows += [row, *unanswered]
                truths.append(truth)
                if on_progress:
                    on_progress(len(truths), calls)
        _write_manifest(out / "manifest.csv", rows)
        (out / "truth.jsonl").write_text("".join(f"{truth}\n" for truth in truths), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{out}: cannot write the simulated calls: {error}") from error


def _claim(out: Path, made_with: str) -> None:
    """Note in the folder what its drop is made with, unless another drop lies there: two in one folder would be neither."""
    mark = out / _MADE_WITH
    try:
        if (out / "manifest.csv").exists() and not (mark.exists() and mark.read_text(encoding="utf-8") == made_with):
            raise UsageError(f"{out}: holds another drop (its manifest.csv); choose an empty folder")
        out.mkdir(parents=True, exist_ok=True)
        mark.write_text(made_with, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{out}: cannot write the simulated calls: {error}") from error


def _validate(calls: int, seconds: float, vendors: int, codecs: Sequence[str] | None, snr_db: float | None) -> None:
    if calls < 1:
        raise UsageError(f"{calls} calls: simulate at least one")
    if not _SHORTEST_S <= seconds < math.inf:
        raise UsageError(f"{seconds} s a call: choose {_SHORTEST_S:.0f} s or more")
    if not 1 <= vendors <= len(VENDORS):
        raise UsageError(f"{vendors} vendors: choose 1 to {len(VENDORS)}")
    if snr_db is not None and not _LEAST_SNR_DB <= snr_db <= _MOST_SNR_DB:
        raise UsageError(f"a line noise of {snr_db} dB: choose {_LEAST_SNR_DB} to {_MOST_SNR_DB}")
    if codecs is not None and not codecs:
        raise UsageError(f"no codec given; known: {', '.join(CODECS)}")
    for codec in codecs or ():
        known(codec)


def _all_written(out: Path, plans: Iterable[Plan], seconds: float, no_answer: float) -> Generator[_Call, None, None]:
    """The calls in order, spoken by two engines in turn on every machine: what an engine says hangs on what it has said before."""
    with ExitStack() as stack:
        engines = [stack.enter_context(Engine()) for _ in range(_ENGINES)]
        threads = [stack.enter_context(ThreadPoolExecutor(1)) for _ in engines]
        for thread in threads:
            stack.callback(thread.shutdown, wait=False, cancel_futures=True)
        begun: deque[Future[_Call]] = deque()
        for index, plan in enumerate(plans):
            lane = index % _ENGINES
            begun.append(threads[lane].submit(_written, out, plan, seconds, no_answer, engines[lane]))
            if len(begun) > 2 * _ENGINES:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def _written(out: Path, plan: Plan, seconds: float, no_answer: float, engine: Engine) -> _Call:
    """Speak and write one call; its manifest row, its line of truth, and rows of calls that nobody answered."""
    lines = conversation(plan.scene, seconds)
    channels, laid_out = speak_call(
        lines,
        plan.agent.person,
        plan.customer,
        engine,
        plan.circuit,
        mono=plan.mono,
        agent_left=plan.channel is not AgentChannel.RIGHT,
        seed=plan.sound_seed,
    )
    file = out / plan.file
    file.parent.mkdir(parents=True, exist_ok=True)
    data = encoded(channels, plan.codec)
    file.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    row = _row(plan, len(channels) // RATE_HZ, plan.scene.outcome, plan.file, digest)
    unanswered = [_unanswered(plan)] if plan.scene.chance.random() < no_answer else []
    return row, _truth(plan, laid_out), unanswered


def _row(plan: Plan, duration_s: int, outcome: Outcome, file: str, digest: str) -> tuple[str, ...]:
    who = (plan.call_id, plan.agent.vendor, plan.scene.words.project, plan.agent.name_code, plan.customer_number)
    started_at = plan.started_at.isoformat()
    return (*who, started_at, str(duration_s), outcome.value, file, plan.channel.value, digest)


def _unanswered(plan: Plan) -> tuple[str, ...]:
    """A row of the same agent's that nobody answered: no recording, nothing committed."""
    row = list(_row(plan, 0, Outcome.NO_ANSWER, "", ""))
    row[0] = f"{plan.call_id}N"
    return tuple(row)


def _write_manifest(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        writer.writerows(rows)


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: str
    start_ms: int | None = None
    end_ms: int | None = None
    text: str = ""


def _truth(plan: Plan, laid_out: Layout) -> str:
    turns = [
        {"speaker": s.line.speaker, "start_ms": s.span.start_ms, "end_ms": s.span.end_ms, "text": s.line.words}
        for s in laid_out.said
    ]
    faults = [
        {"rule": f.rule, "start_ms": f.start_ms, "end_ms": f.end_ms, "text": f.text} for f in _faults(plan, laid_out)
    ]
    record = {"call_id": plan.call_id, "file": plan.file, "turns": turns, "faults": faults}
    return json.dumps(record, ensure_ascii=False)


def _faults(plan: Plan, laid_out: Layout) -> list[_Fault]:
    """Those with a time in time order, then those of the whole call."""
    timed = []
    for said in laid_out.said:
        for mark in said.line.marks:
            if span := said.span_of(mark):
                spoken = said.line.words if said.line.speaker == "agent" else ""
                timed.append(_Fault(mark.rule, span.start_ms, span.end_ms, spoken))
    whole = [_Fault(fault) for fault in plan.scene.faults if fault not in {f.rule for f in timed}]
    # A clipped recording is too loud as well.
    louder = [_Fault("voice.level_high")] if "voice.clipped" in plan.scene.faults else []
    return [*timed, *whole, *louder]
