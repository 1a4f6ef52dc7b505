"""Calls that were heard, written as text: vendor, call, project, agent, day; below each its findings.

    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
        script.missing.thanks minor
    华声 c2 telemarketing A2 2026-03-05

A finding that ends with `near` is for a reviewer only. All of a day are drawn, and each is heard whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from pipeline.checks.catalogue import entry
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.inspection import Status
from pipeline.records.month import Month
from pipeline.records.person import Person, Role
from pipeline.records.span import Span
from pipeline.records.turn import Speaker, Turn
from pipeline.settings import CHECKOUT
from pipeline.store.engine import writing
from pipeline.store.inspections import save_inspection
from pipeline.store.policies import approve_policy, propose_policy
from pipeline.store.work import claim

from .store.samples import ARCHIVED, Heard, draw_all, draw_named, inspection, register, row

SHIPPED = (CHECKOUT / "lexicons" / "policy.toml").read_text(encoding="utf-8")
REVIEWER, ANOTHER = Person("王敏", Role.REVIEWER), Person("赵静", Role.REVIEWER)
SUPERVISOR, SECOND = Person("李主任", Role.SUPERVISOR), Person("周主任", Role.SUPERVISOR)
MARKETING, CHIEF = Person("孙经理", Role.MARKETING), Person("陈副总", Role.VICE_PRESIDENT)
HUASHENG, YUANDA = Person("华声的人", Role.VENDOR, "华声"), Person("远达的人", Role.VENDOR, "远达")

_CALL = re.compile(r"(\S+) (\S+) (\S+) (\S+) (\d{4}-\d\d-\d\d)")
_FINDING = re.compile(r'([a-z_.]+) (\w+)(?: (\d+\.\d)-(\d+\.\d))?(?: "([^"]*)")?( near)?')


@dataclass
class _Call:
    vendor: str
    call_id: str
    project: str
    agent: str
    day: date
    findings: list[Finding] = field(default_factory=list)


def at(day: str, time: str = "12:00") -> datetime:
    """A day and time in Asia/Shanghai as an instant."""
    return datetime.fromisoformat(f"{day}T{time}:00+08:00").astimezone(UTC)


def in_force(engine: Engine, text: str = SHIPPED, month: str = "2026-01") -> str:
    """Put a policy in force; its version."""
    with writing(engine) as session:
        version = propose_policy(
            session, text.encode(), "policy", Month.parse(month), SUPERVISOR, at("2025-12-01")
        ).version
        approve_policy(session, version, CHIEF, at("2025-12-02"))
    return version


def hear(engine: Engine, text: str, ruleset: str = "r1", turns: tuple[Turn, ...] = ()) -> list[int]:
    """Register, draw and hear calls; the inspections' numbers in the text's order."""
    calls = list(_calls(text))
    rows = {
        call.call_id: row(
            call.call_id, call.day, vendor=call.vendor, project=call.project, agent=call.agent, sha256=f"{call.call_id:0>64}"
        )
        for call in calls
    }  # fmt: skip
    now = at(str(max(call.day for call in calls)), "23:00")
    register(engine, *rows.values(), now=now)
    for vendor, project, day in dict.fromkeys((call.vendor, call.project, call.day) for call in calls):
        draw_all(engine, vendor, project, day, seed=f"{vendor}{project}{day}")
    numbers = {}
    by_id = {call.call_id: call for call in calls}
    with writing(engine) as session:
        for work in claim(session, "w", 1000, 60, now):
            call = by_id[work.row.call_id]
            numbers[call.call_id] = save_inspection(session, work, _inspection(call, ruleset, turns), ARCHIVED, now)
    return [numbers[call.call_id] for call in calls]


def _inspection(call: _Call, ruleset: str, turns: tuple[Turn, ...]):
    heard = inspection(Heard(file=f"audio/{call.call_id}.wav", sha256=f"{call.call_id:0>64}", ruleset=ruleset))
    said = turns or tuple(
        Turn(Speaker.AGENT, found.span, found.text, 0.9) for found in call.findings if found.span and found.text
    )
    return replace(heard, status=Status.INSPECTED, reasons=(), findings=tuple(call.findings), turns=said)


def hear_again(engine: Engine, vendor: str, call_id: str, findings: Sequence[str], ruleset: str = "r2") -> None:
    """Draw a call on purpose and judge it anew; `findings` as lines of text."""
    now = at("2026-03-09")
    draw_named(engine, vendor, call_id, now)
    with writing(engine) as session:
        (work,) = claim(session, "w", 1000, 60, now)
        again = inspection(Heard(sha256=f"{call_id:0>64}", ruleset=ruleset))
        save_inspection(session, work, replace(again, findings=tuple(map(finding, findings))), ARCHIVED, now)


def finding(line: str) -> Finding:
    """A finding of one line."""
    if (found := _FINDING.fullmatch(line)) is None:
        raise ValueError(f"{line!r} is no finding")
    rule, severity, start, end, words, near = found.groups()
    span = Span(round(float(start) * 1000), round(float(end) * 1000)) if start else None
    known, words = entry(rule), words or ""
    match = Match.NEAR if near else Match.EXACT if words else Match.STRUCTURE
    return Finding(
        rule, 1, known.category, Severity(severity), known.plan, Speaker.AGENT, span, words, words, match, 0.9, known.name, not near
    )  # fmt: skip


def _calls(text: str) -> Iterator[_Call]:
    call = None
    for line in filter(None, map(str.strip, text.splitlines())):
        if (found := _CALL.fullmatch(line)) is not None:
            if call is not None:
                yield call
            *words, day = found.groups()
            call = _Call(*words, date.fromisoformat(day))
        elif call is None:
            raise ValueError(f"{line!r} is no call")
        else:
            call.findings.append(finding(line))
    if call is not None:
        yield call
