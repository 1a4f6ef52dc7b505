"""One row of a manifest to a record, or the reason why not."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from pipeline.recordings.columns import channel_of, outcome_of
from pipeline.records.call import AgentChannel, ManifestRow, Outcome

_LONGEST = {"file": 512}
_LONGEST_NAME = 128
_LONGEST_EXTRA = 4_000
_LONGEST_CALL_S = 24 * 60 * 60
# A vendor's clock may run ahead; local time sent as UTC is eight hours ahead and must not pass.
_AHEAD = timedelta(hours=6)
_YEARS = range(2000, 2100)
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_EXTRA = frozenset({"Cc", "Cs"})
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DRIVE_OR_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_INSTANT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


class BadRow(ValueError):
    """A row that cannot go in; the message says why."""


def read_row(
    cells: Mapping[str, str], extra: tuple[tuple[str, str], ...], zone: ZoneInfo, now: datetime
) -> ManifestRow:
    """The record of a row given its cells by column; times without a zone are in `zone`. Raises BadRow.

    A call that nobody answered has no recording: its `file` and `agent_channel` may be empty. A row that contradicts itself, or tells of a
    call well after `now`, would never be sampled: it is refused, so that no call is hidden that way.
    """
    text = {field: _checked(field, cell) for field, cell in cells.items()}
    outcome = outcome_of(text["outcome"])
    optional = {"sha256"} | ({"file", "agent_channel"} if outcome is Outcome.NO_ANSWER else set())
    for field, cell in text.items():
        if not cell and field not in optional:
            raise BadRow(f"{field} is missing")
    if outcome is None:
        raise BadRow(f"outcome {text['outcome']!r} is none of success, refused, no_answer, callback, other")
    row = ManifestRow(
        call_id=text["call_id"],
        vendor=text["vendor"],
        project=text["project"],
        agent=text["agent"],
        customer_number=text["customer_number"],
        started_at=_instant(text["started_at"], zone),
        duration_ms=_duration_ms(text["duration_s"]),
        outcome=outcome,
        file=_file(text["file"]) if text["file"] else "",
        agent_channel=_channel(text["agent_channel"]),
        sha256=_sha256(text.get("sha256", "")),
        extra=tuple((name, _checked_extra(name, cell)) for name, cell in extra),
    )
    _refuse_contradictions(row, text, now)
    return row


def _refuse_contradictions(row: ManifestRow, text: Mapping[str, str], now: datetime) -> None:
    if row.outcome is Outcome.NO_ANSWER and row.file and row.duration_ms:
        said = f"with duration_s {text['duration_s']} and file {row.file!r}"
        raise BadRow(f"outcome no_answer {said}: a call that nobody answered has no recording")
    if row.outcome is not Outcome.NO_ANSWER and row.duration_ms == 0:
        raise BadRow(
            f"outcome {row.outcome.value} with duration_s {text['duration_s']}: a call that was answered lasts"
        )
    if row.started_at - now > _AHEAD:
        raise BadRow(f"started_at {text['started_at']!r} lies in the future; is its time zone right?")


def _checked(field: str, cell: str) -> str:
    """The cell without spaces around it, if it is plain text of a bearable length."""
    text = cell.strip(" \u3000\u00a0")
    if not text.isprintable() and any(unicodedata.category(character) in _NOT_TEXT for character in text):
        raise BadRow(f"{field} holds a control character: {text[:60]!r}")
    if len(text) > _LONGEST.get(field, _LONGEST_NAME):
        raise BadRow(f"{field} has {len(text)} characters, at most {_LONGEST.get(field, _LONGEST_NAME)} are taken")
    return text


def _checked_extra(name: str, cell: str) -> str:
    """A further column's cell as it is; it may have several lines."""
    if not cell.isprintable() and any(
        unicodedata.category(character) in _NOT_EXTRA and character not in "\n\r\t" for character in cell
    ):
        raise BadRow(f"{name} holds a control character: {cell[:60]!r}")
    if len(cell) > _LONGEST_EXTRA:
        raise BadRow(f"{name} has {len(cell)} characters, at most {_LONGEST_EXTRA} are taken")
    return cell


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """A time in UTC: ISO 8601, also with slashes as spreadsheets write it."""
    try:
        moment = _moment(text)
    except ValueError as error:
        raise BadRow(f"started_at {text!r} is no date and time; write 2026-01-31 09:30:00") from error
    if moment.year not in _YEARS:
        raise BadRow(f"started_at {text!r} is not in the years {_YEARS.start}-{_YEARS.stop - 1}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _moment(text: str) -> datetime:
    if not (match := _INSTANT.fullmatch(text)):
        if "T" not in text:  # a date alone says nothing about the time of day
            raise ValueError(text)
        return datetime.fromisoformat(text)
    *parts, second, fraction, offset = match.groups()
    year, month, day, hour, minute = map(int, parts)
    microsecond = int((fraction or "0").ljust(6, "0"))
    return datetime(year, month, day, hour, minute, int(second or 0), microsecond, tzinfo=_offset(offset))


def _offset(text: str | None) -> fixed_zone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return fixed_zone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _duration_ms(text: str) -> int:
    """Seconds, whole or decimal, to ms."""
    if not _SECONDS.fullmatch(text):
        raise BadRow(f"duration_s {text!r} is no number of seconds")
    seconds = Decimal(text)
    if seconds > _LONGEST_CALL_S:
        raise BadRow(f"duration_s {text!r} is longer than a day")
    return int((seconds * 1000).quantize(Decimal(1), ROUND_HALF_UP))


def _channel(text: str) -> AgentChannel:
    if not text:
        return AgentChannel.MONO
    if (channel := channel_of(text)) is None:
        raise BadRow(f"agent_channel {text!r} is none of left, right, mono")
    return channel


def _sha256(text: str) -> str | None:
    if not text:
        return None
    if not _SHA256.fullmatch(text.lower()):
        raise BadRow(f"sha256 {text[:80]!r} is not 64 hexadecimal digits")
    return text.lower()


def _file(text: str) -> str:
    """A path relative to the drop that stays in it."""
    path = PurePosixPath(text)
    if _DRIVE_OR_SCHEME.match(text) or "::" in text:
        raise BadRow(f"file {text!r} is an address, not a path in the drop")
    if "\\" in text:
        raise BadRow(f"file {text!r} has a backslash; write folders with /")
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise BadRow(f"file {text!r} leads out of the drop")
    if any(len(part.encode()) > 255 for part in path.parts):
        raise BadRow(f"file {text!r} has a name that is too long")
    return str(path)
