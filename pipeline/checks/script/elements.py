"""Which script elements a call contains.

    agent  0.5-4.0    您好，我是移动公司的客服小李      greeting, self_introduction: present
    agent  58.0-60.0  好的再见                        thanks: missing

An element is looked for where it belongs: the opening in the first turns, the closing in the last ones, so that 感谢您接听 at the start is
no thanks at the end. A call that was cut short shows what it shows, but what it lacks is not assessable, never missing; so it is with a call whose
agent is heard too badly, and on a mono recording with what is heard in a turn that only seems to be the customer's. Where the manifest names
no outcome, the outcome is what the customer is heard to decide.

Cues list how an element is said. Before one is called missing, a model that learnt from sorted sentences (`models/script/`) has the second
vote: an element is there too where a sentence in its place is like its examples.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from pipeline.checks.check import HeardCall
from pipeline.checks.outcome.consent import heard_outcome
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.script.script import Cues, Required, Script, Where
from pipeline.records.call import Outcome
from pipeline.records.finding import Claim, Element, ElementState, Match, Part
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.likeness import Likeness
from pipeline.text.phrases import Hit
from pipeline.text.pieces import sentences
from pipeline.text.utterances import Utterance, utterances

OPENING_MS, OPENING_TURNS = 40_000, 4
CLOSING_MS, CLOSING_TURNS = 25_000, 4
SHORTEST_MS = 20_000
# Mean confidence of the agent's words. Calls of overdriven recorders have 0.57-0.83, with up to four wrong words in ten; others have 0.88-0.96.
HEARD_FROM = 0.8
_REPEATED = 40  # hanzi between a confirmation and what it repeats


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cue heard."""

    element: str
    span: Span
    text: str


def find_elements(call: HeardCall, script: Script, ruleset: Ruleset) -> tuple[Element, ...]:
    """Every element of the script with its state, in the script's order, with the first sentence that shows it."""
    spoken = utterances(call.turns, Speaker.AGENT, Speaker.UNKNOWN)
    shown = [shown for utterance in spoken for shown in _shown(utterance, script)]
    guessed = utterances(call.turns, Speaker.CUSTOMER) if call.mono else ()
    doubtful = {shown.element for utterance in guessed for shown in _shown(utterance, script)}
    outcome = call.facts.outcome or heard_outcome(call, ruleset)
    whole = is_whole(call)
    elements = (
        _element(required, shown, spoken, outcome, whole and required.cues.element not in doubtful)
        for required in script.elements
    )
    parts = {required.cues.element: required.cues.part for required in script.elements}
    places = {required.cues.element: _window(required.cues, spoken) for required in script.elements}
    return tuple(
        _second_vote(element, places[element.element], spoken, ruleset.elements, parts)
        if element.state is ElementState.MISSING
        else element
        for element in elements
    )


def _second_vote(
    element: Element, window: Span | None, spoken: Sequence[Utterance], model: Likeness, parts: Mapping[str, Part]
) -> Element:
    """The element, present where a sentence in its window is like its examples, and more so than like those of another part's elements."""
    if element.element not in model.kinds or window is None:
        return element
    kind = model.kinds.index(element.element)
    rivals = [at for at, name in enumerate(model.kinds) if parts.get(name, element.part) is not element.part]
    best = model.limit
    for utterance in spoken:
        for start, end in sentences(utterance):
            span, likely = utterance.span_of(start, end), model(utterance.text[start:end])
            if window.overlap_ms(span) and likely[kind] >= max(best, *likely[rivals]):
                best = float(likely[kind])
                element = replace(element, state=ElementState.PRESENT, span=span, text=utterance.text[start:end])
    return element


def is_shown_from(name: str, start_ms: int, call: HeardCall, script: Script, model: Likeness) -> bool:
    """Whether an element begins at `start_ms` or later, where it belongs: by a cue, or by the second vote."""
    spoken = utterances(call.turns, Speaker.AGENT, Speaker.UNKNOWN)
    cues = next(required.cues for required in script.elements if required.cues.element == name)
    window = _window(cues, spoken)
    if window is None or window.end_ms <= start_ms:
        return False
    rest = Span(start_ms, window.end_ms)
    later = [utterance for utterance in spoken if utterance.end_ms > start_ms]
    spans = [shown.span for utterance in later for shown in _shown(utterance, script) if shown.element == name]
    parts = {required.cues.element: required.cues.part for required in script.elements}
    voted = _second_vote(Element(name, cues.part, ElementState.MISSING), rest, later, model, parts)
    if voted.span is not None:
        spans.append(voted.span)
    return any(span.start_ms >= start_ms and rest.overlap_ms(span) for span in spans)


def is_whole(call: HeardCall) -> bool:
    """Whether the recording holds all of a call long enough to be judged, its agent well enough heard: else nothing is missing from it."""
    heard = [word.confidence for turn in call.turns if turn.speaker is not Speaker.CUSTOMER for word in turn.words]
    return call.complete and call.decoded_ms >= SHORTEST_MS and bool(heard) and fmean(heard) >= HEARD_FROM


def missing_claims(elements: Sequence[Element], script: Script, call: HeardCall) -> Iterator[Claim]:
    """A claim for each missing element, as sure as the agent was heard."""
    spoken = utterances(call.turns, Speaker.AGENT, Speaker.UNKNOWN)
    confidence = call.confidence(Speaker.AGENT, Speaker.UNKNOWN)
    cues = {required.cues.element: required.cues for required in script.elements}
    for element in elements:
        if element.state is ElementState.MISSING:
            explanation = f"脚本要求“{cues[element.element].name}”，{_place(cues[element.element], spoken)}没有听到。"
            rule = f"script.missing.{element.element}"
            yield Claim(None, explanation, match=Match.STRUCTURE, confidence=confidence, rule=rule)


def _shown(utterance: Utterance, script: Script) -> Iterator[_Shown]:
    hits = script.matcher.find(utterance.text)
    # What a confirmation repeats was to be told before: it is no content.
    confirmed = [hit for hit in hits if hit.phrase.key == "confirmation"]
    for hit in hits:
        is_repeated = any(hit.start - c.end < _REPEATED and c.start - hit.end < _REPEATED for c in confirmed)
        if is_repeated and hit.phrase.key == "content":
            continue
        yield _Shown(hit.phrase.key, utterance.span_of(hit.start, hit.end), _sentence(utterance.text, hit))


def _element(
    required: Required, shown: Sequence[_Shown], spoken: Sequence[Utterance], outcome: Outcome | None, whole: bool
) -> Element:
    cues = required.cues
    window = _window(cues, spoken)
    found = next((s for s in shown if s.element == cues.element and window and window.overlap_ms(s.span)), None)
    if found is not None:
        return Element(cues.element, cues.part, ElementState.PRESENT, found.span, found.text)
    if not required.always and outcome not in required.outcomes:
        unknown = outcome is None and bool(required.outcomes)
        return Element(cues.element, cues.part, ElementState.NOT_ASSESSABLE if unknown else ElementState.NOT_REQUIRED)
    return Element(cues.element, cues.part, ElementState.MISSING if whole else ElementState.NOT_ASSESSABLE)


def _window(cues: Cues, spoken: Sequence[Utterance]) -> Span | None:
    """Where the element may be: by turns and by time, whichever is more generous."""
    if not spoken:
        return None
    last_ms = max(utterance.end_ms for utterance in spoken)
    first, final = spoken[: min(OPENING_TURNS, len(spoken))], spoken[-min(CLOSING_TURNS, len(spoken)) :]
    if cues.where is Where.OPENING:
        return Span(0, max(OPENING_MS, *(utterance.end_ms for utterance in first)))
    closing_ms = min(final[0].start_ms, max(0, last_ms - CLOSING_MS))
    if cues.where is Where.CLOSING:
        # Thanks for answering the telephone are part of the greeting.
        after_greeting = spoken[0].end_ms if len(spoken) > 1 else last_ms // 2
        return Span(max(closing_ms, after_greeting), last_ms)
    return Span(min(closing_ms, last_ms // 2), last_ms) if cues.where is Where.LATE else Span(0, last_ms)


def _sentence(text: str, hit: Hit) -> str:
    """The cue with the words around it."""
    return text[max(0, hit.start - 10) : hit.end + 15]


def _place(cues: Cues, spoken: Sequence[Utterance]) -> str:
    where = {Where.OPENING: "开头", Where.CLOSING: "结束前", Where.LATE: "后半段", Where.ANYWHERE: "全程"}[cues.where]
    window = _window(cues, spoken)
    return f"{where}（{window.start_ms / 1000:.0f}-{window.end_ms / 1000:.0f} 秒）" if window else where
