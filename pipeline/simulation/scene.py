"""What one simulated call is to be, before a word is said."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records.call import Outcome
from pipeline.simulation.dialogues import Wordings
from pipeline.simulation.line import Line


@dataclass(frozen=True, slots=True)
class Scene:
    """One call to be spoken: its project's wordings, how it ends, what fills the slots, which faults it must have."""

    words: Wordings
    outcome: Outcome
    slots: dict[str, str]
    faults: tuple[str, ...]
    chance: random.Random
    near_miss: bool = False
    rude_customer: bool = False
    asked: bool = False
    opts_out: bool = False

    def lacks(self, element: str) -> bool:
        """Whether the element is to be left out."""
        return f"script.missing.{element}" in self.faults

    def pick(self, phrasings: Sequence[str]) -> str:
        """One phrasing with its slots filled."""
        return self.chance.choice(phrasings).format(**self.slots)

    def agent(self, *elements: str) -> Iterator[Line]:
        """One line with those elements that are not to be missing; none where all are."""
        spoken = [element for element in elements if not self.lacks(element)]
        if spoken:
            text = "，".join(self.pick(self.words.agent[element]) for element in spoken)
            yield Line("agent", text, self.chance.randint(350, 900), element=" ".join(spoken))

    def customer(self, situation: str) -> Line:
        """A reply in a situation."""
        return Line("customer", self.pick(self.words.customer[situation]), self.chance.randint(250, 850))

    def often(self, share: float) -> bool:
        """True in `share` of all times."""
        return self.chance.random() < share
