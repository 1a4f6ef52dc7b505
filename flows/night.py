"""The work of a night, free of any orchestrator: claim → pull → inspect → store until nothing is open.

Every step can be run again or twice at once with the same end state: work is claimed under a lease with a fencing token, and all of a call
is written in one transaction.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from flows.duplicates import claim_duplicates
from flows.inspection import Inspector, Job
from flows.optouts import claim_stored
from flows.side_by_side import side_by_side
from pipeline.checks.check import CallFacts
from pipeline.checks.ruleset import load_ruleset
from pipeline.errors import AudioError, StaleLease, StorageError
from pipeline.findings.confirmation import Confirmation
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.recordings.archive import Archive, place
from pipeline.recordings.archive import Archived as Pulled
from pipeline.recordings.retention import keep_until
from pipeline.records.call import CallState
from pipeline.records.inspection import Inspection, Status
from pipeline.services.drawing import open_store, policy_of
from pipeline.services.held_to import ScriptNames
from pipeline.services.queueing import refresh_call
from pipeline.services.rule_files import follow_approved
from pipeline.settings import Settings, load
from pipeline.store.duplicates import lock_recording
from pipeline.store.engine import reading, writing
from pipeline.store.inspections import Archived, save_inspection
from pipeline.store.leases import hand_back, release_owner, renew_held
from pipeline.store.nights import complete_nights
from pipeline.store.optouts import lock_number
from pipeline.store.work import Work, claim, finish_unheard, give_up

LEASE_S = 1800
_PULL_WAITS_S = (1.0, 4.0)
_IDLE_S = 60


@dataclass(slots=True)
class Tally:
    """What a run did: calls by how they ended, seconds by stage summed over calls (several are in hand at once, so they sum to more than the run
    took), calls left for a later run with the reason.
    """

    calls: Counter[str] = field(default_factory=Counter)
    stages_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    deferred: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Sum another tally in."""
        self.calls.update(other.calls)
        for stage, seconds in other.stages_s.items():
            self.stages_s[stage] += seconds
        self.deferred += other.deferred

    def defer(self, work: Work, error: StorageError) -> None:
        """Leave a call to a later run. Its lease is held until this one ends, which so does not ask the same broken place again and again."""
        self.deferred.append(f"{work.row.vendor} {work.row.call_id}: {error}")


@cache
def inspector_for(root: Path) -> Inspector:
    """The process's one inspector of a working folder; the model stays loaded."""
    settings = load(root)
    # What was approved elsewhere, or just before a crash, is in the database already.
    engine = open_store(settings)
    follow_approved(settings, engine)
    engine.dispose()
    return Inspector(settings, load_ruleset(settings.lexicons_path, attitude=settings.attitude_path))


def work_batch(
    settings: Settings, engine: Engine, inspector: Inspector, owner: str, on_call: Callable[[], None] | None = None
) -> Tally | None:
    """Claim a batch, hear it, store it call by call; None when nothing is left to claim.

    Whatever stops it, the calls that it had not begun are free again at once.
    """
    with writing(engine) as session:
        works = claim(session, owner, settings.batch_calls, LEASE_S, datetime.now(UTC))
    if not works:
        return None
    tally, begun = Tally(), set[int]()
    try:
        model = load_confirmation(settings.confirmation_path)
        pulled = _pull_all(settings, engine, works, tally)
        scripts = _scripts(engine, works)
        heard = side_by_side(
            partial(_heard, inspector, settings.archive_path, scripts),
            _kept(engine, pulled, begun, tally),
            inspector.at_once,
        )
        with closing(heard):
            for (work, archived), inspection in heard:
                begun.add(work.drawn_call_id)
                _store(engine, inspector, model, work, archived, inspection, tally)
                if on_call:
                    on_call()
    except BaseException:
        with writing(engine) as session:
            hand_back(session, [work for work in works if work.drawn_call_id not in begun])
        raise
    return tally


def _kept(
    engine: Engine, pulled: Sequence[tuple[Work, Archived]], stored: Set[int], tally: Tally
) -> Iterator[tuple[Work, Archived]]:
    """One call after the other, the leases of all not yet `stored`, in hand or waiting, renewed before each, so that a slow model loses none."""
    for work, archived in pulled:
        began = time.perf_counter()
        with writing(engine) as session:
            unfinished = [other for other, _ in pulled if other.drawn_call_id not in stored]
            held = renew_held(session, unfinished, LEASE_S, datetime.now(UTC))
        tally.stages_s["store"] += time.perf_counter() - began
        kept = next((other for other in held if other.drawn_call_id == work.drawn_call_id), None)
        if kept is not None:
            yield kept, archived
        else:
            tally.calls["taken_over"] += 1


def keep_hearing(settings: Settings, owner: str, *, until_empty: bool, on_batch: Callable[[Tally], None]) -> Tally:
    """Hear what is drawn and open, batch by batch, beside other workers; with nothing open end, or look again every minute until stopped."""
    engine, total = open_store(settings), Tally()
    try:
        while True:
            while (done := work_batch(settings, engine, inspector_for(settings.root), owner)) is not None:
                total.add(done)
                on_batch(done)
            with writing(engine) as session:
                give_up(session, datetime.now(UTC))
                complete_nights(session, datetime.now(UTC))
            if until_empty:
                return total
            # Rules that are approved meanwhile hold from the next batch on.
            inspector_for.cache_clear()
            time.sleep(_IDLE_S)
    finally:
        with writing(engine) as session:
            release_owner(session, owner)
        engine.dispose()


def _scripts(engine: Engine, works: Sequence[Work]) -> Mapping[int, str]:
    """The script that each call is held against, by the call."""
    with reading(engine) as session:
        names = ScriptNames(session)
        return {work.drawn_call_id: names(work.row.vendor, work.row.project, work.day) for work in works}


def _heard(
    inspector: Inspector, archive: Path, scripts: Mapping[int, str], pulled: tuple[Work, Archived]
) -> Inspection:
    work, archived = pulled
    return inspector.inspect(_job(work, archive / archived.path, scripts[work.drawn_call_id]))


def _pull_all(settings: Settings, engine: Engine, works: Sequence[Work], tally: Tally) -> list[tuple[Work, Archived]]:
    """The recordings that could be had; the others are finished as not produced or quarantined, or left for later."""
    began = time.perf_counter()
    archive, policy = Archive(settings.archive_path, settings.keep_free_mb), policy_of(settings)
    today = datetime.now(UTC).astimezone(ZoneInfo(settings.timezone)).date()
    pulled = []
    for work in works:
        try:
            found = _pull(archive, work, today)
        except AudioError as error:
            state = CallState.NOT_PRODUCED if error.reason == "not_found" else CallState.QUARANTINED
            with writing(engine) as session:
                finish_unheard(session, work, state, error.reason, str(error), datetime.now(UTC))
            tally.calls[state.value] += 1
            continue
        except StorageError as error:
            tally.defer(work, error)
            continue
        keep = keep_until(today, policy.retention.keep_months, policy.retention.keep_min_days)
        pulled.append((work, Archived(place(found.sha256), today, keep, found.committed)))
    tally.stages_s["pull"] += time.perf_counter() - began
    return pulled


def _pull(archive: Archive, work: Work, today: date) -> Pulled:
    for wait_s in _PULL_WAITS_S:
        try:
            return archive.pull(work.drop, work.row.file, work.row.sha256, today)
        except StorageError:
            time.sleep(wait_s)
    return archive.pull(work.drop, work.row.file, work.row.sha256, today)


def _job(work: Work, recording: Path, script: str) -> Job:
    row = work.row
    facts = CallFacts(script, row.outcome, row.started_at, row.duration_ms)
    return Job(recording, row.file, facts, row.agent_channel, row.sha256)


def _store(
    engine: Engine,
    inspector: Inspector,
    model: Confirmation | None,
    work: Work,
    archived: Archived,
    heard: Future[Inspection],
    tally: Tally,
) -> None:
    """Wait until a call is heard and write it, all in one transaction."""
    try:
        inspection = heard.result()
    except StorageError as error:
        tally.defer(work, error)
        return
    for stage, seconds in asdict(inspection.times).items():
        tally.stages_s[stage.removesuffix("_s")] += seconds
    began = time.perf_counter()
    now, number = datetime.now(UTC), work.row.customer_number
    try:
        with writing(engine) as session:
            lock_number(session, number)
            lock_recording(session, inspection.recording.sha256)
            save_inspection(session, work, inspection, archived, now)
            between_calls = [
                *claim_stored(session, number, inspector.ruleset),
                *claim_duplicates(session, inspection.recording.sha256, inspector.ruleset),
            ]
            for call_pk in sorted({work.call_pk, *between_calls}):
                refresh_call(session, call_pk, now, model)
    except StaleLease:
        tally.calls["taken_over"] += 1
        return
    finally:
        tally.stages_s["store"] += time.perf_counter() - began
    tally.calls[inspection.status.value] += 1
    if between_calls:
        tally.calls["findings"] += len(between_calls)
    if inspection.status is not Status.QUARANTINED:
        tally.calls["findings"] += len(inspection.findings)
