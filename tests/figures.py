"""The published figures of the checks, from audio: python -m tests.figures FOLDER [--parts …] [--append]

Simulated calls whose words, voices and faults were written by somebody who saw only the catalogue of rules (`held_out/wordings`), inspected as
`callqa evaluate` does it. Each part is simulated in drops of their own seed, so that many voices and vendors are heard; a drop that FOLDER holds
the figures of is not heard again, so a run that was stopped goes on. Prints Markdown; `--append` adds it to `held_out/README.md`, with
the day, the commit and the hash of what was measured against.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from scipy.stats import chi2

from pipeline.scoring.intervals import wilson
from pipeline.settings import CHECKOUT

HELD_OUT = Path(__file__).with_name("held_out")
WORDINGS = HELD_OUT / "wordings"
_USUAL = "mulaw,alaw,pcm16"


@dataclass(frozen=True, slots=True)
class Part:
    """Drops of `calls` calls each, simulated with these options. `seeds` were taken from the system once, when the parts were written."""

    name: str
    what: str
    calls: int
    seeds: tuple[int, ...]
    options: tuple[str, ...]


def _condition(name: str, what: str, seed: int, *options: str) -> Part:
    return Part(name, what, 60, (seed,), ("--faults", "words", *options))


PARTS = (
    Part(
        "words",
        "faults of words, two channels, G.711 and PCM",
        100,
        (28507318, 71154688, 56260637, 69034562, 46028692, 49920751, 13645518, 39931442),
        ("--faults", "words", "--codecs", _USUAL),
    ),
    Part(
        "voices",
        "faults of voice, two channels, G.711 and PCM",
        100,
        (47231548, 37107731, 8910462, 55763390, 3928594, 75981758, 43486484, 66410935, 95117208),
        ("--faults", "voices", "--codecs", _USUAL),
    ),
    Part(
        "fault-free",
        "no faults, two channels, G.711 and PCM",
        100,
        (6038035, 26280781, 44128509, 90009434, 62977592, 90039610, 67367636, 32006936, 56176818, 60668081, 52773751),
        ("--faults", "none", "--codecs", _USUAL),
    ),
    _condition(
        "10 dB", "faults of words, line noise 10 dB under the speech", 80599347, "--codecs", _USUAL, "--snr-db", "10"
    ),
    _condition("mp3", "faults of words, MP3", 17286030, "--codecs", "mp3"),
    _condition("gsm", "faults of words, GSM, mono", 93258188, "--codecs", "gsm"),
    _condition("amr", "faults of words, AMR, mono", 2885489, "--codecs", "amr"),
)


@dataclass(slots=True)
class Sum:
    """Counts over drops: per rule faults, found and false, hours of agent channel, errors and length in hanzi."""

    calls: int = 0
    hours: float = 0.0
    edits: float = 0.0
    hanzi: int = 0
    rules: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, figures: dict) -> None:
        """Add what `evaluate --json` says of a drop."""
        self.calls += figures["calls"]
        self.hours += figures["hours"]
        self.edits += figures["cer"]["all"] * figures["hanzi"]["all"]
        self.hanzi += figures["hanzi"]["all"]
        for rule, row in figures["rules"].items():
            self.rules.setdefault(rule, Counter()).update({key: row[key] for key in ("faults", "found", "false")})

    def group(self, prefix: str) -> Counter[str]:
        """The rules of one kind together."""
        return sum((counts for rule, counts in self.rules.items() if rule.startswith(prefix)), Counter())


def main(arguments: Sequence[str]) -> None:
    """Measure the parts asked for and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where drops are simulated and their figures kept")
    parser.add_argument("--parts", nargs="*", default=[part.name for part in PARTS])
    parser.add_argument("--drops", type=int, default=None, help="of each part only the first so many drops")
    parser.add_argument("--append", action="store_true", help="add the tables to tests/held_out/README.md")
    asked = parser.parse_args(arguments)
    sums = {part.name: _measured(part, asked.folder, asked.drops) for part in PARTS if part.name in asked.parts}
    text = "\n".join(tables(sums))
    print(text)
    if asked.append:
        with (HELD_OUT / "README.md").open("a", encoding="utf-8") as log:
            log.write(f"\n{text}\n")


def _measured(part: Part, folder: Path, drops: int | None) -> Sum:
    total = Sum()
    for seed in part.seeds[:drops]:
        kept = folder / f"{part.name} {seed}.json"
        if not kept.exists():
            drop = folder / f"{part.name} {seed}"
            if not (drop / "truth.jsonl").exists():  # it is written last
                wanted = ("--calls", str(part.calls), "--seed", str(seed), "--wordings", str(WORDINGS))
                _callqa("simulate", str(drop), *wanted, *part.options)
            figures = _callqa("evaluate", str(drop / "truth.jsonl"), "--json")
            kept.write_text(figures, encoding="utf-8")
        total.add(json.loads(kept.read_text(encoding="utf-8")))
    return total


def _callqa(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode not in (0, 1):  # 1: a call could not be judged in full, which counts as nothing found in it
        done.check_returncode()
    return done.stdout


def tables(sums: dict[str, Sum]) -> Iterable[str]:
    """Lines of Markdown about the parts that were measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=False
    )
    yield f"## {date.today()}, from audio\n"
    yield f"Commit {commit.stdout.strip() or 'unknown'}, wordings {_digest()}\n"
    yield "| part | what | calls | agent hours | CER | phrases found | missing elements found | voice faults found |"
    yield "|---|---|---|---|---|---|---|---|"
    for part in PARTS:
        if total := sums.get(part.name):
            cer = f"{total.edits / total.hanzi:.3f}" if total.hanzi else "–"
            groups = (_recall(total.group(prefix)) for prefix in ("phrase.", "script.missing.", "voice."))
            yield f"| {part.name} | {part.what} | {total.calls} | {total.hours:.1f} | {cer} | {' | '.join(groups)} |"
    words, voices, free = (sums.get(name, Sum()) for name in ("words", "voices", "fault-free"))
    yield "\n| rule | faults | found | recall | claimed falsely beside them | precision | false alarms an hour, fault-free |"
    yield "|---|---|---|---|---|---|---|"
    for rule in sorted({*words.rules, *voices.rules, *free.rules}):
        planted = voices if rule.startswith("voice.") else words
        yield _row(rule, planted.rules.get(rule, Counter()), free.rules.get(rule, Counter())["false"], free.hours)
    for name, prefix, planted in (
        ("phrases", "phrase.", words),
        ("missing elements", "script.missing.", words),
        ("voice", "voice.", voices),
    ):
        yield _row(f"all {name}", planted.group(prefix), free.group(prefix)["false"], free.hours)
    yield "\nIn brackets 95 % intervals: Wilson for shares, exact Poisson for alarms."


def _row(name: str, counts: Counter[str], alarms: int, hours: float) -> str:
    hourly = f"{alarms / hours:.2f} (≤ {chi2.ppf(0.975, 2 * alarms + 2) / 2 / hours:.2f})" if hours else "–"
    columns = (counts["faults"], counts["found"], _recall(counts), counts["false"], _precision(counts), hourly)
    return f"| {name} | {' | '.join(map(str, columns))} |"


def _recall(counts: Counter[str]) -> str:
    return _share(counts["found"], counts["faults"])


def _precision(counts: Counter[str]) -> str:
    return _share(counts["found"], counts["found"] + counts["false"])


def _share(part: int, whole: int) -> str:
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{part / whole:.3f} ({low:.2f}-{high:.2f})"


def _digest() -> str:
    """Short sha256 over the wordings measured with."""
    digest = hashlib.sha256()
    for file in sorted(WORDINGS.glob("*.toml")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    main(sys.argv[1:])
