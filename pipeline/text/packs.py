"""Phrase packs: one file of `lexicons/phrases/` for each category of forbidden phrases (P-30, P-05).

    rule = "phrase.abuse"
    exceptions = ["您说的……"]
    phrases = ["你有病", { text = "不知道", weak = true }]

Phrases under `only_after_refusal` count after a customer's second refusal, those under `after_first_refusal` after the first one already.
Under [words] a pack may name groups of words, usable as <name> in its phrases. What depends on who says it when, or after what, stands under
[[conditions]] (`conditions.py`). Every key has an example in `lexicons/README.md`.
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.records.finding import Severity
from pipeline.text.conditions import Condition, load_conditions
from pipeline.text.lexicon import Table, exceptions, phrases, read, refuse_single, severity, word_groups
from pipeline.text.notation import Words
from pipeline.text.phrases import Phrase

# What phrases under `after_first_refusal` are hits for.
FIRST = "first refusal"


@dataclass(frozen=True, slots=True)
class Pack:
    """The phrases of one rule. `version` rises when the rule's meaning changes; `severity` None = the catalogue's."""

    rule: str
    version: int
    severity: Severity | None
    phrases: tuple[Phrase, ...]
    only_after_refusal: tuple[Phrase, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Operators:
    """Whose vendors these are, and under which names operators are spoken of (`operators.toml`)."""

    own: str
    names: tuple[tuple[str, tuple[str, ...]], ...]

    def words(self) -> Words:
        """The word groups <本网> and <他网>."""
        other = tuple(name for operator, names in self.names if operator != self.own for name in names)
        return {"本网": dict(self.names)[self.own], "他网": other}


def load_operators(file: Path) -> Operators:
    """Raises LexiconError where the own operator has no names or there is no other one."""
    table = read(file)
    table.only("own", "names")
    own, given = table.text("own"), table.table("names")
    names = tuple((operator, given.texts(operator)) for operator in given.values)
    if own not in given.values:
        raise table.error("own", f"has no entry under [names]; known: {', '.join(given.values)}", own)
    if len(names) < 2:
        raise table.error("names", "must list at least one other operator")
    return Operators(own, names)


def pack_of(table: Table, words: Words) -> Pack:
    """A pack from its text. Raises LexiconError with file, line and reason."""
    table.only(
        "rule", "version", "severity", "exceptions", "phrases", "only_after_refusal", "after_first_refusal", "words",
        "conditions",
    )  # fmt: skip
    rule, groups = table.text("rule"), word_groups(table, words)
    general = exceptions(table, groups)
    found = phrases(table, "phrases", groups, hit_key=rule, exceptions=general)
    conditions = load_conditions(table, rule, groups, general)
    if not found and not conditions:
        raise table.error("phrases", "lists no phrase, and there is no condition either")
    later = phrases(table, "only_after_refusal", groups, hit_key=rule, exceptions=general)
    later += phrases(table, "after_first_refusal", groups, hit_key=FIRST, exceptions=general)
    for phrase in (*found, *later):
        refuse_single(table, "phrases", phrase)
    return Pack(rule, table.whole("version"), severity(table), found, later, conditions)
