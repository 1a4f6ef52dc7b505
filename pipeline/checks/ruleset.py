"""Everything that judges, loaded once: from `lexicons/` phrase packs, scripts, standards, consent, from `models/` what has the second vote; with one
version over all of it.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.checks.catalogue import RULES
from pipeline.checks.check import Standard
from pipeline.checks.phrases.conditions import ConditionMatcher
from pipeline.checks.script.script import Script, load_cues, load_script, script_of
from pipeline.checks.script.throughout import load_throughout
from pipeline.checks.tone.attitude import AttitudeModel, load_attitude
from pipeline.errors import LexiconError, UsageError
from pipeline.settings import CHECKOUT
from pipeline.text.lexicon import Table, exceptions, phrases, read
from pipeline.text.likeness import Likeness, load_likeness
from pipeline.text.notation import Words
from pipeline.text.packs import Pack, load_operators, pack_of
from pipeline.text.phrases import Phrase, PhraseMatcher

_FILES = ("operators.toml", "standard.toml", "elements.toml", "throughout.toml", "consent.toml")
_CONSENT = ("order", "agree", "refuse", "optout", "offer")
_VERSION_HEX = 12
_LIKENESS = "likeness.npz"
_VOTING = ("phrases", "script", "decisions", "questions")


@dataclass(frozen=True, slots=True)
class Hours:
    """When calling is allowed, local time, [`opens`, `closes`)."""

    opens: time
    closes: time
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, eq=False)
class Ruleset:
    """`phrases` finds forbidden phrases, `pressing` what is pressing only after refusals, `consent` what customers (order, agree, refuse)
    and agents (offer) say about doing it, and how customers say that they want no more calls (optout).
    `conditions` are those of the packs, which hang on who says something when. `manners`, `elements`, `decisions` and `questions` have the second
    vote on phrases, on script elements, on what customers decide and on what they ask, `attitude` says how a call comes across.
    """

    version: str
    packs: tuple[Pack, ...]
    scripts: tuple[Script, ...]
    standard: Standard
    hours: Hours
    phrases: PhraseMatcher
    pressing: PhraseMatcher
    consent: PhraseMatcher
    conditions: ConditionMatcher
    manners: Likeness
    elements: Likeness
    decisions: Likeness
    questions: Likeness
    attitude: AttitudeModel

    def script(self, project: str | None) -> Script | None:
        """The script of a project; None where no project is named. Raises UsageError where there is no such script."""
        if project is None:
            return None
        known = {script.project: script for script in self.scripts}
        if project not in known:
            raise UsageError(f"no script for project {project!r}; known: {', '.join(sorted(known))}")
        return known[project]

    def pack(self, rule: str) -> Pack | None:
        """The pack of a phrase rule."""
        return next((pack for pack in self.packs if pack.rule == rule), None)


def load_ruleset(folder: Path, models: Path = CHECKOUT / "models", attitude: Path | None = None) -> Ruleset:
    """Load `lexicons/` and, of `models/`, what votes with them. Raises LexiconError naming file, line and reason, and ModelError.

    `attitude`: a model of attitudes that was learnt here, where that file is there. It claims nothing, so it is no part of the version.
    """
    learnt = attitude if attitude is not None and attitude.exists() else models / "attitude" / "model.json"
    manners, elements, decisions, questions = votes = tuple(
        load_likeness(models / name / _LIKENESS) for name in _VOTING
    )
    words = load_operators(folder / "operators.toml").words()
    cues, shared = load_cues(folder / "elements.toml", words), load_throughout(folder / "throughout.toml", words)
    packs = tuple(_pack(file, words) for file in _toml(folder / "phrases"))
    scripts = tuple(load_script(file, cues, shared, words) for file in _toml(folder / "scripts"))
    _refuse_doubles(folder, [pack.rule for pack in packs], [script.project for script in scripts])
    standard = read(folder / "standard.toml")
    return Ruleset(
        _version(folder, *votes),
        packs,
        scripts,
        _standard(standard),
        _hours(standard.table("hours")),
        _phrases(packs),
        _pressing(packs),
        _consent(folder / "consent.toml", words),
        _conditions(packs),
        manners,
        elements,
        decisions,
        questions,
        load_attitude(learnt),
    )


def read_pack(file: Path, folder: Path) -> Pack:
    """A phrase pack that need not lie in the lexicons of `folder`, whose word groups it may use. Raises LexiconError."""
    return parse_pack(read(file), folder)


def parse_pack(table: Table, folder: Path) -> Pack:
    """As `read_pack`, from a text that need not lie in a file."""
    return _known(table, load_operators(folder / "operators.toml").words())


def read_script(file: Path, folder: Path) -> Script:
    """A script that need not lie in the lexicons of `folder`, whose elements it names. Raises LexiconError."""
    return parse_script(read(file), folder)


def parse_script(table: Table, folder: Path) -> Script:
    """As `read_script`, from a text that need not lie in a file."""
    words = load_operators(folder / "operators.toml").words()
    cues, shared = load_cues(folder / "elements.toml", words), load_throughout(folder / "throughout.toml", words)
    return script_of(table, cues, shared, words)


def with_pack(ruleset: Ruleset, pack: Pack) -> Ruleset:
    """The ruleset with a pack in place of the one for the same rule. It keeps its version: it is for trying, never for judging."""
    packs = (*(other for other in ruleset.packs if other.rule != pack.rule), pack)
    return replace(
        ruleset, packs=packs, phrases=_phrases(packs), pressing=_pressing(packs), conditions=_conditions(packs)
    )


def parse_standard(table: Table) -> tuple[Standard, Hours]:
    """The limits of voice and the hours of calling from a text. Raises LexiconError."""
    return _standard(table), _hours(table.table("hours"))


def with_standard(ruleset: Ruleset, table: Table) -> Ruleset:
    """The ruleset with other limits; as with `with_pack`, it is for trying."""
    standard, hours = parse_standard(table)
    return replace(ruleset, standard=standard, hours=hours)


def check_lexicons(folder: Path) -> list[str]:
    """Every file that is wrong, one line each with file, place and reason; empty where all is well."""
    problems: list[str] = []

    def tried(load: Callable[[], object]) -> None:
        try:
            load()
        except LexiconError as error:
            problems.append(str(error))

    words: Words = {"本网": ("本网",), "他网": ("他网",)}
    tried(lambda: load_operators(folder / "operators.toml"))
    tried(lambda: _standard(read(folder / "standard.toml")))
    tried(lambda: _hours(read(folder / "standard.toml").table("hours")))
    tried(lambda: _consent(folder / "consent.toml", words))
    for file in _toml(folder / "phrases"):
        tried(lambda file=file: _pack(file, words))  # type: ignore[misc]
    try:
        cues, shared = load_cues(folder / "elements.toml", words), load_throughout(folder / "throughout.toml", words)
    except LexiconError as error:
        return [*problems, str(error)]
    for file in _toml(folder / "scripts"):
        tried(lambda file=file: load_script(file, cues, shared, words))  # type: ignore[misc]
    if not problems:
        tried(lambda: load_ruleset(folder))
    return problems


def _phrases(packs: Sequence[Pack]) -> PhraseMatcher:
    return PhraseMatcher([phrase for pack in packs for phrase in pack.phrases])


def _pressing(packs: Sequence[Pack]) -> PhraseMatcher:
    return PhraseMatcher([phrase for pack in packs for phrase in pack.only_after_refusal])


def _conditions(packs: Sequence[Pack]) -> ConditionMatcher:
    return ConditionMatcher([condition for pack in packs for condition in pack.conditions])


def _toml(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.toml")))


def _pack(file: Path, words: Words) -> Pack:
    return _known(read(file), words)


def _known(table: Table, words: Words) -> Pack:
    pack = pack_of(table, words)
    if pack.rule not in RULES:
        raise table.error("rule", "not in the catalogue", pack.rule)
    return pack


def _refuse_doubles(folder: Path, *names: list[str]) -> None:
    for listed in names:
        if doubles := sorted({name for name in listed if listed.count(name) > 1}):
            raise LexiconError(f"{folder}: two files for {', '.join(doubles)}; keep one")
        if not listed:
            raise LexiconError(f"{folder}: no phrase pack or no script in it; copy the shipped lexicons")


def _standard(table: Table) -> Standard:
    names = [field.name for field in fields(Standard)]
    table.only(*names, "hours")
    whole = {field.name for field in fields(Standard) if field.type in (int, "int")}
    values = {name: table.whole(name) if name in whole else table.number(name) for name in names}
    return Standard(**values)  # type: ignore[arg-type]


def _hours(table: Table) -> Hours:
    table.only("from", "to", "timezone")
    zone = table.text("timezone")
    try:
        return Hours(_clock(table, "from"), _clock(table, "to"), ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise table.error("timezone", "no such time zone", zone) from error


def _clock(table: Table, key: str) -> time:
    given = table.text(key)
    try:
        return time.fromisoformat(given)
    except ValueError as error:
        raise table.error(key, "must be a time such as 08:30", given) from error


def _consent(file: Path, words: Words) -> PhraseMatcher:
    table = read(file)
    table.only(*_CONSENT)
    found: list[Phrase] = []
    for key in _CONSENT:
        part = table.table(key)
        part.only("phrases", "exceptions")
        found += phrases(part, "phrases", words, hit_key=key, exceptions=exceptions(part, words))
    return PhraseMatcher(found)


def _version(folder: Path, *models: Likeness) -> str:
    """Short sha256 over names and bytes of all files that judge, in a fixed order."""
    digest = hashlib.sha256("\0".join(model.version for model in models).encode())
    for file in (*(folder / name for name in _FILES), *_toml(folder / "phrases"), *_toml(folder / "scripts")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:_VERSION_HEX]
