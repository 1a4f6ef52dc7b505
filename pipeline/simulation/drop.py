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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.errors import StorageError, UsageError
from pipeline.records.call import AgentChannel, Outcome
from pipeline.simulation.casting import VENDORS, Plan, plan_call, rosters
from pipeline.simulation.codecs import CODECS, encoded, known
from pipeline.simulation.conversation import conversation
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
) -> None:
    """Write `calls` connected calls of about `seconds` each (never shorter than their script) and some without an answer.

    The same arguments give the same bytes. Raises UsageError for arguments out of range or an `out` that holds another drop, and
    StorageError where `out` cannot be written.
    """
    _validate(calls, seconds, vendors, codecs, snr_db)
    rates = rates or Rates()
    _claim(out, json.dumps([calls, seed, f"{day}", seconds, vendors, snr_db, codecs, f"{rates}"]))
    deck = Deck(rates, random.Random(f"{seed} deck"))
    agents = rosters(seed, vendors)
    rows: list[tuple[str, ...]] = []
    truths: list[str] = []
    try:
        with Engine() as engine:
            for index in range(calls):
                chance = random.Random(f"{seed} call {index}")
                plan = plan_call(index, chance, deck, rates, agents, day, codecs or _USUAL_CODECS, snr_db)
                row, truth = _written(out, plan, seconds, engine)
                rows += [row, *([_unanswered(plan)] if chance.random() < rates.no_answer else [])]
                truths.append(truth)
                if on_progress:
                    on_progress(index + 1, calls)
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


def _written(out: Path, plan: Plan, seconds: float, engine: Engine) -> tuple[tuple[str, ...], str]:
    """Speak and write one call; its manifest row and its line of truth."""
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
    return _row(plan, len(channels) // RATE_HZ, plan.scene.outcome, plan.file, digest), _truth(plan, laid_out)


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
