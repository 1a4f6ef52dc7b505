"""An appeal with all that belongs to it: what it is against, what was written and brought, who had a hand in it, and what it changed.

appeal 3   against verdict 7, -10 points in 2026-03 (entry 17)
           upheld by 李主任 on 2026-04-03
entry 41   reversal, +10 points in 2026-04: 2026-03 is closed
entry 42   warning 40 is voided
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.records.entry import Posted
from pipeline.records.person import Person
from pipeline.store.appeals import Appeal
from pipeline.store.attachments import KeptAttachment, attachments
from pipeline.store.charged import followers, masked_words, visible_appeal
from pipeline.store.ledger import entries, entry
from pipeline.store.tables import EntryRow
from pipeline.store.verdicts import Verdict, history, verdict
from pipeline.store.violations import violations_of_fault


@dataclass(frozen=True, slots=True)
class AppealFile:
    """An appeal. `verdicts`: all about the fault, the first one first; `charged`: the entry by which it was lost, None where none was posted;
    `changed`: what the decision posted. `words` are masked.
    """

    appeal: Appeal
    against: Verdict
    words: str
    verdicts: tuple[Verdict, ...]
    attachments: tuple[KeptAttachment, ...]
    charged: Posted | None
    changed: tuple[Posted, ...]

    def had_a_hand(self, person: Person) -> bool:
        """Whether the person gave one of the verdicts up to the one that is appealed against: he cannot decide about himself."""
        return any(one.person == person.name for one in self.verdicts if one.verdict_id <= self.against.verdict_id)


def appeal_file(session: Session, person: Person, appeal_id: int) -> AppealFile:
    """The file of an appeal that the person may see. Raises NotThere."""
    appeal = visible_appeal(session, person, appeal_id)
    against = verdict(session, appeal.verdict_id)
    charged, reversal = _charged(session, appeal, against)
    return AppealFile(
        appeal,
        against,
        masked_words(session, against),
        (*reversed(history(session, against)), *followers(session, against)),
        tuple(attachments(session, appeal_id)),
        charged,
        tuple(_changed(session, appeal, reversal)),
    )


def _charged(session: Session, appeal: Appeal, against: Verdict) -> tuple[Posted | None, Posted | None]:
    """The entry by which the fault was lost, and the one of the appeal's decision that took it back."""
    known = [*violations_of_fault(session, against)]
    for posted in known:
        number = session.scalar(select(EntryRow.number).where(EntryRow.reverses == posted.number))
        if number is None:
            return posted, None
        reversal = entry(session, number)
        if reversal.entry.recorded_at == appeal.decided_at:
            return posted, reversal
    return (known[0] if known else None), None


def _changed(session: Session, appeal: Appeal, reversal: Posted | None) -> Iterator[Posted]:
    """The reversal and what was posted with it: all of one transaction has one instant."""
    if reversal is not None:
        posted = entries(session, vendor=appeal.vendor, after=reversal.number - 1)
        yield from takewhile(lambda one: one.entry.recorded_at == appeal.decided_at, posted)
