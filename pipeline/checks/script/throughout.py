"""What a script asks for throughout a call (P-23, P-24): time limits, no specialist words, key figures said again, approved answers.

`lexicons/throughout.toml` holds the words and answers that all scripts share; a script adds its own, and its own answer of the same name
takes the place of the shared one:

    jargon = ["灰度(测试|发布)?"]
    [limits]
    call_s = 480
    [key_figures]
    money = ["success"]
    [[answers]]
    name = "违约金"
    asked = ["(有没有|要不要|收不收)(违约金)"]
    answer = ["(没有|不收)违约金"]
"""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.checks.script.figures import Kind
from pipeline.records.call import Outcome
from pipeline.text.lexicon import Table, exceptions, phrases, read, word_groups
from pipeline.text.notation import Words
from pipeline.text.phrases import Phrase, PhraseMatcher

# An approved answer wrongly heard excuses the agent, one overheard accuses them: answers are compared by sound from two hanzi on.
ANSWER_SOUND_FROM = 2
_ANSWER_TURNS, _ANSWER_S = 2, 6


@dataclass(frozen=True, slots=True)
class Limits:
    """How long call and opening may last (None = no limit), and how many turns of the agent and ms an answer may take."""

    call_ms: int | None = None
    opening_ms: int | None = None
    answer_turns: int = _ANSWER_TURNS
    answer_ms: int = _ANSWER_S * 1000


@dataclass(frozen=True, slots=True)
class When:
    """Under which outcomes something is required; `always` whatever the outcome."""

    always: bool
    outcomes: frozenset[Outcome]

    def under(self, outcome: Outcome | None) -> bool:
        """Whether it is required of a call that ended so (None = nobody knows how)."""
        return self.always or outcome in self.outcomes


@dataclass(frozen=True, slots=True)
class Answer:
    """A question customers ask and what counts as the answer agreed for it; hits of both carry `name` as their key."""

    name: str
    asked: tuple[Phrase, ...]
    answer: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Throughout:
    """`exceptions` excuse a specialist word (explained at once, quoted), `deferrals` put an answer off properly (我帮您核实以后回复); the matchers
    find what the tuples list.
    """

    limits: Limits
    jargon: tuple[Phrase, ...]
    exceptions: tuple[str, ...]
    deferrals: tuple[Phrase, ...]
    answers: tuple[Answer, ...]
    key_figures: tuple[tuple[Kind, When], ...]
    words: PhraseMatcher = field(init=False)
    asked: PhraseMatcher = field(init=False)
    answered: PhraseMatcher = field(init=False)

    def __post_init__(self) -> None:
        given = [phrase for answer in self.answers for phrase in answer.answer]
        for name, matcher in (
            ("words", PhraseMatcher(self.jargon)),
            ("asked", PhraseMatcher([phrase for answer in self.answers for phrase in answer.asked])),
            ("answered", PhraseMatcher([*given, *self.deferrals], sound_from=ANSWER_SOUND_FROM)),
        ):
            object.__setattr__(self, name, matcher)


# What hits of deferrals carry as their key: no answer may be called so.
DEFERRED = "deferred"


def load_throughout(file: Path, words: Words) -> Throughout:
    """The shared file. Raises LexiconError."""
    table = read(file)
    table.only("jargon", "exceptions", "deferrals", "answers", "words")
    groups = word_groups(table, words)
    excused = exceptions(table, groups)
    deferrals = phrases(table, "deferrals", groups, hit_key=DEFERRED)
    return Throughout(Limits(), _jargon(table, groups, excused), excused, deferrals, _answers(table, groups), ())


def read_throughout(table: Table, shared: Throughout, words: Words) -> Throughout:
    """A script's own requirements on top of the shared ones. Raises LexiconError."""
    own = _answers(table, words)
    names = {answer.name for answer in own}
    return Throughout(
        _limits(table.table("limits")),
        (*shared.jargon, *_jargon(table, words, shared.exceptions)),
        shared.exceptions,
        shared.deferrals,
        (*(answer for answer in shared.answers if answer.name not in names), *own),
        _key_figures(table.table("key_figures")),
    )


def when(table: Table, key: str) -> When:
    """always, policy (= never by default) or a list of outcomes under `key`. Raises LexiconError."""
    given = table.values.get(key)
    if given in ("always", "policy"):
        return When(given == "always", frozenset())
    if isinstance(given, str):
        raise table.error(key, "must be always, policy or a list of outcomes", given)
    outcomes = table.texts(key)
    for outcome in outcomes:
        if outcome not in set(Outcome):
            raise table.error(key, f"outcomes are {', '.join(Outcome)}", outcome)
    return When(False, frozenset(map(Outcome, outcomes)))


def _limits(table: Table) -> Limits:
    table.only("call_s", "opening_s", "answer_turns", "answer_s")
    return Limits(
        _positive(table, "call_s") * 1000 if "call_s" in table.values else None,
        _positive(table, "opening_s") * 1000 if "opening_s" in table.values else None,
        _positive(table, "answer_turns", _ANSWER_TURNS),
        _positive(table, "answer_s", _ANSWER_S) * 1000,
    )


def _positive(table: Table, key: str, default: int | None = None) -> int:
    value = table.whole(key, default)
    if value < 1:
        raise table.error(key, "must be 1 or more; leave the line out where there is no limit", value)
    return value


def _jargon(table: Table, words: Words, excused: tuple[str, ...]) -> tuple[Phrase, ...]:
    found = phrases(table, "jargon", words, hit_key="jargon", exceptions=excused)
    for phrase in found:
        if sum(min(map(len, group.choices)) for group in phrase.groups if not group.optional) < 2:
            raise table.error("jargon", "a single hanzi would be found everywhere; lengthen it", phrase.text)
    return found


def _key_figures(table: Table) -> tuple[tuple[Kind, When], ...]:
    table.only(*Kind)
    return tuple((kind, when(table, kind)) for kind in Kind if kind in table.values)


def _answers(table: Table, words: Words) -> tuple[Answer, ...]:
    found = tuple(_answer(one, words) for one in table.tables("answers"))
    names = [answer.name for answer in found]
    for name in names:
        if names.count(name) > 1 or name == DEFERRED:
            raise table.error("answers", "two answers of this name, or a name that is taken", name)
    return found


def _answer(table: Table, words: Words) -> Answer:
    table.only("name", "asked", "answer", "exceptions")
    name = table.text("name")
    asked = phrases(table, "asked", words, hit_key=name, exceptions=exceptions(table, words))
    answer = phrases(table, "answer", words, hit_key=name)
    if not asked:
        raise table.error("answers", "has no asked: the question would never be heard", name)
    if not answer:
        raise table.error("answers", "has no answer: every reply would be wrong", name)
    return Answer(name, asked, answer)
