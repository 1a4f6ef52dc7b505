"""Closed months as text, stored through the real ledger and tables.

scores       华声外呼 telemarketing  120 of 1200 calls  1 fatal 2 major 9 minor  rate 2.50 (0.90-6.80)  score 91.50 (90.10-92.90)
settlement   华声外呼 telemarketing  400/402 within 4  398 at 15.00  usage 12.34  factor 10000  net 5982.34
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pipeline.records.entry import Entry, EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.verdict import Decision
from pipeline.store.engine import writing
from pipeline.store.ledger import post
from pipeline.store.tables import CallRow, CloseRow, MonthScoreRow, SettlementRow, VerdictRow
from tests.ledger.text import entries
from tests.store.samples import register, row

_SCORE = re.compile(
    r"(\S+) (\S+)  (\d+) of (\d+) calls  (\d+) fatal (\d+) major (\d+) minor"
    r"(?:  rate ([\d.]+) \(([\d.]+)-([\d.]+)\))?(?:  score ([\d.]+) \(([\d.]+)-([\d.]+)\))?(?:  (not_inspected|too_few))?"
)
_LINE = re.compile(
    r"(\S+) (\S+)  (\d+|-)/(\d+|-) within (\d+)  (\d+) at ([\d.]+)  usage ([\d.]+)  factor (\d+)  net (-?[\d.]+)"
    r"(?:  prior (-?[\d.]+))?(?:  (\d+) not payable)?(?:  \((.*)\))?"
)


@dataclass(frozen=True)
class Written:
    """A month as a test writes it; `closed_on` is the day of its closing entry."""

    month: str
    closed_on: str
    ledger: str = ""
    scores: str = ""
    settlement: str = ""
    revision: int = 0
    policy: str = "p1"


def hear(engine: Engine, calls: str, verdicts: str) -> None:
    """Register calls (vendor, project, call, agent, day) and store verdicts (number, call, rule, severity, decision)."""
    rows = []
    for line in filter(None, map(str.strip, calls.splitlines())):
        vendor, project, call_id, agent, day = line.split()
        rows.append(row(call_id, date.fromisoformat(day), vendor=vendor, project=project, agent=agent))
    register(engine, *rows)
    with writing(engine) as session:
        for line in filter(None, map(str.strip, verdicts.splitlines())):
            number, call_id, rule, severity, decision = line.split()
            session.add(
                VerdictRow(
                    id=int(number), call_pk=session.scalar(select(CallRow.id).where(CallRow.call_id == call_id)),
                    decision=Decision(decision), rule=rule, severity=Severity(severity), words="", note="", person="李",
                    role=Role.REVIEWER, decided_at=datetime(2026, 3, 9, 4, tzinfo=UTC),
                )
            )  # fmt: skip


def hundredths(text: str | None) -> int | None:
    return None if text is None else int(Decimal(text).scaleb(2))


def store(engine: Engine, *months: Written) -> None:
    for written in months:
        with writing(engine) as session:
            post(session, entries(written.ledger))
            _close(session, written)


def _close(session: Session, written: Written) -> None:
    kind = EntryKind.RESTATEMENT if written.revision else EntryKind.CLOSE
    now = datetime.fromisoformat(f"{written.closed_on}T18:00:00").replace(tzinfo=UTC)
    subject = f"month {written.month} r{written.revision}"
    closing = Entry(
        f"{kind.value} {subject}", kind, Month.parse(written.month), "", None, now, subject, policy=written.policy
    )
    (posted,) = post(session, [closing])
    key = {"month": written.month, "revision": written.revision}
    session.add(
        CloseRow(**key, policy=written.policy, sha256="ab" * 32, entry=posted.number, person="王敏", closed_at=now)
    )
    session.flush()
    session.add_all(MonthScoreRow(**key, **values) for values in _scores(written.scores))
    session.add_all(SettlementRow(**key, **values) for values in _settlement(written))


def _scores(text: str) -> Iterable[dict[str, object]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _SCORE.fullmatch(line)
        assert found, line
        vendor, project, inspected, calls, fatal, major, minor, *figures, status = found.groups()
        rate, rate_low, rate_high, score, score_low, score_high = map(hundredths, figures)
        yield {
            "vendor": vendor, "project": project, "calls": int(calls), "drawn": int(inspected), "inspected": int(inspected),
            "partial": 0, "quarantined": 0, "not_produced": 0, "withdrawn": 0, "reviewed": 10,
            "fatal": int(fatal), "major": int(major), "minor": int(minor),
            "rate_bp": rate, "rate_low_bp": rate_low, "rate_high_bp": rate_high,
            "score_c": score, "score_low_c": score_low, "score_high_c": score_high,
            "factor_bp": 10_000, "complaints": 1, "number_checks_failed": 0, "project_points": 0, "warnings_total": 0,
            "grade": 3, "status": status or "scored", "policy": "p1",
        }  # fmt: skip


def _settlement(written: Written) -> Iterable[dict[str, object]]:
    for number, line in enumerate(filter(None, map(str.strip, written.settlement.splitlines())), 1):
        found = _LINE.fullmatch(line)
        assert found, line
        vendor, project, operator, theirs, tolerance, accepted, *money, prior, not_payable, audited = found.groups()
        price, usage, factor, net = money
        counts = [None if count == "-" else int(count) for count in (operator, theirs)]
        gross = int(accepted) * (hundredths(price) or 0)
        prior_fen = hundredths(prior) or 0
        yield {
            "vendor": vendor, "project": project,
            "statement_no": f"JS-{written.month}-{written.revision}-{number:03d}",
            "count_operator": counts[0], "count_vendor": counts[1], "difference": (counts[1] or 0) - (counts[0] or 0),
            "tolerance": int(tolerance), "not_payable": int(not_payable or 0), "count_accepted": int(accepted),
            "unit_price_fen": hundredths(price), "gross_fen": gross, "usage_share_fen": hundredths(usage), "factor_bp": int(factor),
            "adjustment_fen": (hundredths(net) or 0) - gross - (hundredths(usage) or 0) - prior_fen,
            "prior_month_fen": prior_fen, "net_fen": hundredths(net),
            "tax_basis": "含税", "price_version": "p1", "audited": audited or "",
        }  # fmt: skip
