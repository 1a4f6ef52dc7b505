"""What a check is: a function from a heard call and the standards to claims, registered under its catalogue name.

    @check("voice.dead_air", version=1)
    def dead_air(call: HeardCall, standard: Standard) -> Iterator[Claim]: ...

The catalogue gives the rule its category, severity and plan number; `run.py` turns claims into findings. A check yields only what it can
defend: where a thing cannot be assessed it yields nothing and the call's measures say why.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Generic, TypeVar

from pipeline.records.call import Outcome
from pipeline.records.finding import Claim
from pipeline.records.optout import KnownOptOut
from pipeline.records.tone import Voice
from pipeline.records.turn import Speaker, Turn


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the manifest says of the call, as far as there is a manifest. `project` is the name of the script the call is held against.

    `optouts` are the customer's, heard in other calls to the same number that began before this one.
    """

    project: str | None = None
    outcome: Outcome | None = None
    started_at: datetime | None = None
    duration_ms: int | None = None
    optouts: tuple[KnownOptOut, ...] = ()


@dataclass(frozen=True, slots=True)
class HeardCall:
    """A call as the checks see it. Turns are in time order; where `mono`, speakers are guesses and overlap cannot be heard.

    `complete` is False for a partial recording: what is missing from it is then not assessable; `reasons` say what is wrong with it.
    """

    turns: tuple[Turn, ...]
    voice: Voice
    mono: bool
    decoded_ms: int
    complete: bool
    facts: CallFacts = CallFacts()
    reasons: tuple[str, ...] = ()

    def confidence(self, *speakers: Speaker) -> float:
        """How surely (0-1) the words of these speakers were heard, over their hanzi; 1 where they said nothing.

        That something was not said can be no surer than what was heard instead.
        """
        said = [(turn.confidence, len(turn.text)) for turn in self.turns if turn.speaker in speakers]
        hanzi = sum(length for _, length in said)
        return round(sum(confidence * length for confidence, length in said) / hanzi, 3) if hanzi else 1.0


@dataclass(frozen=True, slots=True)
class Standard:
    """The limits of `lexicons/standard.toml`, provisional until calibrated on one's own recordings.

    Rates in hanzi a minute of articulation, levels in dBFS (ITU-T P.56), times in ms or (`_h`) hours,
    `raised_db` and `raised_st` against the agent's own median.
    """

    rate_max_cpm: float
    rate_min_cpm: float
    rate_min_hanzi: int
    longest_silence_ms: int
    slow_response_ms: int
    monologue_ms: int
    interruption_ms: int
    interruption_long_ms: int
    interruption_count: int
    interruption_hanzi: int
    level_low_dbfs: float
    level_high_dbfs: float
    raised_db: float
    raised_st: float
    raised_min_ms: int
    clipped_share: float
    noise_min_ms: int
    speaker_confidence: float
    optout_grace_h: int


Run = TypeVar("Run", bound=Callable[..., Iterator[Claim]])


@dataclass(frozen=True, slots=True)
class Check(Generic[Run]):
    """A registered rule and the version of its meaning."""

    rule: str
    version: int
    run: Run


class Rules(Generic[Run]):
    """Rules that run on the same thing: called, it registers one; iterated, it gives them in the order of their names."""

    def __init__(self) -> None:
        self._checks: dict[str, Check[Run]] = {}

    def __call__(self, rule: str, version: int) -> Callable[[Run], Run]:
        """Register a function under its catalogue name. Two rules of one name are a programming error (ValueError)."""

        def register(run: Run) -> Run:
            if rule in self._checks:
                raise ValueError(f"two checks are called {rule}")
            self._checks[rule] = Check(rule, version, run)
            return run

        return register

    def __iter__(self) -> Iterator[Check[Run]]:
        return iter([self._checks[name] for name in sorted(self._checks)])


Rule = Callable[[HeardCall, Standard], Iterator[Claim]]
check = Rules[Rule]()


def load_rules(package: ModuleType) -> None:
    """Import every module of a package: a rule is there because its file is."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
