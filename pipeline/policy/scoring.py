"""What the policy says of scores: the 100-point sheet of a call, which findings post by themselves, how many calls make a month."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.policy.section import Section
from pipeline.records.finding import Severity

FULL_SCORE = 100
_EVERY = ".*"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the sheet: the most points a call can lose under it, and the rules that lose them. `phrase.*` stands for all of a category."""

    name: str
    points: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScorePolicy:
    """`deduct` points a finding by its severity, `by_rule` where a rule has points of its own; a fatal finding makes the call 0.

    A month of fewer than `smallest_sample` calls has no score that money may hang on.
    """

    items: tuple[Item, ...]
    deduct: Mapping[Severity, int]
    by_rule: Mapping[str, int]
    smallest_sample: int

    def item(self, rule: str) -> Item:
        """The item a rule loses points under: by its own name, else by its category. Raises KeyError where the sheet has none."""
        for wanted in (rule, rule.split(".")[0] + _EVERY):
            for item in self.items:
                if wanted in item.rules:
                    return item
        raise KeyError(rule)

    def points(self, rule: str, severity: Severity) -> int:
        """The points one finding loses before its item's cap; a fatal one all."""
        return FULL_SCORE if severity is Severity.FATAL else self.by_rule.get(rule, self.deduct[severity])


@dataclass(frozen=True, slots=True)
class PostingPolicy:
    """Rules whose findings post by themselves where they count; those of all others only once a reviewer has confirmed them."""

    by_machine: tuple[str, ...]


def read_score(section: Section) -> ScorePolicy:
    """[score]."""
    items = []
    for part in section.sections("item"):
        item = Item(part.text("name"), part.whole("points", 1, FULL_SCORE), part.texts("rules"))
        part.done()
        items.append(item)
    if (total := sum(item.points for item in items)) != FULL_SCORE:
        section.refuse("item", f"the items' points make {total}, they must make {FULL_SCORE}")
    rules = [rule for item in items for rule in item.rules]
    if doubles := sorted({rule for rule in rules if rules.count(rule) > 1}):
        section.refuse("item", f"{doubles[0]} stands under two items")
    deduct, by_rule = section.table("deduct"), section.table("rule")
    graded = (Severity.NOTICE, Severity.MINOR, Severity.MAJOR)
    points = {severity: deduct.whole(severity.value, 0, FULL_SCORE) for severity in graded}
    deduct.done()
    if not points[Severity.NOTICE] <= points[Severity.MINOR] <= points[Severity.MAJOR]:
        section.refuse("deduct", "a graver severity must not lose fewer points")
    policy = ScorePolicy(
        tuple(items),
        points,
        {rule: by_rule.whole(rule, 0, FULL_SCORE) for rule in by_rule.given()},
        section.whole("smallest_sample", 1, 1_000_000),
    )
    section.done()
    return policy


def read_posting(section: Section) -> PostingPolicy:
    """[posting]."""
    policy = PostingPolicy(section.texts("by_machine"))
    section.done()
    return policy
