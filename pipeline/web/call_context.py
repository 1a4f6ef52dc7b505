"""What the templates of a call's page are given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy.orm import Session

from pipeline.checks.catalogue import ELEMENTS, RULES, Entry, entry
from pipeline.policy.policy import Policy
from pipeline.records.call import CallState
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from pipeline.review.rights import ROLES, Act
from pipeline.services.drawing import policy_of
from pipeline.services.queue_view import heard_now
from pipeline.services.queueing import review_policy
from pipeline.services.said import Said, what_is_said
from pipeline.services.targeting import LONGEST_REASON
from pipeline.store.call_file import CallFile, FiledAppeal, appeals_of_call, call_file
from pipeline.store.events import latest
from pipeline.store.pending import failed_of_person, open_of_person
from pipeline.store.plays import Listener, listeners, played
from pipeline.store.policies import find_policy
from pipeline.store.seats import Seat, take_seat
from pipeline.store.tables import Did
from pipeline.store.targets import why_not
from pipeline.store.verdicts import Verdict, history, verdicts_of_call
from pipeline.store.visible import visible_call
from pipeline.web import call_words
from pipeline.web.call_view import (
    ScoreView,
    added,
    channel_speakers,
    finding_views,
    masking,
    score_view,
    seen_by,
    turn_views,
)
from pipeline.web.sound import sounds_of
from pipeline.web.visit import CENTRE, HOUSE, Visit

UNMASKED_FOR = timedelta(minutes=15)
_EVER = datetime.min.replace(tzinfo=UTC)
_CATEGORIES = {
    "phrase": "用语",
    "outcome": "结果",
    "call": "呼叫",
    "script": "脚本",
    "voice": "声音",
    "audio": "录音",
}

Context = dict[str, object]


@dataclass(frozen=True, slots=True)
class Typed:
    """What comes back into the forms: a refusal's sentence, notes by finding, and the fields of a fault that was to be added.

    `detail`: the program's own words of a refusal that has no sentence of its own, English.
    """

    problem: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)
    fault: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""


NOTHING_TYPED = Typed()


def parts_context(visit: Visit, call_pk: int, session_id: int | None, typed: Typed) -> Context:
    """Of what changes when somebody decides. Raises NotThere."""
    with visit.reading() as store:
        file = call_file(store, visible_call(store, visit.person, call_pk))
        seat = take_seat(store, call_pk, visit.person, session_id)
        return _parts(store, visit, file, seat, typed, _Own.of(store, visit, file)) | {"out_of_band": True}


def page_context(visit: Visit, call_pk: int, session_id: int | None, typed: Typed) -> Context:
    """Of the whole page. Raises NotThere."""
    with visit.reading() as store:
        call = visible_call(store, visit.person, call_pk)
        file = call_file(store, call)
        seat = take_seat(store, call_pk, visit.person, session_id)
        own = _Own.of(store, visit, file)
        return _parts(store, visit, file, seat, typed, own) | {
            "out_of_band": False,
            "turns": turn_views(file, unmasked=own.unmasked),
            "channels": channel_speakers(file),
            "heard": [[span.start_ms, span.end_ms] for span in own.heard],
            "unmasked": own.unmasked,
            "can_unmask": visit.person.role in HOUSE,
            "heard_by": _heard_by(store, visit, seat),
            "can_draw": visit.person.role in ROLES[Act.DRAW_ON_PURPOSE] and why_not(store, call) is None,
            "longest_reason": LONGEST_REASON,
            "element_names": {name: known[0] for name, known in ELEMENTS.items()},
        }


def _heard_by(store: Session, visit: Visit, seat: Seat) -> str | None:
    """Who else hears the call now, for those who judge calls."""
    if visit.person.role not in CENTRE:
        return None
    return heard_now(store, seat, visit.now, review_policy(store, Month.of(visit.today)))


def is_unmasked(store: Session, visit: Visit, file: CallFile) -> bool:
    """Whether the person is shown the call's personal data: he has asked for it a short while ago, which is on record."""
    at = latest(store, visit.person, Did.UNMASKED, file.subject) if visit.person.role in HOUSE else None
    return at is not None and visit.now - at < UNMASKED_FOR


@dataclass(frozen=True, slots=True)
class _Own:
    """The person's own of the call: whether he sees its personal data, and what he has had played."""

    unmasked: bool
    heard: Sequence[Span]

    @classmethod
    def of(cls, store: Session, visit: Visit, file: CallFile) -> "_Own":
        return cls(is_unmasked(store, visit, file), played(store, file.call_pk, visit.person))


def _parts(store: Session, visit: Visit, file: CallFile, seat: Seat, typed: Typed, own: _Own) -> Context:
    person, past = visit.person, _past(store, seat)
    policy = find_policy(store, Month.of(file.day)) or policy_of(visit.settings)
    said = what_is_said(store, seat, file.findings)
    seen = seen_by(said, person)
    shown = masking(file, unmasked=own.unmasked)
    recording = file.recording
    is_playable = (
        recording is not None
        and recording.destroyed is None
        and sounds_of(visit.settings).is_archived(recording.sha256)
    )
    findings = finding_views(file, seen, person, own.heard, policy, shown)
    return {
        "file": file,
        "seat": seat,
        "typed": typed,
        "words": call_words,
        "shown": shown,
        "findings": findings,
        "open_faults": sum(one.said is None and one.finding.severity is not Severity.NOTICE for one in findings),
        "added": added(seen),
        "score": _score(file, said, policy, is_vendor=person.role is Role.VENDOR),
        "can_judge": person.role in CENTRE and is_playable and file.state is not CallState.WITHDRAWN,
        "can_revise": _revisable(seat, past),
        "is_playable": is_playable,
        "is_vendor": person.role is Role.VENDOR,
        "mine": open_of_person(store, person),
        "failed": failed_of_person(store, file.call_pk, person, visit.now),
        "rules": rules_by_category(),
        "severities": list(Severity),
        "history": sorted(
            _history(store, seat, past, is_vendor=person.role is Role.VENDOR),
            key=lambda one: one.at or _EVER,
            reverse=True,
        ),
    }


def rules_by_category() -> dict[str, list[Entry]]:
    """The catalogue for a form, by category."""
    found: dict[str, list[Entry]] = {name: [] for name in _CATEGORIES.values()}
    for rule in RULES:
        found[_CATEGORIES[entry(rule).category]].append(entry(rule))
    return found


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the call's history: one of a verdict, an appeal, or somebody who has heard it."""

    at: datetime | None
    verdict: Verdict | None = None
    appeal: FiledAppeal | None = None
    listener: Listener | None = None


@dataclass(frozen=True, slots=True)
class _Past:
    """What was decided about the call: every verdict that stands with those it followed, and the appeals. Nothing for who is blind."""

    verdicts: Sequence[Sequence[Verdict]] = ()
    appeals: Sequence[FiledAppeal] = ()


def _past(store: Session, seat: Seat) -> _Past:
    if seat.blind:
        return _Past()
    chains = [history(store, standing) for standing in verdicts_of_call(store, seat.call_pk)]
    return _Past(chains, appeals_of_call(store, seat.call_pk))


def _history(store: Session, seat: Seat, past: _Past, *, is_vendor: bool) -> Iterator[Happened]:
    """What happened to the call, the latest first. Who is blind finds himself alone; a vendor's people no listeners."""
    if not is_vendor:
        for one in listeners(store, seat.call_pk):
            if not seat.blind or one.person == seat.person.name:
                yield Happened(one.reviewed_at or one.at, listener=one)
    for verdict in chain.from_iterable(past.verdicts):
        if not is_vendor or verdict.decision.is_fault:
            yield Happened(verdict.decided_at, verdict=verdict)
    for filed in past.appeals:
        yield Happened(filed.filed_at, appeal=filed)


def _revisable(seat: Seat, past: _Past) -> set[int]:
    """The verdicts that the person may put another in the place of: a supervisor who had no hand in them, where no appeal was filed."""
    if seat.person.role is not Role.SUPERVISOR:
        return set()
    appealed = {one.verdict_id for one in past.appeals}
    return {
        before[0].verdict_id
        for before in past.verdicts
        if not any(one.person == seat.person.name or one.verdict_id in appealed for one in before)
    }


def _score(file: CallFile, said: Sequence[Said], policy: Policy, *, is_vendor: bool) -> ScoreView | None:
    """A vendor's people see the score of verdicts alone."""
    return score_view(file, [one for one in said if one.verdict_id is not None or not is_vendor], policy)
