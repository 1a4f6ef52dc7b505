"""A question customers ask often, answered otherwise than agreed (统一应答口径, P-23).

    customer  20.0-22.0  中途不用了有没有违约金
    agent     22.5-25.0  没有违约金，您提前一个月说就行      approved
    agent     22.5-25.0  这个以后再说，您先办上              claimed, with the question's words

The answer may come in any of the agent's next turns (`answer_turns`, a 嗯 or 好的 is none) or for `answer_s` seconds, whichever lasts longer, and
asking again gives them as long again. A later turn that closes the call (confirms, tells where to enquire, thanks) answers nothing: the hotline
told to everybody is not the number that was asked for. Where the agent has no turn left, the customer has hung up, and nothing is claimed; nor is
it where the recording is mono or a speaker unknown, for then nobody can say who asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.checks.check import HeardCall
from pipeline.checks.script.script import Script
from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.checks.script.throughout import DEFERRED, Limits, Throughout
from pipeline.records.finding import Claim, Match
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.normal import normalize
from pipeline.text.phrases import Hit
from pipeline.text.utterances import Utterance, utterances

_HUM_HANZI = 3
_CLOSING = frozenset(("confirmation", "enquiry_channel", "thanks"))


@dataclass(frozen=True, slots=True)
class _Question:
    """A question heard, which answer it wants, and the agent's turns in which that may come."""

    hit: Hit
    asked: Utterance
    replies: tuple[Utterance, ...]

    @property
    def name(self) -> str:
        return self.hit.phrase.key

    @property
    def until_ms(self) -> int:
        return max((reply.end_ms for reply in self.replies), default=self.asked.end_ms)


@script_check("script.answer", version=2)
def unapproved_answers(scripted: Scripted) -> Iterator[Claim]:
    """Claim each question that is not answered as agreed, once for all the times it is asked in a row."""
    call, throughout = scripted.call, scripted.script.throughout
    if not scripted.whole or call.mono or any(turn.speaker is Speaker.UNKNOWN for turn in call.turns):
        return
    for questions in _in_rows(_questions(call, throughout)):
        if all(question.replies for question in questions) and not any(
            _is_answered(q, scripted.script) for q in questions
        ):
            yield _claim(questions[0], scripted)


def _questions(call: HeardCall, throughout: Throughout) -> Iterator[_Question]:
    agent = utterances(call.turns, Speaker.AGENT)
    for utterance in utterances(call.turns, Speaker.CUSTOMER):
        names: set[str] = set()
        for hit in throughout.asked.find(utterance.text):
            if hit.match is not Match.NEAR and hit.phrase.key not in names:
                names.add(hit.phrase.key)
                yield _Question(
                    hit, utterance, _replies(agent, utterance.span_of(hit.start, hit.end), throughout.limits)
                )


def _replies(agent: Sequence[Utterance], asked: Span, limits: Limits) -> tuple[Utterance, ...]:
    """The agent's turns that last into the question or come after it, as long as an answer may take."""
    after = [utterance for utterance in agent if utterance.end_ms > asked.end_ms]
    told = accumulate(len(normalize(utterance.text)) > _HUM_HANZI for utterance in after)
    return tuple(
        utterance
        for utterance, turns in zip(after, told, strict=True)
        if turns <= limits.answer_turns or utterance.start_ms <= asked.end_ms + limits.answer_ms
    )


def _in_rows(questions: Iterator[_Question]) -> list[list[_Question]]:
    """Questions of one name, those together that are asked again while the last one may still be answered."""
    rows: list[list[_Question]] = []
    for question in questions:
        last = next((row for row in reversed(rows) if row[-1].name == question.name), None)
        if last is not None and question.asked.start_ms <= last[-1].until_ms:
            last.append(question)
        else:
            rows.append([question])
    return rows


def _is_answered(question: _Question, script: Script) -> bool:
    """In any turn, or in two that the customer's hum has parted."""
    first, *later = [reply.text for reply in question.replies]
    said = [first, *(text for text in later if not _CLOSING & {hit.phrase.key for hit in script.matcher.find(text)})]
    keys = {hit.phrase.key for text in (*said, "".join(said)) for hit in script.throughout.answered.find(text)}
    return bool(keys & {question.name, DEFERRED})


def _claim(question: _Question, scripted: Scripted) -> Claim:
    asked, hit, reply = question.asked, question.hit, question.replies[0]
    words = asked.span_of(hit.start, hit.end)
    return Claim(
        Span(words.start_ms, max(words.end_ms, reply.end_ms)),
        f"客户问“{asked.text}”，没有听到“{question.name}”的统一口径，话务员答的是“{reply.text}”。",
        text=reply.text,
        matched=asked.text[hit.start : hit.end],
        match=Match.STRUCTURE,
        confidence=min(hit.confidence, asked.confidence, scripted.call.confidence(Speaker.AGENT)),
        rule="script.answer",
    )
