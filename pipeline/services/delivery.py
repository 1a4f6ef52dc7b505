"""Letters go out: into a folder, or by e-mail. Each once; what fails is said, kept, and tried again by the next run.

    outbox = "folder:outbox"                               outbox/华声外呼/20260309-000012-2026年3月9日质量反馈.txt
    outbox = "smtp://qa%40example.com@mail.example.com:25"   to the vendor's contact; STARTTLS where the server offers it, smtps:// from the start

A letter's name and Message-ID follow from its key alone: whoever died between delivery and its record delivers the very same again.
"""

import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from pipeline.errors import DataError, StaleLease
from pipeline.export.files import write_bytes
from pipeline.records.registry import FactKind
from pipeline.services.exporting import file_name
from pipeline.settings import Settings, given_mail_password
from pipeline.store.engine import reading, writing
from pipeline.store.facts import facts_of
from pipeline.store.outbox import Kept, claim, mark_failed, mark_sent

TIMEOUT_S = 30
_TRIES = 3
_PAUSE_S = 2.0
_FOLDER = "folder:"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a letter in this run; `error` is None where it went out."""

    letter_id: int
    vendor: str
    title: str
    error: str | None


def deliver(
    settings: Settings,
    engine: Engine,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], None] = time.sleep,
) -> list[Delivered]:
    """Deliver every letter that is due, each tried up to three times. Two runs at once share them."""
    done: dict[int, Delivered] = {}
    while True:
        with writing(engine) as session:
            kept = claim(session, clock(), tuple(done))
        if kept is None:
            return list(done.values())
        error = _deliver(settings, engine, kept, pause)
        try:
            with writing(engine) as session:
                if error is None:
                    now = clock()
                    mark_sent(session, kept, now, now.astimezone(ZoneInfo(settings.timezone)).date())
                else:
                    mark_failed(session, kept, error)
        except StaleLease as lost:
            error = str(lost)
        done[kept.letter_id] = Delivered(kept.letter_id, kept.letter.vendor, kept.letter.title, error)


def _deliver(settings: Settings, engine: Engine, kept: Kept, pause: Callable[[float], None]) -> str | None:
    """None, or in one line why the letter did not go out."""
    for attempt in range(1, _TRIES + 1):
        try:
            if settings.outbox.startswith(_FOLDER):
                _into_folder(settings, kept)
            else:
                _by_mail(settings.outbox, kept, _address(engine, kept.letter.vendor))
            return None
        except (DataError, OSError, smtplib.SMTPException, UnicodeError) as error:
            said = " ".join(str(error).split()) or type(error).__name__
            # An address that is missing will still be missing in two seconds.
            if isinstance(error, DataError) or attempt == _TRIES:
                return said[:400]
            pause(_PAUSE_S)
    return None


def _into_folder(settings: Settings, kept: Kept) -> None:
    folder = settings.root / settings.outbox.removeprefix(_FOLDER)
    local = kept.created_at.astimezone(ZoneInfo(settings.timezone))
    name = f"{local:%Y%m%d}-{kept.letter_id:06}-{file_name(kept.letter.title)}.txt"
    write_bytes(Path(folder) / file_name(kept.letter.vendor) / name, kept.letter.body.encode())


def _address(engine: Engine, vendor: str) -> str:
    """The vendor's e-mail address: what its last contact says. Raises DataError where there is none."""
    with reading(engine) as session:
        contacts = [fact.value for fact in facts_of(session, vendor) if fact.kind is FactKind.CONTACT]
    words = contacts[-1].split() if contacts else []
    if (found := next((word for word in words if "@" in word), None)) is None:
        raise DataError(
            f"vendor {vendor!r} has no e-mail address: `callqa vendor record {vendor} contact ADDRESS --as NAME`"
        )
    return found


def _by_mail(outbox: str, kept: Kept, address: str) -> None:
    server = urlsplit(outbox)
    sender = unquote(server.username or "")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, address, kept.letter.title
    message["Date"] = kept.created_at
    message["Message-ID"] = f"<{sha256(kept.letter.key.encode()).hexdigest()[:32]}@{server.hostname}>"
    message.set_content(kept.letter.body)
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.hostname or "", server.port or 465, timeout=TIMEOUT_S, context=context)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.hostname or "", server.port or 25, timeout=TIMEOUT_S)
    ) as connection:
        connection.ehlo()
        if server.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=context)
        if (password := given_mail_password()) is not None:
            connection.login(sender, password)
        connection.send_message(message)
