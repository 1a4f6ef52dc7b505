from dataclasses import replace

import pytest

from pipeline.records.entry import EntryKind
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span
from tests.ledger.text import at, entries, posted, written

LEDGER = """
    2026-03-05 09:30  violation  华声外呼 telemarketing  call 7  agent A1  phrase.insult fatal near 12.0-14.5 -10 points "您真笨"  by 王敏/reviewer
    2026-04-02  reversal    华声外呼 telemarketing  reverses 1  +10 points  {verdict 7}
    2026-04-03  adjustment  华声外呼 telemarketing  -120.50 yuan  for 2026-03  (三月)  [adjustment 1]  policy a1b2
    2026-04-03  close       - -  for 2026-03   # nothing more counts in March
"""


def test_every_part_of_a_line_is_read() -> None:
    violation, reversal, adjustment, close = entries(LEDGER)
    assert (violation.call_id, violation.agent, violation.words) == ("7", "A1", "您真笨")
    assert (violation.rule, violation.severity, violation.match) == ("phrase.insult", Severity.FATAL, Match.NEAR)
    assert (violation.span, violation.points) == (Span(12_000, 14_500), -10)
    assert (violation.person, violation.role) == ("王敏", Role.REVIEWER)
    assert violation.recorded_at == at("2026-03-05 09:30") and violation.recorded_at.hour == 1
    assert (reversal.reverses, reversal.subject, reversal.key) == (1, "verdict 7", "line 2")
    assert (adjustment.amount_fen, adjustment.month, adjustment.key) == (-12_050, Month(2026, 3), "adjustment 1")
    assert (adjustment.note, adjustment.policy) == ("三月", "a1b2")
    assert (close.kind, close.vendor, close.project) == (EntryKind.CLOSE, "", None)


def test_lines_are_written_as_they_are_read() -> None:
    read = [replace(entry, policy="") for entry in entries(LEDGER)]
    again = [entries(written(entry))[0] for entry in read]
    assert [replace(entry, key=each.key) for entry, each in zip(read, again, strict=True)] == again


def test_entries_are_numbered_on() -> None:
    first = posted(LEDGER)
    second = posted("2026-05-02 warning 华声外呼 telemarketing {score 2026-04}", first)
    assert [one.number for one in (*first, *second)] == [1, 2, 3, 4, 5]
    assert second[0].previous == first[-1].sha256


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-05 violation",
        "2026-03-05 violation a b ten points",
        "2026-03-05 fault a b",
        "2026-03-05 close a b {1} {2}",
    ],
)
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        entries(line)
