"""What a compliant call of a project contains (P-20 to P-22): `lexicons/elements.toml` and one file of `lexicons/scripts/` a project.

elements.toml says of each element where it is looked for and by which wordings; a script says which of them it requires and when, and may
add wordings of its own. What it asks for throughout the call is read by `throughout.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.checks.catalogue import ELEMENTS
from pipeline.checks.script.throughout import Throughout, read_throughout, when
from pipeline.records.call import Outcome
from pipeline.records.finding import Part
from pipeline.text.lexicon import Table, exceptions, phrases, read, word_groups
from pipeline.text.notation import Words
from pipeline.text.phrases import Phrase, PhraseMatcher

# A cue wrongly heard excuses the agent, one overheard accuses them: cues are compared by sound from three hanzi on (of two, 号码 is 好吗).
CUE_SOUND_FROM = 3


class Where(StrEnum):
    """In which stretch of the call an element is looked for; `LATE` is the second half and the closing."""

    OPENING = "opening"
    ANYWHERE = "anywhere"
    LATE = "late"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Cues:
    """An element's Chinese name, place and wordings."""

    element: str
    name: str
    part: Part
    where: Where
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Required:
    """An element of a script and under which outcomes it is required; `always` whatever the outcome."""

    cues: Cues
    always: bool
    outcomes: frozenset[Outcome]


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """The script of a project. `order` names elements that come in this order; `matcher` finds the cues of all elements; `throughout` is what
    holds for the whole call.
    """

    project: str
    name: str
    version: int
    elements: tuple[Required, ...]
    order: tuple[str, ...]
    matcher: PhraseMatcher
    throughout: Throughout


def load_cues(file: Path, words: Words) -> dict[str, Cues]:
    """The shared wordings by element. Raises LexiconError."""
    table = read(file)
    table.only(*ELEMENTS, "words")
    groups = word_groups(table, words)
    return {element: _cues(table.table(element), element, groups) for element in ELEMENTS}


def load_script(file: Path, cues: dict[str, Cues], shared: Throughout, words: Words) -> Script:
    """One script; `shared` is what holds throughout the calls of every script. Raises LexiconError."""
    return script_of(read(file), cues, shared, words)


def script_of(table: Table, cues: dict[str, Cues], shared: Throughout, words: Words) -> Script:
    """A script from its text. Raises LexiconError."""
    table.only("project", "name", "version", "order", "elements", "words", "limits", "jargon", "key_figures", "answers")
    groups = word_groups(table, words)
    listed = table.table("elements")
    listed.only(*ELEMENTS)
    elements = tuple(_required(listed.table(e), cues[e], groups) for e in ELEMENTS if e in listed.values)
    if not elements:
        raise table.error("elements", "lists no element")
    order = table.texts("order", ())
    for element in order:
        if element not in listed.values:
            raise table.error("order", f"not among the script's elements: {', '.join(listed.values)}", element)
    matcher = PhraseMatcher([p for e in elements for p in e.cues.phrases], sound_from=CUE_SOUND_FROM)
    throughout = read_throughout(table, shared, groups)
    return Script(
        table.text("project"), table.text("name"), table.whole("version"), elements, order, matcher, throughout
    )


def _cues(table: Table, element: str, words: Words) -> Cues:
    table.only("name", "part", "where", "cues", "exceptions")
    part, where = table.text("part"), table.text("where")
    if part not in set(Part):
        raise table.error("part", f"must be one of {', '.join(Part)}", part)
    if where not in set(Where):
        raise table.error("where", f"must be one of {', '.join(Where)}", where)
    found = phrases(table, "cues", words, hit_key=element, exceptions=exceptions(table, words))
    if not found:
        raise table.error(element, "has no cues: it would always be missing")
    return Cues(element, table.text("name"), Part(part), Where(where), found)


def _required(table: Table, cues: Cues, words: Words) -> Required:
    table.only("required", "cues")
    own = phrases(table, "cues", words, hit_key=cues.element)
    joined = Cues(cues.element, cues.name, cues.part, cues.where, (*cues.phrases, *own))
    condition = when(table, "required")
    return Required(joined, condition.always, condition.outcomes)
