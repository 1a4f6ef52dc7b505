"""Which faults a simulated call gets: known rates, every kind equally often, none where the recording could not show it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import UsageError
from pipeline.records.call import Outcome
from pipeline.simulation.dialogues import PROJECTS, forbidden

OPENING = ("greeting", "self_introduction", "identity", "convenience", "recording_notice", "purpose")
BODY = ("content", "opinion", "value")
# The outcomes under which nobody disputes that the element is required.
_ANY = tuple(o for o in Outcome if o is not Outcome.NO_ANSWER)
_SUCCESS = (Outcome.SUCCESS,)
_ELEMENTS: dict[str, tuple[Outcome, ...]] = {
    **dict.fromkeys(("greeting", "self_introduction", "identity", "purpose", "thanks"), _ANY),
    **dict.fromkeys(("convenience", "recording_notice", *BODY, "confirmation", "enquiry_channel"), _SUCCESS),
    "callback_time": (Outcome.CALLBACK,),
}
_VOICE = (
    "too_fast", "too_slow", "dead_air", "slow_response", "interruption", "monologue", "raised", "noise", "level_low", "level_high", "clipped",
)  # fmt: skip
# What a mono recording shows too.
_HEARD_ON_MONO = ("voice.dead_air",)
AFTER_OPTOUT = "call.after_optout"
UNSUPPORTED, CONTRADICTED = "outcome.unsupported_success", "outcome.contradicted"
_CALL = ("call.out_of_hours", AFTER_OPTOUT, UNSUPPORTED, CONTRADICTED)
_SCRIPT = ("jargon", "key_figure", "answer", "order", "overtime")
# The others' content tells what must be paid; a survey costs nothing.
_WITH_FIGURES = tuple(project for project in PROJECTS if project != "survey")
# A compressing codec overshoots at full scale and blurs the flat tops that clipping is known by.
_KEEPS_PEAKS = ("mulaw", "alaw", "pcm16")
# Of these pairs one fault takes away what the other needs.
_EXCLUSIVE = (
    (UNSUPPORTED, "script.missing.confirmation"),
    (UNSUPPORTED, CONTRADICTED),
    (CONTRADICTED, "script.missing.confirmation"),
    (CONTRADICTED, "script.key_figure"),
    ("script.order", "script.missing.greeting"),
    ("script.order", "script.missing.self_introduction"),
    ("script.overtime", "script.missing.content"),
)


@dataclass(frozen=True, slots=True)
class Rates:
    """How often faults are planted.

    `faulty` is the share of calls with one or more, `further` the chance of each one after the first, `most` of them in a call. `phrase`,
    `missing`, `voice`, `call` and `script` weigh the groups. `near_miss`, `rude_customer` and `asked` are shares of the faultless calls in
    which the agent says an innocent look-alike, the customer what agents must not, or the customer asks what has an approved answer and gets
    it; `no_answer` is rows without a recording per call.
    """

    faulty: float = 0.55
    further: float = 0.4
    phrase: float = 0.45
    missing: float = 0.25
    voice: float = 0.22
    call: float = 0.08
    script: float = 0.12
    near_miss: float = 0.35
    rude_customer: float = 0.08
    asked: float = 0.3
    no_answer: float = 0.12
    most: int = 3

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name != "most" and not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"the rate {name} = {getattr(self, name)} must lie between 0 and 1")


def kinds() -> dict[str, tuple[str, ...]]:
    """Every fault that can be planted, by group."""
    return {
        "phrase": tuple(f"phrase.{category}" for category in forbidden().phrases),
        "missing": tuple(f"script.missing.{element}" for element in _ELEMENTS),
        "voice": tuple(f"voice.{name}" for name in _VOICE),
        "call": _CALL,
        "script": tuple(f"script.{name}" for name in _SCRIPT),
    }


# What checks are measured with: faults of words, each kind about as often as any other, faults of voice, of which a call has one and after
# which its words may be hard to hear, and no fault at all.
WORDS = Rates(faulty=1, further=1, phrase=0.4, missing=0.35, voice=0, call=0.11, script=0.14, most=5)
VOICES = Rates(faulty=1, further=0, phrase=0, missing=0, voice=1, call=0, script=0)
NONE = Rates(faulty=0)


class Deck:
    """Hands out faults so that each kind of a group comes once before any comes twice."""

    def __init__(self, rates: Rates, chance: random.Random) -> None:
        self._rates, self._chance = rates, chance
        self._cards: dict[str, list[str]] = {group: [] for group in kinds()}

        # The number of a call just planned whose opt-out the next call has to hold.
        self.owed: str | None = None

    def draw(self, codec: str, mono: bool, is_last: bool = False) -> tuple[str, ...]:
        """The faults of the next call, none or up to `most` that go together; the last call has none that needs another call."""
        drawn: list[str] = []
        if self._chance.random() < self._rates.faulty:
            drawn += self._next(drawn, codec, mono)
            while drawn and len(drawn) < self._rates.most and self._chance.random() < self._rates.further:
                found = self._next(drawn, codec, mono)
                if not found:
                    break
                drawn += found
        return tuple(fault for fault in drawn if not (is_last and fault == AFTER_OPTOUT))

    def _next(self, drawn: Sequence[str], codec: str, mono: bool) -> list[str]:
        """The first card of a group that fits beside those drawn; of the phrases where none of the group does."""
        weights = [getattr(self._rates, group) for group in self._cards]
        if not any(weights):
            return []
        (group,) = self._chance.choices(list(self._cards), weights)
        for name in (group, "phrase"):
            cards = self._cards[name]
            # Where none of the cards that are left fits, a fresh deal goes beneath them.
            for deal in (cards, [*cards, *self._chance.sample(kinds()[name], len(kinds()[name]))]):
                if fit := next((card for card in deal if _fits(card, drawn, codec, mono)), None):
                    deal.remove(fit)
                    self._cards[name] = deal
                    return [fit]
        return []


def outcomes(faults: Sequence[str]) -> tuple[Outcome, ...]:
    """The outcomes under which a call can have all these faults."""
    return tuple(o for o in _ANY if all(o in _possible(fault) for fault in faults))


def projects(faults: Sequence[str]) -> tuple[str, ...]:
    """The projects whose calls can have all these faults."""
    return _WITH_FIGURES if {"script.key_figure", "script.overtime"} & {*faults} else PROJECTS


def _possible(fault: str) -> tuple[Outcome, ...]:
    if fault == "phrase.after_refusal":
        return (Outcome.REFUSED,)
    if fault in (UNSUPPORTED, CONTRADICTED, "script.key_figure"):
        return _SUCCESS
    if fault.startswith("script.missing."):
        return _ELEMENTS[fault.removeprefix("script.missing.")]
    return _ANY


def _fits(fault: str, drawn: Sequence[str], codec: str, mono: bool) -> bool:
    """Whether a recording of this kind shows the fault, and it neither doubles nor contradicts another."""
    group = fault.split(".")[0]
    if fault in drawn or not outcomes((*drawn, fault)):
        return False
    both = {fault, *drawn}
    if group == "voice" and (any(d.startswith("voice.") for d in drawn) or (mono and fault not in _HEARD_ON_MONO)):
        return False
    if any(both >= {outcome, other} for outcome, other in _EXCLUSIVE):
        return False
    # Who asked or refused cannot be told from a mono recording, and what was not told or confirmed at all is not said too seldom.
    if fault in ("script.answer", CONTRADICTED) and mono:
        return False
    if "script.key_figure" in both and {"script.missing.content", "script.missing.confirmation"} & both:
        return False
    return fault not in ("voice.clipped", "voice.level_high") or codec in _KEEPS_PEAKS
