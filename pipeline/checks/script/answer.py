"""A question customers ask often, answered otherwise than agreed (统一应答口径, P-23).

    customer  20.0-22.0  中途不用了有没有违约金
    agent     22.5-25.0  没有违约金，您提前一个月说就行      approved
    agent     22.5-25.0  这个以后再说，您先办上              claimed, with the question's words

The answer may come in any of the agent's next turns (`answer_turns`, a 嗯 or 好的 is none) or for `answer_s` seconds, whichever lasts longer, and
asking again gives them as long again. A later turn that closes the call (confirms, tells where to enquire, thanks) answers nothing: the hotline
told to everybody is not the number that was asked for. Where the agent has no turn left, the customer has hung up, and nothing is claimed; nor is
it where the recording is mono or a speaker unknown, for then nobody can say who asked.

Both sides have a second vote (`models/questions/`). A question in words that nobody listed is heard where it is like those of one answer; what is
claimed of it is a near match, for a reviewer. A reply in words that nobody listed is taken for an answer where it is rather like answers, with
their figures, days and places, than like dodges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipeline.checks.script.scripted import Scripted, script_check
from pipeline.checks.script.throughout import DEFERRED, Limits, Throughout
from pipeline.records.finding import Claim, Match
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.normal import normalize
from pipeline.text.pieces import Likely, most_like, sentences
from pipeline.text.utterances import Utterance, utterances

_HUM_HANZI = 3
_ANSWER, _DODGE = "answer", "dodge"
_CLOSING = frozenset(("confirmation", "enquiry_channel", "thanks"))


@dataclass(frozen=True, slots=True)
class _Question:
    """What a customer asks (`words`: where, and the name of the answer that it wants), and the agent's turns in which that may come.

    `match`: structure where the wording is listed, near where it is only like such a question.
    """

    words: Likely
    match: Match
    asked: Utterance
    replies: tuple[Utterance, ...]

    @property
    def name(self) -> str:
        return self.words.kind

    @property
    def until_ms(self) -> int:
        return max((reply.end_ms for reply in self.replies), default=self.asked.end_ms)


@script_check("script.answer", version=3)
def unapproved_answers(scripted: Scripted) -> Iterator[Claim]:
    """Claim each question that is not answered as agreed, once for all the times it is asked in a row."""
    call = scripted.call
    if not scripted.whole or call.mono or any(turn.speaker is Speaker.UNKNOWN for turn in call.turns):
        return
    for questions in _in_rows(_questions(scripted)):
        if all(question.replies for question in questions) and not any(_is_answered(q, scripted) for q in questions):
            yield _claim(questions[0], scripted)


def _questions(scripted: Scripted) -> Iterator[_Question]:
    call, throughout = scripted.call, scripted.script.throughout
    agent = utterances(call.turns, Speaker.AGENT)
    for utterance in utterances(call.turns, Speaker.CUSTOMER):
        match, asked = Match.STRUCTURE, _listed(utterance, throughout)
        if not asked:
            match, asked = Match.NEAR, _likely(utterance, throughout, scripted.ruleset.questions)
        for words in asked:
            replies = _replies(agent, utterance.span_of(words.start, words.end), throughout.limits)
            yield _Question(words, match, utterance, replies)


def _listed(utterance: Utterance, throughout: Throughout) -> list[Likely]:
    """The questions that are asked in listed words, each once; the longest where several lie in the same words."""
    found: list[Likely] = []
    hits = (hit for hit in throughout.asked.find(utterance.text) if hit.match is not Match.NEAR)
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start)):
        if all(one.kind != hit.phrase.key and (hit.end <= one.start or one.end <= hit.start) for one in found):
            found.append(Likely(hit.start, hit.end, hit.phrase.key, hit.confidence))
    return found


def _likely(utterance: Utterance, throughout: Throughout, model: Likeness) -> list[Likely]:
    """The script's questions that what is said is like."""
    likely = (most_like(utterance, model, answer.name) for answer in throughout.answers)
    return [one for one in likely if one is not None]


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


def _is_answered(question: _Question, scripted: Scripted) -> bool:
    """By listed words, in any turn or in two that the customer's hum has parted; else by a reply that is rather like answers than like dodges."""
    script, (first, *later) = scripted.script, question.replies
    told = [first, *(one for one in later if not _CLOSING & {hit.phrase.key for hit in script.matcher.find(one.text)})]
    texts = [reply.text for reply in told]
    keys = {hit.phrase.key for text in (*texts, "".join(texts)) for hit in script.throughout.answered.find(text)}
    return bool(keys & {question.name, DEFERRED}) or _likeness(told, scripted, _ANSWER) > _likeness(
        told, scripted, _DODGE
    )


def _likeness(replies: Sequence[Utterance], scripted: Scripted, kind: str) -> float:
    """The probability (0-1) of a kind of reply where it is highest."""
    at = scripted.ruleset.questions.kinds.index(kind)
    said = (scripted.ruleset.questions(reply.text[start:end]) for reply in replies for start, end in sentences(reply))
    return max((float(likely[at]) for likely in said), default=0.0)


def _claim(question: _Question, scripted: Scripted) -> Claim:
    words, asked, reply = question.words, question.asked, question.replies[0]
    span = asked.span_of(words.start, words.end)
    said = f"客户问“{asked.text}”，没有听到“{question.name}”的统一口径，话务员答的是“{reply.text}”。"
    if question.match is Match.NEAR:
        said += "问法不在列表中，只是与这类问题的例句相近，只作复核线索。"
    return Claim(
        Span(span.start_ms, max(span.end_ms, reply.end_ms)),
        said,
        text=reply.text,
        matched=asked.text[words.start : words.end],
        match=question.match,
        confidence=min(words.probability, asked.confidence, scripted.call.confidence(Speaker.AGENT)),
        rule="script.answer",
    )
