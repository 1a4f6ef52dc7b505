"""The demo's two months after the nights: reviewers who know the truth, counts, an appeal, closes, a restatement, an exit case.

Everything goes through the functions that the commands use, with a clock of its own, so that March and April are over whenever the demo is run.
Run again, it finds what it has done. All its people have one password, PASSWORD: it is for looking around, not for keeping anything safe.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.checks.catalogue import entry as rule_of
from pipeline.findings.confirmation import load as load_confirmation
from pipeline.ledger.history import Trigger
from pipeline.policy.policy import Policy
from pipeline.records.call import Outcome
from pipeline.records.closed import Closing
from pipeline.records.entry import EntryKind, Posted
from pipeline.records.finding import Finding, Severity
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.project import BusinessType, Mode
from pipeline.records.registry import Fact, FactKind, project_value
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.scoring.evaluation import meets
from pipeline.scoring.frame import FrameDay, OperatorCount
from pipeline.scoring.truth import TrueCall, read_truth
from pipeline.services.appealing import appeal, decide_appeal
from pipeline.services.cases import open_what_is_due
from pipeline.services.closing import close_month, restate
from pipeline.services.drawing import open_store
from pipeline.services.exiting import Desk
from pipeline.services.ledger_proof import sign_ledger
from pipeline.services.queueing import refresh_queue
from pipeline.services.reviewing import add, review
from pipeline.settings import Settings
from pipeline.store.cases import vendor_history
from pipeline.store.counts import ProjectMonth, SuccessCount, save_success_counts
from pipeline.store.engine import reading, writing
from pipeline.store.facts import record_fact
from pipeline.store.findings import Wanted, to_review
from pipeline.store.frame import save_frame_counts
from pipeline.store.hearings import mark_reviewed, to_hear
from pipeline.store.ledger import entries, entry
from pipeline.store.month_lines import closings
from pipeline.store.people import add_user, has_users, users
from pipeline.store.policies import approve_policy, find_policy, propose_policy
from pipeline.store.tables import CallRow
from pipeline.store.tables.months import Side
from pipeline.store.verdicts import verdicts_of_call
from pipeline.store.violations import is_reversed

PASSWORD = "callqa-demo"  # noqa: S105 - a demo's, told to everybody
_SCRIPT_S = 280
_REVIEWER, _SUPERVISOR, _MARKETING, _VICE_PRESIDENT, _ADMINISTRATOR = "王敏", "李主任", "赵经理", "陈副总", "管理员"
_SECOND_REVIEWER, _SECOND_SUPERVISOR, _AUDITOR = "刘洋", "周主任", "审计员"


@dataclass(frozen=True, slots=True)
class Told:
    """What the two months came to: the policy, what was decided, the closes, the case."""

    policy: str
    verdicts: Counter[Decision]
    appeal: tuple[int, bool] | None
    closings: tuple[Closing, ...]
    warnings: Mapping[str, int]
    case: Posted | None


class DemoMonths:
    """Plays the months of a demo folder. `days`: the day of calls of each month; `drops`: where its truth lies."""

    def __init__(self, settings: Settings, drops: Mapping[date, Path]) -> None:
        self._settings, self._drops = settings, drops
        self._zone = ZoneInfo(settings.timezone)
        self._engine = open_store(settings)
        self._model = load_confirmation(settings.confirmation_path)

    def play(self) -> Told:
        """From the registry to the exit case."""
        days = sorted(self._drops)
        self._set_up(days)
        verdicts: Counter[Decision] = Counter()
        appealed: tuple[int, bool] | None = None
        closed: list[Closing] = []
        for day in days:
            month, over = Month.of(day), Month.of(day).plus(1).first_day
            verdicts += self._review(day, self._at(day + timedelta(days=1)))
            self._count(day, self._at(over))
            closed.append(self._close(month, self._at(over + timedelta(days=1))))
            if appealed is None:
                appealed = self._appeal(month, over + timedelta(days=2))
                closed.append(self._restate(month, self._at(over + timedelta(days=6))))
        case = self._exit_case(self._at(Month.of(days[-1]).plus(1).first_day + timedelta(days=3)))
        # Filled before there was a policy, it knew neither prices nor grades.
        refresh_queue(self._engine, self._at(Month.of(days[-1]).plus(1).first_day + timedelta(days=4)), self._model)
        sign_ledger(self._settings, self._engine, self._at(Month.of(days[-1]).plus(1).first_day + timedelta(days=4)))
        return Told(self._policy.version, verdicts, appealed, tuple(closed), self._warnings(), case)

    def _at(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 10, tzinfo=self._zone)

    def _set_up(self, days: Sequence[date]) -> None:
        first = Month.of(days[0]).first_day
        now = self._at(first - timedelta(days=20))
        with writing(self._engine) as session:
            vendors = sorted(session.scalars(select(CallRow.vendor).distinct()))
            if not has_users(session):
                _people(session, vendors, now)
            self._people = {user.person.name: user.person for user in users(session)}
            for vendor in vendors:
                for fact in _facts(vendor, first, now):
                    record_fact(session, fact)
            self._policy = self._in_force(session, Month.of(first), now)

    def _in_force(self, session: Session, month: Month, now: datetime) -> Policy:
        if (known := find_policy(session, month)) is not None:
            return known
        file = self._settings.lexicons_path / "policy.toml"
        proposed = propose_policy(session, file.read_bytes(), str(file), month, self._who(_SUPERVISOR), now)
        return approve_policy(session, proposed.version, self._who(_VICE_PRESIDENT), now)

    def _who(self, name: str) -> Person:
        return self._people[name]

    def _review(self, day: date, now: datetime) -> Counter[Decision]:
        """Whatever the truth file says is so; what is fatal in any call, and the formal sample's calls whole."""
        truth = {call.call_id: call for call in read_truth(self._drops[day] / "truth.jsonl")}
        decided: Counter[Decision] = Counter()
        month, reviewer = Month.of(day), self._who(_REVIEWER)
        with writing(self._engine) as session:
            whole = to_hear(session, month)
            formal = {call.call_pk for call in whole}
            for found in to_review(session, Wanted(month=month)):
                if found.finding.severity is Severity.FATAL or found.call_pk in formal:
                    right = _is_right(found.finding, truth.get(found.row.call_id))
                    decision = Decision.CONFIRMED if right else Decision.OVERTURNED
                    review(session, found.finding_id, decision, reviewer, now, model=self._model)
                    decided[decision] += 1
            for call in whole:
                for charge in _missed(session, call.call_pk, truth.get(call.row.call_id)):
                    add(session, call.row.vendor, call.row.call_id, charge, reviewer, now, model=self._model)
                    decided[Decision.ADDED] += 1
                mark_reviewed(session, call.call_pk, reviewer, now)
        return decided

    def _count(self, day: date, now: datetime) -> None:
        """The operator counts what the manifests tell; the vendors one success more wherever they have any."""
        month, supervisor = Month.of(day), self._who(_SUPERVISOR)
        with writing(self._engine) as session:
            rows = session.execute(
                select(CallRow.vendor, CallRow.project, CallRow.outcome, func.count())
                .where(CallRow.day == day)
                .group_by(CallRow.vendor, CallRow.project, CallRow.outcome)
            ).tuples()
            calls: Counter[tuple[str, str]] = Counter()
            successes: Counter[tuple[str, str]] = Counter()
            for vendor, project, outcome, count in rows:
                calls[vendor, project] += count
                successes[vendor, project] += count * (outcome is Outcome.SUCCESS)
            frame = {
                FrameDay(vendor, project, day): OperatorCount(count + 20, count, successes[vendor, project])
                for (vendor, project), count in calls.items()
            }
            source = hashlib.sha256(f"demo {day}".encode()).hexdigest()
            save_frame_counts(session, frame, source, supervisor, now)
            for side, more in ((Side.OPERATOR, 0), (Side.VENDOR, 1)):
                counts = {
                    ProjectMonth(vendor, project, month): SuccessCount(count + more * bool(count), 12_345 * count)
                    for (vendor, project), count in successes.items()
                }
                save_success_counts(session, side, counts, source, supervisor, now)

    def _close(self, month: Month, now: datetime) -> Closing:
        with writing(self._engine) as session:
            return close_month(session, month, self._who(_SUPERVISOR), now, zone=self._zone)

    def _restate(self, month: Month, now: datetime) -> Closing:
        with writing(self._engine) as session:
            if len(known := closings(session, month)) > 1:
                return known[-1]
            return restate(session, month, self._who(_SUPERVISOR), now, zone=self._zone)

    def _appeal(self, month: Month, day: date) -> tuple[int, bool] | None:
        """The vendor with the most warnings appeals against its gravest violation; the supervisor upholds it."""
        with writing(self._engine) as session:
            for posted in self._violations(session, month):
                if is_reversed(session, posted.number):
                    return int(posted.entry.subject.split()[1]), True
            found = next(self._violations(session, month), None)
            if found is None:
                return None
            verdict_id = int(found.entry.subject.split()[1])
            vendor = self._who(_person_of(found.entry.vendor))
            filed = appeal(session, verdict_id, "录音里这句话是客户说的，请复听", vendor, self._at(day), self._zone)
            text = "复听属实，撤销"
            decide_appeal(
                session,
                filed.appeal_id,
                upheld=True,
                decision=text,
                person=self._who(_SUPERVISOR),
                now=self._at(day + timedelta(days=3)),
                model=self._model,
            )
        return verdict_id, True

    def _violations(self, session: Session, month: Month) -> Iterator[Posted]:
        """What may be appealed against: confirmed faults that cost something, major ones first."""
        found = [one for one in entries(session, month=month, kinds=(EntryKind.VIOLATION,)) if one.entry.person]
        yield from sorted(found, key=lambda one: (one.entry.severity is not Severity.MAJOR, one.number))

    def _exit_case(self, now: datetime) -> Posted | None:
        """The third warning opens a case and suspends; the supervisor records it, he and marketing approve, the vice-president has yet to."""
        with writing(self._engine) as session:
            counts = self._warned(session)
            if not counts:
                return None
            vendor = max(sorted(counts), key=lambda name: counts[name])
            desk = Desk(session, self._who(_SUPERVISOR), now, self._zone)
            for project in sorted(set(session.scalars(select(CallRow.project).where(CallRow.vendor == vendor)))):
                if self._warned(session)[vendor] >= self._policy.warning.to_exit:
                    break
                desk.give_warning(vendor, project, "号码抽查发现未按脚本外呼")
            open_what_is_due(session, now, vendor=vendor, zone=self._zone)
            cases = vendor_history(session, vendor, self._zone).cases
            case = next((one for one in cases if one.trigger is Trigger.WARNINGS), None)
            if case is None:
                return None
            if case.recorded_by is None:
                desk.record_suspension(case.number, "自即日起不再分配新业务")
            for name in (_SUPERVISOR, _MARKETING)[len(case.approvals) :]:
                Desk(session, self._who(name), now, self._zone).approve(case.number, "同意")
            return entry(session, case.number)

    def _warned(self, session: Session) -> Counter[str]:
        """Warnings that stand, by vendor."""
        given = [*entries(session, kinds=(EntryKind.WARNING,))]
        return Counter(one.entry.vendor for one in given if not is_reversed(session, one.number))

    def _warnings(self) -> Counter[str]:
        with reading(self._engine) as session:
            return self._warned(session)


def _people(session: Session, vendors: Sequence[str], now: datetime) -> None:
    add_user(session, _ADMINISTRATOR, Role.ADMINISTRATOR, PASSWORD, now)
    roles = {
        _REVIEWER: Role.REVIEWER,
        _SUPERVISOR: Role.SUPERVISOR,
        _MARKETING: Role.MARKETING,
        _VICE_PRESIDENT: Role.VICE_PRESIDENT,
        _SECOND_REVIEWER: Role.REVIEWER,
        _SECOND_SUPERVISOR: Role.SUPERVISOR,
        _AUDITOR: Role.AUDITOR,
    }
    for name, role in roles.items():
        add_user(session, name, role, PASSWORD, now, created_by=_ADMINISTRATOR)
    for vendor in vendors:
        add_user(session, _person_of(vendor), Role.VENDOR, PASSWORD, now, vendor=vendor, created_by=_ADMINISTRATOR)


def _person_of(vendor: str) -> str:
    return f"{vendor}客服部"


def _facts(vendor: str, first: date, now: datetime) -> Iterator[Fact]:
    """A general agent, qualified for three years, admitted to every type, with the shipped projects."""
    begins, ends = date(first.year, 1, 1), date(first.year + 2, 12, 31)

    def fact(kind: FactKind, value: str, *, project: str = "", until: date | None = None) -> Fact:
        return Fact(
            vendor, kind, value, begins, _SUPERVISOR, now, project=project, valid_until=until,
            document=f"协议〔{first.year}〕1号", document_date=begins,
        )  # fmt: skip

    yield fact(FactKind.MODE, Mode.GENERAL.value)
    yield fact(FactKind.QUALIFICATION, Mode.GENERAL.value, until=ends)
    yield fact(FactKind.CONFIDENTIALITY, "保密协议")
    for business_type in BusinessType:
        yield fact(FactKind.ADMITTED, business_type.value)
        name = business_type.value
        yield fact(FactKind.PROJECT, project_value(business_type, name, _SCRIPT_S), project=name)


def _is_right(finding: Finding, truth: TrueCall | None) -> bool:
    return truth is not None and any(
        fault.rule == finding.rule and meets(fault.span, finding.span) for fault in truth.faults
    )


def _missed(session: Session, call_pk: int, truth: TrueCall | None) -> Iterator[Charge]:
    """Faults of the truth that no verdict of the call is about."""
    known = {one.charge.rule for one in verdicts_of_call(session, call_pk) if one.decision.is_fault}
    for fault in truth.faults if truth else ():
        severity = rule_of(fault.rule).severity
        if fault.rule not in known and severity is not Severity.NOTICE:
            known.add(fault.rule)
            yield Charge(fault.rule, severity, fault.span, fault.text)
