"""Ledgers written as text, one line an entry, for the tests of everybody.

    2026-03-05  violation  华声外呼 telemarketing  call 0007  phrase.insult fatal  12.0-14.5  -10 points  "您这人真笨"  by 王敏/reviewer
    2026-04-02  reversal   华声外呼 telemarketing  reverses 1  +10 points  {verdict 7}
    2026-04-02  warning    华声外呼 telemarketing  {breach 2026-03 1}  (辱骂1通)
    2026-04-03  adjustment 华声外呼 telemarketing  -120.50 yuan  for 2026-03
    2026-04-03  close      - -  for 2026-03

Entries are numbered from 1. Each line begins with its day (Asia/Shanghai, noon, or `2026-03-05 09:30`), kind, vendor and project, `-` where there
is none. The rest comes in any order: {subject}, "words", (note), [key], `call ID`, `agent ID`, a rule and a severity, a match, a span in seconds,
points, yuan, `reverses N`, `for MONTH` where it is not the day's own, `by NAME/role`, `policy VERSION`. Without a [key] it is `line N`, N the
entry's number. `#` begins a comment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pipeline.ledger.chain import START, chained
from pipeline.records.entry import Entry, EntryKind, Posted
from pipeline.records.finding import Match, Severity
from pipeline.records.month import Month
from pipeline.records.person import Role
from pipeline.records.span import Span

ZONE = ZoneInfo("Asia/Shanghai")
_HEAD = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?\s+(\w+)\s+(\S+)\s+(\S+)\s*(.*)")
_PARTS = {
    "subject": r"\{([^}]*)\}",
    "words": r'"([^"]*)"',
    "note": r"\(([^)]*)\)",
    "key": r"\[([^\]]*)\]",
    "call_id": r"call (\S+)",
    "agent": r"agent (\S+)",
    "reverses": r"reverses (\d+)",
    "month": r"for (\d{4}-\d\d)",
    "person": r"by (\S+/\w+)",
    "policy": r"policy (\S+)",
    "points": r"([+-]\d+) points",
    "amount_fen": r"([+-]\d+\.\d\d) yuan",
    "span": r"(\d+(?:\.\d+)?-\d+(?:\.\d+)?)(?=\s|$)",
    "severity": f"({'|'.join(Severity)})(?=\\s|$)",
    "match": f"({'|'.join(Match)})(?=\\s|$)",
    "rule": r"([a-z]+\.[a-z_.]+)(?=\s|$)",
}
_PART = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PARTS.items()))


def entries(text: str) -> list[Entry]:
    """The entries of a ledger's text. Raises ValueError naming the line that is none."""
    return list(_entries(text, 0))


def posted(text: str, after: Iterable[Posted] = ()) -> list[Posted]:
    """The entries in their places, chained, behind those that are there."""
    last = list(after)[-1:]
    number, sha256 = (last[0].number, last[0].sha256) if last else (0, START)
    return list(chained(number, sha256, _entries(text, number)))


def at(day: str) -> datetime:
    """`2026-03-05` (noon) or `2026-03-05 09:30` in Asia/Shanghai, as an instant in UTC."""
    local = datetime.fromisoformat(day if " " in day else f"{day} 12:00")
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def written(entry: Entry) -> str:
    """An entry as a line of text; what `entries` would read from it is the entry itself, but for its key and policy."""
    local = entry.recorded_at.astimezone(ZONE)
    noon = f"{local:%H:%M}" == "12:00"
    parts = [
        f"{local:%Y-%m-%d}" if noon else f"{local:%Y-%m-%d %H:%M}",
        entry.kind.value,
        entry.vendor or "-",
        entry.project or "-",
    ]
    told = {
        "for": None if entry.month == Month.of(local.date()) else entry.month,
        "call": entry.call_id,
        "agent": entry.agent,
        "reverses": entry.reverses,
        "by": f"{entry.person}/{entry.role.value}" if entry.person and entry.role else None,
    }
    parts += [word for word in (entry.rule, entry.severity, entry.match) if word]
    parts += [f"{entry.span.start_ms / 1000}-{entry.span.end_ms / 1000}"] if entry.span else []
    parts += [f"{entry.points:+d} points"] if entry.points else []
    parts += [f"{Decimal(entry.amount_fen).scaleb(-2):+.2f} yuan"] if entry.amount_fen else []
    parts += [f"{name} {value}" for name, value in told.items() if value is not None]
    parts += [f"{{{entry.subject}}}"] if entry.subject else []
    parts += [f'"{entry.words}"'] if entry.words else []
    return " ".join(parts + ([f"({entry.note})"] if entry.note else []))


def without_notes(posted_entries: Iterable[Posted]) -> list[str]:
    """What was posted as lines of text, without the notes that say it in words, to be compared."""
    return [written(replace(one.entry, note="")) for one in posted_entries]


def _entries(text: str, after: int) -> Iterator[Entry]:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    for number, line in enumerate(filter(None, lines), after + 1):
        if (head := _HEAD.fullmatch(line)) is None:
            raise ValueError(f"not 'DAY KIND VENDOR PROJECT …': {line!r}")
        day, time, kind, vendor, project, rest = head.groups()
        parts = _parts(rest, line)
        yield Entry(
            key=parts.get("key", f"line {number}"),
            kind=EntryKind(kind),
            month=Month.parse(parts.get("month", day[:7])),
            vendor="" if vendor == "-" else vendor,
            project=None if project == "-" else project,
            recorded_at=at(f"{day} {time}" if time else day),
            subject=parts.get("subject", ""),
            call_id=parts.get("call_id"),
            agent=parts.get("agent"),
            rule=parts.get("rule"),
            severity=Severity(parts["severity"]) if "severity" in parts else None,
            match=Match(parts["match"]) if "match" in parts else None,
            span=_span(parts["span"]) if "span" in parts else None,
            words=parts.get("words", ""),
            points=int(parts.get("points", 0)),
            amount_fen=int(Decimal(parts.get("amount_fen", 0)).scaleb(2)),
            reverses=int(parts["reverses"]) if "reverses" in parts else None,
            person=parts["person"].split("/")[0] if "person" in parts else None,
            role=Role(parts["person"].split("/")[1]) if "person" in parts else None,
            policy=parts.get("policy", ""),
            note=parts.get("note", ""),
        )


def _parts(rest: str, line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while rest := rest.strip():
        if (match := _PART.match(rest)) is None or match.lastgroup is None or match.lastindex is None:
            raise ValueError(f"{rest!r} is no part of an entry, in {line!r}")
        if (name := match.lastgroup) in found:
            raise ValueError(f"{name} twice in {line!r}")
        found[name] = match[match.lastindex + 1]
        rest = rest[match.end() :]
    return found


def _span(text: str) -> Span:
    start, end = (int(Decimal(seconds) * 1000) for seconds in text.split("-"))
    return Span(start, end)
