"""Phrase packs: one file of `lexicons/phrases/` for each category of forbidden phrases (P-30, P-05).

    rule = "phrase.abuse"
    version = 1
    exceptions = ["您说的……"]
    phrases = [
      "你有病",
      { text = "不知道", weak = true },
    ]
    [words]                      # groups usable as <name> in phrases
"""

from dataclasses import dataclass
from pathlib import Path

from pipeline.text.lexicon import Table, exceptions, phrases, read, word_groups
from pipeline.text.notation import Words
from pipeline.text.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Pack:
    """The phrases of one rule. `version` rises when the rule's meaning changes."""

    rule: str
    version: int
    phrases: tuple[Phrase, ...]
    only_after_refusal: tuple[Phrase, ...] = ()


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


def load_pack(file: Path, words: Words) -> Pack:
    """One pack. Raises LexiconError with file, line and reason."""
    table = read(file)
    table.only("rule", "version", "exceptions", "phrases", "only_after_refusal", "words")
    rule, groups = table.text("rule"), word_groups(table, words)
    general = exceptions(table, groups)
    found = phrases(table, "phrases", groups, hit_key=rule, exceptions=general)
    if not found:
        raise table.error("phrases", "lists no phrase")
    later = phrases(table, "only_after_refusal", groups, hit_key=rule, exceptions=general)
    _refuse_unfit(table, (*found, *later))
    return Pack(rule, table.whole("version"), found, later)


def _refuse_unfit(table: Table, found: tuple[Phrase, ...]) -> None:
    """A single hanzi would be found everywhere."""
    for phrase in found:
        if any(len(form) < 2 for form in phrase.groups[0]) and len(phrase.groups) == 1:
            raise table.error("phrases", "a phrase needs at least two hanzi", phrase.text)
