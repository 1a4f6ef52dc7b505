"""Regular expressions that a supervisor may write: few signs, and none that could keep the search busy for long.

    验证码.{0,6}(告诉|念给)我      found in 把验证码现在就念给我
    验证码.*告诉我                 refused: * has no end, write {0,9}
    (.{0,9}){0,9}我                refused: too many ways to match

Known are hanzi and small letters, `.`, `[…]`, `[^…]`, `(…)`, `|`, `?`, `{n}`, `{m,n}`, `^` and `$`. What is searched is the text as matching sees
it (`normal.py`: no punctuation, digits as hanzi) without hesitation. Every repeat has an end, so the most steps that a search can take from one
place of the text are counted when the file is read, and an expression with more than MOST_STEPS is refused: no text can make the search
hang, on no machine, and the same text always gives the same answer, which a time limit could not promise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.text.condensed import condense_form

LONGEST = 200
MOST_STEPS = 10_000
# Deeper brackets help nobody, and 200 of them would exhaust Python's own stack.
DEEPEST = 10
_REPEAT = re.compile(r"\{(\d{1,4})(?:(,)(\d{0,4}))?\}")
_CLASS = re.compile(r"\[\^?((?:\w(?:-\w)?)+)\]")
_PLAIN = re.compile(r"\w+")
_UNKNOWN = "known are hanzi, small letters, . [ ] ( ) | ? {m,n} ^ $"


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; `pattern` is searched for in condensed text."""

    text: str
    pattern: re.Pattern[str]

    def find(self, condensed: str) -> Iterator[tuple[int, int]]:
        """[start, end) of every match, one after the other."""
        return (match.span() for match in self.pattern.finditer(condensed) if match.end() > match.start())


@dataclass(frozen=True, slots=True)
class _Cost:
    """In how many ways something matches at most, and how many steps trying all of them takes."""

    ways: int
    steps: int

    def then(self, other: "_Cost") -> "_Cost":
        return _Cost(self.ways * other.ways, self.steps + self.ways * other.steps)

    def or_else(self, other: "_Cost") -> "_Cost":
        return _Cost(self.ways + other.ways, self.steps + other.steps)


_NOTHING, _ONE = _Cost(1, 0), _Cost(1, 1)


def expression(text: str) -> Expression:
    """The expression. Raises ValueError saying what is wrong with it and what to write instead."""
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters; write several conditions")
    reader = _Reader(text)
    cost = reader.choices(0)
    if reader.rest:
        raise ValueError("a bracket ) was never opened")
    if cost.steps > MOST_STEPS:
        raise ValueError(f"can match in too many ways: {cost.steps} steps, at most {MOST_STEPS}; shorten the repeats")
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if pattern.fullmatch(""):
        raise ValueError("matches where nothing is said")
    return Expression(text, pattern)


class _Reader:
    """Reads an expression from left to right and adds up what it costs. Every method raises ValueError."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def choices(self, depth: int) -> _Cost:
        """Alternatives up to a closing bracket or the end."""
        if depth > DEEPEST:
            raise ValueError(f"brackets lie more than {DEEPEST} deep")
        cost = self._sequence(depth)
        while self._take("|"):
            cost = _checked(cost.or_else(self._sequence(depth)))
        return cost

    def _sequence(self, depth: int) -> _Cost:
        cost = _NOTHING
        while self.rest and self.rest[0] not in "|)":
            cost = _checked(cost.then(self._repeated(self._atom(depth))))
        return cost

    def _atom(self, depth: int) -> _Cost:
        if self._take("("):
            if self.rest.startswith("?"):
                raise ValueError("(? is not known here; write plain brackets ( )")
            cost = self.choices(depth + 1)
            if not self._take(")"):
                raise ValueError("a bracket ( is never closed")
            return cost
        if (bracket := _CLASS.match(self.rest)) is not None:
            _refuse_unheard(re.sub("-", "", bracket[1]), whole=False)
            return self._skip(bracket.end())
        if (word := _PLAIN.match(self.rest)) is not None:
            _refuse_unheard(word[0], whole=True)
            return self._skip(1)
        if self.rest[0] in ".^$":
            return self._skip(1)
        if self.rest[0] in "*+":
            raise ValueError(f"{self.rest[0]} has no end; write how many at most, such as {{0,9}}")
        raise ValueError(f"{self.rest[0]!r} is not known here; {_UNKNOWN}")

    def _repeated(self, one: _Cost) -> _Cost:
        if self._take("?"):
            return _NOTHING.or_else(one)
        if (repeat := _REPEAT.match(self.rest)) is None:
            return one
        if repeat[2] and not repeat[3]:
            raise ValueError(f"{repeat[0]} has no end; write how many at most, such as {{{repeat[1]},9}}")
        least, most = int(repeat[1]), int(repeat[3] or repeat[1])
        if least > most:
            raise ValueError(f"{repeat[0]} must run from the smaller to the larger number")
        self.rest = self.rest[repeat.end() :]
        return _times(one, least, most)

    def _take(self, sign: str) -> bool:
        is_there = self.rest.startswith(sign)
        self.rest = self.rest.removeprefix(sign)
        return is_there

    def _skip(self, length: int) -> _Cost:
        self.rest = self.rest[length:]
        return _ONE


def _times(one: _Cost, least: int, most: int) -> _Cost:
    """From `least` to `most` times in a row; each further time is a step from every way there is so far."""
    so_far, ways = _NOTHING, 0
    for count in range(most + 1):
        ways += so_far.ways if count >= least else 0
        if count < most:
            so_far = _checked(so_far.then(one))
    return _Cost(max(ways, 1), so_far.steps)


def _checked(cost: _Cost) -> _Cost:
    """Refuse early, before the numbers grow without end."""
    if cost.ways > MOST_STEPS:
        raise ValueError(f"can match in too many ways, at most {MOST_STEPS}; shorten the repeats")
    return cost


def _refuse_unheard(words: str, *, whole: bool) -> None:
    """Refuse what the searched text never has in it; a `whole` word may not have hesitation in it either."""
    for char in words:
        heard = condense_form(char)[0]
        if heard != char:
            wanted = f"write {heard!r}" if heard else "hesitation is never looked at"
            raise ValueError(f"{char!r} never stands in the text that is searched; {wanted}")
    if whole and condense_form(words)[0] != words:
        raise ValueError(f"{words!r} holds hesitation such as 那个, which is never looked at; leave it out")
