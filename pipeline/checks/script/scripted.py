"""A heard call held against its script: what every rule of the script starts from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.checks.check import HeardCall, Rules
from pipeline.checks.outcome.consent import heard_outcome
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.script.elements import find_elements, is_whole
from pipeline.checks.script.parts import find_parts
from pipeline.checks.script.script import Script
from pipeline.records.call import Outcome
from pipeline.records.finding import Claim, Element, ElementState, PartSpan


@dataclass(frozen=True, slots=True)
class Scripted:
    """`outcome` is the manifest's or else what the customer is heard to decide; where not `whole`, nothing may be missed from the call.
    `ruleset` has the second votes.
    """

    call: HeardCall
    script: Script
    elements: tuple[Element, ...]
    outcome: Outcome | None
    whole: bool
    ruleset: Ruleset
    parts: tuple[PartSpan, ...] = ()

    def lacks(self, element: str) -> bool:
        """Whether the script's element is missing."""
        return any(one.element == element and one.state is ElementState.MISSING for one in self.elements)


script_check = Rules[Callable[[Scripted], Iterator[Claim]]]()


def hold_against(script: Script, call: HeardCall, ruleset: Ruleset) -> Scripted:
    """The call with its elements found."""
    elements = find_elements(call, script, ruleset)
    outcome = call.facts.outcome or heard_outcome(call, ruleset)
    parts = find_parts(call, script, ruleset.elements)
    return Scripted(call, script, elements, outcome, is_whole(call), ruleset, parts)
