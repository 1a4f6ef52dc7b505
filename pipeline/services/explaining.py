"""Why a figure is what it is: from a fen, a point, a warning or a case down to the call, its second, its words, and who or what judged them (2.6).

    statement JS-202603-0002     net 12,345.00 yuan
    └─ quality factor 95 %       month score 88.41 (84.02-91.77)
       └─ call 0007, 60 points   phrase.taunt −10 at 00:12.0
          └─ verdict 7           confirmed by 王敏: “…”, archive 20260302-000007, rule version 3, ruleset …, model …

What is explained is what was written, never computed for the occasion: lines of a close, entries of the ledger, verdicts, findings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.checks.outcome.after_optout import told_to
from pipeline.errors import DataError
from pipeline.ledger.cases import case_of
from pipeline.ledger.warnings import Ground, read_subject
from pipeline.policy.policy import Policy
from pipeline.records.closed import Closing
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.month import Month
from pipeline.scoring.call_score import Deduction
from pipeline.scoring.judged_call import final_score
from pipeline.services.case_book import SHANGHAI
from pipeline.services.explained_english import English
from pipeline.services.reasons import Kind, Reason, Replaced, Sound, Words
from pipeline.store.facts import agents_on, subcontractors
from pipeline.store.findings import StoredFinding, archived_as, archived_call, find_finding
from pipeline.store.ledger import entries, entry
from pipeline.store.month_calls import MonthCall, month_calls
from pipeline.store.month_lines import closings, find_closing, find_statement, score_lines
from pipeline.store.policies import policy_of_version
from pipeline.store.tables import CallRow, EntryRow, VerdictRow
from pipeline.store.verdicts import Verdict, verdict
from pipeline.store.year_faults import happened_in_year

MOST_CALLS = 20


class NotClosed(DataError):
    """A month that is not closed: its calls have no score yet."""


class NotDrawn(DataError):
    """A call that was not drawn has no score."""


class Explainer:
    """Explains what stands in a store. `most_calls`: so many calls of a month are shown, the worst first; `zone`: whose clock times are told by;
    `words`: how it is said, by default in English; `to_vendor`: the vendor's own people read it.
    """

    def __init__(
        self,
        session: Session,
        most_calls: int = MOST_CALLS,
        zone: ZoneInfo = SHANGHAI,
        words: Words | None = None,
        *,
        to_vendor: bool = False,
    ) -> None:
        self._session, self._most, self._words = session, most_calls, words or English(zone)
        self._to_vendor = to_vendor

    def explain(self, name: str) -> Reason:
        """What a name means: an entry's number, `JS-202603-0002`, `2026-03/VENDOR/PROJECT`, `VENDOR/CALL`, `verdict 7`, `finding 12`.

        Raises DataError where there is nothing of that name.
        """
        kind, _, number = name.partition(" ")
        if _is_key(number) and kind in ("entry", "warning", "exit", "verdict", "finding"):
            return self._numbered(kind, int(number))
        if _is_key(name):
            return self.entry(int(name))
        if name.startswith("JS-"):
            return self._statement(name)
        parts = name.split("/")
        if len(parts) == 3:
            return self._month_score(*parts)
        if len(parts) == 2:
            return self._call_named(*parts)
        raise DataError(
            f"{name!r} names nothing: give an entry's number, a statement (JS-202603-0002), MONTH/VENDOR/PROJECT, VENDOR/CALL, "
            "'verdict N' or 'finding N'"
        )

    def entry(self, number: int) -> Reason:
        """An entry with what it hangs on."""
        posted = entry(self._session, number)
        taken_back = self._session.scalar(select(EntryRow.number).where(EntryRow.reverses == number))
        return Reason(
            *self._words.entry(posted, taken_back), tuple(self._of_entry(posted)), sound=self._heard_in(posted.entry)
        )

    def running(self, month: Month, vendor: str, project: str, policy: Policy) -> Reason:
        """What has been decided so far of a vendor's project in a month that is not closed: its calls, the worst first."""
        calls = month_calls(self._session, month, vendor, project)
        return Reason(
            *self._words.running(month, vendor, project, len(calls)), tuple(self._worst(calls, policy)), Kind.SCORE
        )

    def _numbered(self, kind: str, number: int) -> Reason:
        if kind == "verdict":
            return self._verdict(verdict(self._session, number))
        return self._finding(find_finding(self._session, number)) if kind == "finding" else self.entry(number)

    def _of_entry(self, posted: Posted) -> Iterator[Reason]:
        one = posted.entry
        if one.reverses is not None:
            yield from self._overturned(one)
            yield self.entry(one.reverses)
        elif one.kind is EntryKind.VIOLATION:
            yield self._source(one.subject)
        elif one.kind is EntryKind.WARNING:
            yield from self._grounds(one, posted.number)
        elif one.kind is EntryKind.EXIT_OPENED:
            numbers = (word for word in one.subject.split()[1:] if word.isdecimal())
            yield from (self.entry(int(number)) for number in numbers)
        elif one.kind in (
            EntryKind.SUSPENDED,
            EntryKind.APPROVAL,
            EntryKind.HANDOVER,
            EntryKind.EXIT,
            EntryKind.EXIT_DROPPED,
        ):
            yield self.entry(case_of(one.subject))
        elif one.kind in (EntryKind.POINTS, EntryKind.ADJUSTMENT):
            yield from self._of_figure(one, posted.number)
        elif one.kind is EntryKind.VETO and one.subject:
            yield self.entry(int(one.subject.split()[1]))
        elif one.kind is EntryKind.GRADE:
            yield from self._formal_faults(one, posted.number)

    def _overturned(self, reversal: Entry) -> Iterator[Reason]:
        """The verdict that took the place of the one whose violation was reversed."""
        kind, _, number = reversal.subject.partition(" ")
        if reversal.kind is EntryKind.REVERSAL and kind == "verdict":
            follower = select(VerdictRow.id).where(VerdictRow.follows == int(number))
            yield from (self._verdict(verdict(self._session, found)) for found in self._session.scalars(follower))

    def _between(self, closing: Closing, vendor: str, project: str) -> Iterator[Reason]:
        """What was reversed between a restatement and the revision before it."""
        before = closings(self._session, closing.month)[closing.revision - 1].entry
        for posted in entries(self._session, vendor=vendor, project=project, kinds=(EntryKind.REVERSAL,), after=before):
            if posted.number < closing.entry:
                yield self.entry(posted.number)

    def _source(self, subject: str) -> Reason:
        kind, number = subject.split()
        return self._numbered(kind, int(number))

    def _close_after(self, month: Month, number: int) -> Closing:
        """The close that an entry was made for: the first one behind it."""
        known = closings(self._session, month)
        return next((one for one in known if one.entry > number), known[-1])

    def _grounds(self, warning: Entry, number: int) -> Iterator[Reason]:
        ground, month, evidence = read_subject(warning.subject)
        yield from (self.entry(number) for number in evidence)
        if ground in (Ground.SCORE, Ground.RATE) and closings(self._session, month):
            yield self.score_of(self._close_after(month, number), warning.vendor, warning.project or "")

    def _of_figure(self, one: Entry, number: int) -> Iterator[Reason]:
        word, _, name = one.subject.partition(" ")
        if word == "statement":
            yield self._statement(name)
        elif word == "score" and one.project is not None and closings(self._session, Month.parse(name)):
            yield self.score_of(self._close_after(Month.parse(name), number), one.vendor, one.project)
        elif word == "restatement" and one.project is not None:
            month, revision = name.split()
            closing = find_closing(self._session, Month.parse(month), int(revision[1:]))
            yield from self._between(closing, one.vendor, one.project)
            yield self.score_of(closing, one.vendor, one.project)

    def _formal_faults(self, grade: Entry, number: int) -> Iterator[Reason]:
        """The faults of the graded year as they stood then, its subcontractors' among them; the grade's note says how many are of the formal
        sample.
        """
        rolls = policy_of_version(self._session, grade.policy).grade.subcontractors
        agent_of = agents_on(self._session)
        names = [grade.vendor]
        for name in names if rolls else ():
            names += (one for one in subcontractors(self._session, name) if one not in names)
        for fault, vendor, day, call_pk in happened_in_year(self._session, grade.month, number, names):
            if grade.vendor in (vendor, agent_of(vendor, day) if rolls else vendor):
                posted = entry(self._session, fault)
                span = posted.entry.span
                sound = None if call_pk is None else Sound(call_pk, span.start_ms if span else None)
                yield Reason(*self._words.entry(posted, None), sound=sound or self._heard_in(posted.entry))

    def _statement(self, number: str) -> Reason:
        if (found := find_statement(self._session, number)) is None:
            raise DataError(f"there is no statement {number}")
        closing, line = found
        scores = score_lines(self._session, closing, line.vendor)
        score = next((one for one in scores if one.project == line.project), None)
        because = [self.score_of(closing, line.vendor, line.project)] if score else []
        for posted in entries(self._session, month=closing.month, vendor=line.vendor, kinds=(EntryKind.ADJUSTMENT,)):
            if posted.entry.project == line.project and posted.entry.subject.startswith("restatement "):
                because.append(self.entry(posted.number))
        policy = policy_of_version(self._session, line.price_version).settlement
        return Reason(*self._words.statement(line, score, policy), tuple(because), Kind.STATEMENT)

    def _month_score(self, month: str, vendor: str, project: str) -> Reason:
        try:
            closing = find_closing(self._session, Month.parse(month))
        except ValueError as error:
            raise DataError(str(error)) from error
        return self.score_of(closing, vendor, project)

    def score_of(self, closing: Closing, vendor: str, project: str) -> Reason:
        """A score line of a close, with its worst calls. Raises DataError where the close has no such line."""
        line = next((one for one in score_lines(self._session, closing, vendor) if one.project == project), None)
        if line is None:
            raise DataError(f"{closing.month} has no line of {vendor}/{project}")
        policy = policy_of_version(self._session, line.policy)
        calls = month_calls(self._session, closing.month, vendor, project, closing.closed_at)
        return Reason(*self._words.score(line), tuple(self._worst(calls, policy)), Kind.SCORE)

    def _worst(self, calls: Iterable[MonthCall], policy: Policy) -> Iterator[Reason]:
        scored = [(final_score(call.found, call.decided, policy), call) for call in calls]
        worst = sorted((one for one in scored if one[0].deductions), key=lambda one: (one[0].points, one[1].call_pk))
        yield from (self._call(call, policy) for _, call in worst[: self._most])
        if len(worst) > self._most:
            yield Reason(self._words.rest(len(worst) - self._most), kind=Kind.REST)

    def _call_named(self, vendor: str, call_id: str) -> Reason:
        row = self._session.scalar(select(CallRow).where(CallRow.vendor == vendor, CallRow.call_id == call_id))
        if row is None:
            raise DataError(f"vendor {vendor!r} has no call {call_id!r}")
        month = Month.of(row.day)
        known = closings(self._session, month)
        if not known:
            raise NotClosed(
                f"{month} is not closed: its calls have no score yet; `callqa review show` has the findings"
            )
        calls = month_calls(self._session, month, vendor, row.project)
        call = next((one for one in calls if one.call_pk == row.id), None)
        if call is None:
            raise NotDrawn(f"call {call_id!r} of {vendor!r} was not drawn: it has no score")
        return self._call(call, policy_of_version(self._session, known[-1].policy))

    def _call(self, call: MonthCall, policy: Policy) -> Reason:
        row = self._session.get_one(CallRow, call.call_pk)
        score = final_score(call.found, call.decided, policy)
        told = self._words.call(row, call.state, score.points, archived_call(self._session, call.call_pk))
        because = tuple(self._deduction(one) for one in score.deductions)
        # Where the gravest fault that has a place is: that is what one wants to hear of it.
        places = (one.sound for one in because if one.sound is not None and one.sound.at_ms is not None)
        return Reason(*told, because, Kind.CALL, next(places, Sound(call.call_pk, None)))

    def _deduction(self, deduction: Deduction) -> Reason:
        source = self._source(deduction.fault.source)
        return Reason(self._words.deduction(deduction), (), (source,), Kind.DEDUCTION, source.sound)

    def _verdict(self, one: Verdict) -> Reason:
        because = [] if one.finding_id is None else [self._finding(find_finding(self._session, one.finding_id))]
        archived = archived_call(self._session, one.call_pk) if one.finding_id is None else None
        if one.follows is not None:
            because.append(self._verdict(verdict(self._session, one.follows)))
        told = self._words.verdict(one, archived, [*self._replaced(one)])
        span = one.charge.span
        return Reason(*told, tuple(because), Kind.VERDICT, Sound(one.call_pk, span.start_ms if span else None))

    def _replaced(self, one: Verdict) -> Iterator[Replaced]:
        """By which verdict, where one has taken its place."""
        columns = (VerdictRow.id, VerdictRow.decision, VerdictRow.person, VerdictRow.role, VerdictRow.note)
        query = select(*columns).where(VerdictRow.follows == one.verdict_id)
        yield from (Replaced(*row) for row in self._session.execute(query).tuples())

    def _finding(self, found: StoredFinding) -> Reason:
        if self._to_vendor:
            found = replace(found, finding=told_to(found.finding, found.row.vendor))
        told = self._words.finding(found, archived_as(self._session, found.inspection_id))
        span = found.finding.span
        return Reason(*told, (), Kind.FINDING, Sound(found.call_pk, span.start_ms if span else None))

    def _heard_in(self, one: Entry) -> Sound | None:
        """Where an entry about a call can be heard."""
        query = select(CallRow.id).where(CallRow.vendor == one.vendor, CallRow.call_id == one.call_id)
        call_pk = self._session.scalar(query) if one.call_id is not None else None
        return None if call_pk is None else Sound(call_pk, one.span.start_ms if one.span else None)


def _is_key(text: str) -> bool:
    """Whether something could have this number; a database takes no longer ones."""
    return text.isdecimal() and len(text) <= 18
