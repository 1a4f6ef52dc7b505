"""What a pack, a script or other limits would newly find in stored calls, and no longer find. Nothing is changed by it.

    pack      phrase.privacy with one line more      + 2026033000010  00:45.7  把验正码给我
    script    win-back without recording_notice      - 2026033000012  script.missing.recording_notice
    standard  longest_silence_ms 6000                + 2026033000014  voice.dead_air

Most calls cannot be changed by a phrase, because neither the old line nor the new one is anywhere in them. That is seen in what each side says
in a row, so that only the few others are judged again as the night would, twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic

from sqlalchemy.orm import Session

from pipeline.checks import audio, tone
from pipeline.checks.check import HeardCall, check, load_rules
from pipeline.checks.outcome.out_of_hours import out_of_hours
from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.phrases.conditions import ConditionMatcher
from pipeline.checks.ruleset import Ruleset, with_pack
from pipeline.checks.script.elements import missing_claims
from pipeline.checks.script.script import Script
from pipeline.checks.script.scripted import hold_against, script_check
from pipeline.checks.tone.limits import with_rates
from pipeline.records.finding import Claim
from pipeline.services.held_to import ScriptNames
from pipeline.services.stored import call_of
from pipeline.store.engine import chunks
from pipeline.store.inspections import StoredInspection, newest_ids_since, stored_inspection, words_of
from pipeline.store.tables import CallRow
from pipeline.text.conditions import Condition
from pipeline.text.packs import Pack
from pipeline.text.phrases import Phrase, PhraseMatcher

load_rules(audio)
load_rules(tone)
_Claims = Callable[[HeardCall], Sequence[Claim]]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that would be made (`is_new`) or would no longer be made in a stored call."""

    call_pk: int
    stored: StoredInspection
    claim: Claim
    rule: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """Of `stored` calls the latest `calls` were looked at: fewer where the time was up."""

    changes: tuple[Change, ...]
    calls: int
    stored: int

    @property
    def new(self) -> tuple[Change, ...]:
        """What would be found."""
        return tuple(change for change in self.changes if change.is_new)

    @property
    def gone(self) -> tuple[Change, ...]:
        """What would no longer be found."""
        return tuple(change for change in self.changes if not change.is_new)


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls drawn for `first` and later; after `seconds` no further call is begun. `on_calls` hears how many more are done, and of how many."""

    first: date
    seconds: float | None = None
    on_calls: Callable[[int, int], None] = lambda more, of: None


def try_pack(session: Session, pack: Pack, ruleset: Ruleset, limits: Limits) -> Trial:
    """A pack in place of the one of the same rule."""
    then, may_differ = with_pack(ruleset, pack), _differing(ruleset.pack(pack.rule), pack)

    def claims(judge: Ruleset) -> _Claims:
        return lambda call: [claim for claim in find_phrases(call, judge) if claim.rule == pack.rule]

    return _tried(session, limits, may_differ, claims(ruleset), claims(then))


def try_script(session: Session, script: Script, ruleset: Ruleset, limits: Limits) -> Trial:
    """A script in place of the one of the same project: what is missing, out of order, answered otherwise, said too late."""
    now = next((one for one in ruleset.scripts if one.project == script.project), None)

    def claims(judge: Script | None) -> _Claims:
        return lambda call: (
            list(_script_claims(call, judge, ruleset)) if judge and call.facts.project == script.project else []
        )

    return _tried(session, limits, None, claims(now), claims(script))


def try_standard(session: Session, then: Ruleset, ruleset: Ruleset, limits: Limits) -> Trial:
    """Other limits of voice and hours (`then`). Pauses and overlaps are those between stored turns; what only the sound tells is in neither."""

    def claims(judge: Ruleset) -> _Claims:
        return lambda call: list(_standard_claims(call, judge))

    return _tried(session, limits, None, claims(ruleset), claims(then))


def _tried(
    session: Session, limits: Limits, may_differ: Callable[[str], bool] | None, before: _Claims, after: _Claims
) -> Trial:
    ids, until = (
        newest_ids_since(session, limits.first),
        None if limits.seconds is None else monotonic() + limits.seconds,
    )
    changes: list[Change] = []
    names = ScriptNames(session)
    done = 0
    for some in chunks(ids):
        said = words_of(session, some) if may_differ else {}
        for inspection_id in some:
            if until is not None and monotonic() > until:
                return Trial(_in_order(changes), done, len(ids))
            if may_differ is None or any(map(may_differ, said[inspection_id].values())):
                changes += _changes(session, names, inspection_id, before, after)
            done += 1
        limits.on_calls(len(some), len(ids))
    return Trial(_in_order(changes), done, len(ids))


def _changes(
    session: Session, names: ScriptNames, inspection_id: int, before: _Claims, after: _Claims
) -> Iterator[Change]:
    call_pk, stored = stored_inspection(session, inspection_id)
    row = stored.row
    day = session.get_one(CallRow, call_pk).day
    call = call_of(stored, names(row.vendor, row.project, day))
    old, new = before(call), after(call)
    for claims, others, is_new in ((new, old, True), (old, new, False)):
        for claim in claims:
            if not _is_among(claim, others):
                yield Change(call_pk, stored, claim, claim.rule or "", is_new)


def _is_among(claim: Claim, others: Sequence[Claim]) -> bool:
    return any(claim.rule == other.rule and _is_same_place(claim, other) for other in others)


def _is_same_place(claim: Claim, other: Claim) -> bool:
    if claim.span is None or other.span is None:
        return claim.span is other.span
    return bool(claim.span.overlap_ms(other.span))


def _in_order(changes: Sequence[Change]) -> tuple[Change, ...]:
    def place(change: Change) -> tuple[str, str, str, int]:
        row, span = change.stored.row, change.claim.span
        return row.vendor, row.project, row.call_id, span.start_ms if span else -1

    return tuple(sorted(changes, key=place))


def _script_claims(call: HeardCall, script: Script, ruleset: Ruleset) -> Iterator[Claim]:
    scripted = hold_against(script, call, ruleset)
    yield from missing_claims(scripted.elements, script, call)
    for one in script_check:
        yield from (replace(claim, rule=claim.rule or one.rule) for claim in one.run(scripted))


def _standard_claims(call: HeardCall, judge: Ruleset) -> Iterator[Claim]:
    paced = with_rates(call)
    for one in check:
        yield from (replace(claim, rule=claim.rule or one.rule) for claim in one.run(paced, judge.standard))
    yield from out_of_hours(call, judge)


def _differing(before: Pack | None, after: Pack) -> Callable[[str], bool]:
    """Whether words hold anything of what differs between two packs; where it does not, nothing is found or lost there."""
    old, new = _parts(before), _parts(after)
    phrases = [phrase for one, other in ((old, new), (new, old)) for phrase in one[0] if phrase not in other[0]]
    conditions = [part for one, other in ((old, new), (new, old)) for part in one[1] if part not in other[1]]
    if any(condition.wanted.is_regex_only for condition in conditions):
        # An expression may hang on where an utterance begins and ends, which words in a row do not tell.
        return lambda text: True
    matcher = PhraseMatcher([_loose(phrase) for phrase in phrases])
    held = ConditionMatcher([_loose_condition(condition) for condition in conditions])
    return lambda text: bool(matcher.find(text)) or held.hears(after.rule, text)


def _parts(pack: Pack | None) -> tuple[list[Phrase], list[Condition]]:
    if pack is None:
        return [], []
    return [*pack.phrases, *pack.only_after_refusal], list(pack.conditions)


def _loose(phrase: Phrase) -> Phrase:
    """The phrase wherever it stands: in a row with what is said before and behind, neither an exception nor a whole utterance can be seen."""
    return replace(phrase, is_weak=False, exceptions=())


def _loose_condition(condition: Condition) -> Condition:
    """What decides a condition, anywhere; what comes before or after it takes it away at most."""
    wanted = condition.wanted
    loose = replace(wanted, any=tuple(map(_loose, wanted.any)), all=tuple(map(_loose, wanted.all)))
    return replace(condition, wanted=loose, after=None, before=None)
