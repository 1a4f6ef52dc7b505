"""The day's feedback to every vendor, and reminders of what nobody acknowledged (P-40).

    09 March 18:00   write_feedback(…, 09 March)     one letter a vendor
    09 March 23:30   write_feedback(…, 09 March)     what came since, in a second letter; nothing is told twice

What is decided after the day's last letter is told when the next day's run writes for that day once more.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from pipeline.checks.catalogue import RULES, entry
from pipeline.export.feedback import Phrasebook, feedback_letter, is_overdue, reminder_letter
from pipeline.records.feedback import Letter
from pipeline.services.drawing import policy_on
from pipeline.settings import Settings
from pipeline.store.engine import writing
from pipeline.store.feedback import told_between
from pipeline.store.outbox import letters, letters_of_day, lock_outbox, put, told_before


def write_feedback(settings: Settings, engine: Engine, day: date, now: datetime) -> list[Letter]:
    """Write what there is to tell of a day and was not told yet; the letters that were written."""
    policy, zone = policy_on(settings, engine, day), ZoneInfo(settings.timezone)
    first = datetime.combine(day, time(), zone).astimezone(UTC)
    until = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    phrasebook = Phrasebook(
        {rule: entry(rule).name for rule in RULES}, {rule: entry(rule).remedy for rule in RULES}, zone
    )
    written = []
    with writing(engine) as session:
        lock_outbox(session)
        for told in told_between(session, day, first, until, told_before(session, day)):
            if not told.is_empty:
                number = letters_of_day(session, told.vendor, day) + 1
                letter = feedback_letter(told, number, policy.feedback, policy.appeal, phrasebook)
                put(session, letter, now)
                written.append(letter)
    return written


def write_reminders(engine: Engine, today: date, now: datetime) -> list[Letter]:
    """Remind, once, of each demand that went out and is overdue; the reminders that were written."""
    written = []
    with writing(engine) as session:
        for kept in letters(session, only_unacknowledged=True):
            due = kept.acknowledge_by
            if due is not None and is_overdue(due, today):
                reminder = reminder_letter(kept.letter_id, kept.letter, due, today)
                if put(session, reminder, now):
                    written.append(reminder)
    return written
