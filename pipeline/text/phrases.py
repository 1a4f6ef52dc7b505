"""Finding phrases in what a recogniser heard: exact, by sound, nearly, and not where they are quoted or negated.

| phrase of          | is found                                                             |
|--------------------|----------------------------------------------------------------------|
| 1-3 hanzi          | as written only: by sound nearly every false alarm is that short     |
| 1-3 hanzi, weak    | as written, and only where it is the whole utterance (不知道)         |
| 4 and more         | also by toneless pinyin without zh/z, n/l, ang/an: match `phonetic`  |
| 6 and more         | also with one wrong syllable (two from 9 on): match `near`           |

Measured on simulated recognition errors: 10 % wrong characters leave exact search 58 % of phrases, sounds 85 %, near 95 %.
A phrase with gaps (把…验证码…告诉我) is found where its groups follow each other with at most MOST_BETWEEN hanzi between them; a group is
compared by sound from two hanzi on, as the groups vouch for each other.

An exception names words that take the phrase's meaning away, … standing for the phrase: 不会… (at most 4 hanzi before it), 您说的……
(at most 12), …是骗子 (behind it). Without … it is a longer word around the phrase: 没有病毒 for 有病.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records.finding import Match
from pipeline.text.condensed import Condensed, condense, condense_form
from pipeline.text.forms import Form, FormHit, FormIndex

MOST_BETWEEN = 8
_CLOSE, _FAR = 4, 12
_TAIL = "吧呢嘛呀哦了的哈喽"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A lexicon's line. `groups`: word groups in order, each with its phrasings. `key` says what a hit is for (a rule, an element)."""

    text: str
    groups: tuple[tuple[str, ...], ...]
    key: str = ""
    is_weak: bool = False
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at characters [start, end) of the original text. `form` is the phrasing as the lexicon has it, groups joined by …"""

    phrase: Phrase
    start: int
    end: int
    form: str
    match: Match
    confidence: float


class PhraseMatcher:
    """All phrases at once. `sound_from` and `group_sound_from` are the fewest hanzi compared by sound, alone and within a phrase with gaps."""

    def __init__(self, phrases: Sequence[Phrase], *, sound_from: int = 4, group_sound_from: int = 2) -> None:
        self._phrases = tuple(phrases)
        self._limits = (sound_from, group_sound_from)
        self._exceptions = tuple(tuple(map(_exception, phrase.exceptions)) for phrase in phrases)
        plain, collapsed = [], []
        for number, phrase in enumerate(phrases):
            for group, forms in enumerate(phrase.groups):
                for form in forms:
                    once, stuttered = condense_form(form)
                    plain.append(self._form(once, number, group))
                    # 谢谢 written once is 谢, a surname: short words with a repeated hanzi are looked for as they are only.
                    if once == stuttered or len(stuttered) >= sound_from:
                        collapsed.append(self._form(stuttered, number, group))
        self._plain, self._collapsed = FormIndex(plain), FormIndex(collapsed)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Hits in the order of the text, the best one where the same phrase is found several ways."""
        plain, collapsed = condense(text)
        hits = list(self._find(self._plain, plain))
        if collapsed.text != plain.text:
            hits += self._find(self._collapsed, collapsed)
        return _best_of_each(hits)

    def _form(self, text: str, number: int, group: int) -> Form:
        phrase, (alone, grouped) = self._phrases[number], self._limits
        has_gaps = len(phrase.groups) > 1
        return Form(text, number, group, len(text) >= (grouped if has_gaps else alone), not has_gaps and not phrase.is_weak)

    def _find(self, index: FormIndex, condensed: Condensed) -> Iterator[Hit]:
        found: defaultdict[int, list[FormHit]] = defaultdict(list)
        for hit in index.find(condensed.text):
            found[hit.form.phrase].append(hit)
        for number, hits in found.items():
            phrase = self._phrases[number]
            for chain in _chains(hits, len(phrase.groups)):
                start, end = chain[0].start, chain[-1].end
                if phrase.is_weak and not _is_whole(condensed.text, start, end):
                    continue
                if not any(exception.covers(condensed.text, start, end) for exception in self._exceptions[number]):
                    yield _hit(phrase, chain, condensed)


def _chains(hits: list[FormHit], groups: int) -> Iterator[tuple[FormHit, ...]]:
    """Each hit of the first group with the nearest hit of every following group behind it."""
    by_group: list[list[FormHit]] = [[] for _ in range(groups)]
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.confidence, -hit.end)):
        by_group[hit.form.group].append(hit)
    for first in by_group[0]:
        chain = [first]
        for following in by_group[1:]:
            end = chain[-1].end
            reachable = (hit for hit in following if end <= hit.start <= end + MOST_BETWEEN)
            if (hit := next(reachable, None)) is None:
                break
            chain.append(hit)
        else:
            yield tuple(chain)


def _is_whole(text: str, start: int, end: int) -> bool:
    return start == 0 and not text[end:].strip(_TAIL)


def _hit(phrase: Phrase, chain: tuple[FormHit, ...], condensed: Condensed) -> Hit:
    worst = min(chain, key=lambda hit: hit.confidence)
    form = "…".join(hit.form.text for hit in chain)
    start, end = condensed.original(chain[0].start, chain[-1].end)
    return Hit(phrase, start, end, form, worst.match, worst.confidence)


def _best_of_each(hits: list[Hit]) -> tuple[Hit, ...]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.confidence, hit.start - hit.end, hit.start)):
        if not any(hit.phrase is other.phrase and hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end)))


@dataclass(frozen=True, slots=True)
class _Exception:
    """Words before (`side` -1), around (0) or behind (1) a phrase, at most `reach` characters away."""

    words: str
    side: int
    reach: int

    def covers(self, text: str, start: int, end: int) -> bool:
        size = len(self.words)
        if self.side < 0:
            return text.find(self.words, max(0, start - size - self.reach), start) >= 0
        if self.side > 0:
            return text.find(self.words, end, end + size + self.reach) >= 0
        at = text.find(self.words, max(0, end - size), start + size)
        return 0 <= at <= start


def _exception(line: str) -> _Exception:
    words = condense_form(line.replace("…", ""))[0]
    reach = _FAR if "……" in line else _CLOSE
    return _Exception(words, -1 if line.endswith("…") else 1 if line.startswith("…") else 0, reach)
