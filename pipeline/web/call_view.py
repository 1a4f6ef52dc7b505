"""A call as its page shows it: masked, with what stands and what each fault costs, for whoever looks.

Personal data is masked unless somebody has unmasked it, which is written down. A vendor's people see what was decided against them and who they are
themselves, no names of others and nothing that is still open.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.checks.catalogue import Entry, entry
from pipeline.checks.outcome.after_optout import RULE as AFTER_OPTOUT
from pipeline.checks.outcome.after_optout import told_to
from pipeline.errors import DataError
from pipeline.findings.meant import taken_for
from pipeline.policy.policy import Policy
from pipeline.records.call import AgentChannel
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.person import Person, Role
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.review.heard import is_heard
from pipeline.scoring.call_score import Deduction, Fault, score_call
from pipeline.scoring.judged_call import Decided, Found, standing_faults
from pipeline.services.said import Said
from pipeline.store.call_file import CallFile, Numbered
from pipeline.text.masking import MASK, mask, mask_together, mask_within
from pipeline.text.pinyin import syllables
from pipeline.text.quoting import quoted, stretch

Masking = Callable[[str], str]
# Measures may cover a minute of talk: only what words were taken for is marked in them.
_SAID = (Match.EXACT, Match.PHONETIC, Match.NEAR, Match.STRUCTURE)
_LONGEST_MARK_MS = 20_000


@dataclass(frozen=True, slots=True)
class WordView:
    """A word of the transcript; `hits` are the findings in it, `match` and `severity` those of the gravest."""

    text: str
    start_ms: int
    end_ms: int
    hits: tuple[int, ...]
    match: str
    severity: str
    sound: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn of the transcript."""

    speaker: Speaker
    start_ms: int
    end_ms: int
    words: tuple[WordView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding to be judged, or that was. `before`, `hit`, `after` are the sentence around what matched."""

    finding_id: int
    finding: Finding
    known: Entry
    before: str
    hit: str
    after: str
    explanation: str
    heard: tuple[str, str] | None
    meant: tuple[str, str] | None
    points: int
    said: Said | None
    is_mine: bool
    is_heard: bool


@dataclass(frozen=True, slots=True)
class LostView:
    """A deduction of the score; `of`: the finding, or what somebody added."""

    deduction: Deduction
    finding_id: int | None
    is_pending: bool


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The score as it stands, how it came about, and what it would be if all that is open were confirmed."""

    points: int
    lost: tuple[LostView, ...]
    if_all: int


def masking(file: CallFile, *, unmasked: bool) -> Masking:
    """How texts of the call are shown."""
    if unmasked:
        return str
    said = "".join(turn.text for turn in file.inspection.turns) if file.inspection else ""
    return lambda text: mask_within(text, (said,))


def turn_views(file: CallFile, *, unmasked: bool) -> tuple[TurnView, ...]:
    """The transcript."""
    turns = file.inspection.turns if file.inspection else ()
    texts = [turn.text for turn in turns] if unmasked else masked_turns(turns)
    marked = [one for one in file.findings if _is_marked(one.finding)]
    return tuple(
        TurnView(turn.speaker, turn.span.start_ms, turn.span.end_ms, tuple(_words(turn, text, marked)))
        for turn, text in zip(turns, texts, strict=True)
    )


def masked_turns(turns: Sequence[Turn]) -> list[str]:
    """The turns' texts; a number counts however turns part it, and whoever says 嗯 in between."""
    together = mask_together([turn.text for turn in turns])
    for speaker in Speaker:
        places = [place for place, turn in enumerate(turns) if turn.speaker is speaker]
        for place, hidden in zip(places, mask_together([turns[place].text for place in places]), strict=True):
            pairs = zip(together[place], hidden, strict=True)
            together[place] = "".join(MASK if MASK in pair else pair[0] for pair in pairs)
    return together


def finding_views(
    file: CallFile, said: Sequence[Said], person: Person, heard: Sequence[Span], policy: Policy, shown: Masking
) -> tuple[FindingView, ...]:
    """The findings that the person may see, with what stands about each."""
    by_finding = {one.finding_id: one for one in said}
    return tuple(
        _finding_view(file, one, by_finding.get(one.finding_id), person, heard, policy, shown)
        for one in told_findings(file, said, person, policy)
    )


def told_findings(file: CallFile, said: Sequence[Said], person: Person, policy: Policy) -> tuple[Numbered, ...]:
    """The findings that the person may see: a vendor's people those that count against them, without what another vendor's call told."""
    if person.role is not Role.VENDOR:
        return file.findings
    by_finding = {one.finding_id: one for one in said}
    return tuple(
        replace(one, finding=told_to(one.finding, file.row.vendor))
        for one in file.findings
        if _is_told(one, by_finding.get(one.finding_id), policy)
    )


def added(said: Sequence[Said]) -> tuple[Said, ...]:
    """The faults that somebody added, and what was decided under findings that are no more."""
    return tuple(one for one in said if one.finding_id is None)


def seen_by(said: Sequence[Said], person: Person) -> tuple[Said, ...]:
    """What of it the person may see: a vendor's people see verdicts that say there is a fault."""
    if person.role is not Role.VENDOR:
        return tuple(said)
    return tuple(_told(one) for one in said if one.verdict_id is not None and one.decision.is_fault)


def score_view(file: CallFile, said: Sequence[Said], policy: Policy) -> ScoreView | None:
    """The score; None of a call that nobody could judge, or where the sheet has no item for a rule."""
    if file.inspection is None:
        return None
    found = [Found(one.finding_id, one.finding.rule, one.finding.severity, one.finding.counts) for one in file.findings]
    # Pending decisions have no verdict's number yet: each goes by its place here.
    decided = [
        Decided(place, one.finding_id, one.charge.rule, one.charge.severity, one.decision.is_fault)
        for place, one in enumerate(said)
    ]
    faults = [*standing_faults(found, decided, policy.posting.by_machine)]
    known = {one.finding_id for one in said}
    open_ones = [
        Fault(f"finding {one.finding_id}", one.rule, one.severity)
        for one in found
        if one.finding_id not in known and one.rule not in policy.posting.by_machine
    ]
    try:
        score, if_all = score_call(faults, policy.score), score_call([*faults, *open_ones], policy.score)
    except DataError:
        return None
    return ScoreView(score.points, tuple(_lost(one, said) for one in score.deductions), if_all.points)


def channel_speakers(file: CallFile) -> tuple[Speaker, ...]:
    """Who is on which channel of the recording; UNKNOWN: both on one."""
    if file.inspection is None or file.inspection.recording.channels < 2:
        return (Speaker.UNKNOWN,)
    if file.row.agent_channel is AgentChannel.MONO:
        return (Speaker.UNKNOWN, Speaker.UNKNOWN)
    sides = (Speaker.AGENT, Speaker.CUSTOMER)
    return sides[::-1] if file.row.agent_channel is AgentChannel.RIGHT else sides


def said_in(turns: Sequence[Turn], span: Span) -> str:
    """What was said in a stretch, by whoever said most of it there."""
    pieces: dict[Speaker, str] = {}
    for turn in turns:
        heard = "".join(text for text, at in _timed(turn) if at.overlap_ms(span))
        pieces[turn.speaker] = pieces.get(turn.speaker, "") + heard
    return max(pieces.values(), key=len, default="")


def _timed(turn: Turn) -> Iterator[tuple[str, Span]]:
    """The words with their times; characters evenly over the turn where the engine gave none."""
    if turn.words:
        yield from ((word.text, word.span) for word in turn.words)
        return
    edges = [turn.span.start_ms + turn.span.length_ms * n // max(len(turn.text), 1) for n in range(len(turn.text) + 1)]
    yield from ((char, Span(*edge)) for char, edge in zip(turn.text, pairwise(edges), strict=True))


def _words(turn: Turn, text: str, marked: Sequence[Numbered]) -> Iterator[WordView]:
    at = 0
    mine = [one for one in marked if _is_of(one.finding, turn)]
    for word, span in _timed(turn):
        hits = [one for one in mine if one.finding.span and one.finding.span.overlap_ms(span)]
        gravest = max(hits, key=lambda one: [*Severity].index(one.finding.severity), default=None)
        sound = gravest is not None and gravest.finding.match is Match.PHONETIC
        yield WordView(
            text[at : at + len(word)],
            span.start_ms,
            span.end_ms,
            tuple(one.finding_id for one in hits),
            gravest.finding.match.value if gravest else "",
            gravest.finding.severity.value if gravest else "",
            " ".join(syllables(text[at : at + len(word)])) if sound else "",
        )
        at += len(word)


def _is_marked(finding: Finding) -> bool:
    return finding.match in _SAID and finding.span is not None and finding.span.length_ms <= _LONGEST_MARK_MS


def _is_of(finding: Finding, turn: Turn) -> bool:
    is_there = finding.span is not None and finding.span.overlap_ms(turn.span) > 0
    return is_there and (finding.speaker is turn.speaker or Speaker.UNKNOWN in (finding.speaker, turn.speaker))


def _told(said: Said) -> Said:
    """What a vendor is told of it: of a finding that is no more nobody knows in whose call its words were said."""
    if said.finding_id is None and said.charge.rule == AFTER_OPTOUT:
        return replace(said, charge=replace(said.charge, words=""))
    return said


def _is_told(one: Numbered, said: Said | None, policy: Policy) -> bool:
    """Whether a vendor is shown the finding: a fault by verdict, or one that posts by itself and nobody has decided."""
    if said is None:
        return one.finding.rule in policy.posting.by_machine and one.finding.counts
    return said.verdict_id is not None and said.decision.is_fault


def _finding_view(
    file: CallFile,
    one: Numbered,
    said: Said | None,
    person: Person,
    heard: Sequence[Span],
    policy: Policy,
    shown: Masking,
) -> FindingView:
    finding = one.finding
    words = stretch(finding.text, finding.matched)
    quote = shown(quoted(finding.text, finding.matched))
    at = quoted(finding.text, finding.matched).find(words) if words else -1
    taken = taken_for(finding)
    return FindingView(
        finding_id=one.finding_id,
        finding=finding,
        known=entry(finding.rule),
        before=quote[:at] if at >= 0 else quote,
        hit=quote[at : at + len(words)] if at >= 0 else "",
        after=quote[at + len(words) :] if at >= 0 else "",
        explanation=shown(finding.explanation),
        heard=None if taken is None else _with_sound(shown(taken[0])),
        meant=None if taken is None else _with_sound(taken[1]),
        points=policy.score.points(finding.rule, finding.severity),
        said=said,
        is_mine=said is not None and said.person == person.name,
        is_heard=is_heard(finding.span, heard, file.length_ms),
    )


def _with_sound(text: str) -> tuple[str, str]:
    return text, " ".join(syllables(mask(text)))


def _lost(one: Deduction, said: Sequence[Said]) -> LostView:
    kind, _, number = one.fault.source.partition(" ")
    if kind == "finding":
        return LostView(one, int(number), False)
    return LostView(one, said[int(number)].finding_id, said[int(number)].pending is not None)
