"""Proof that the ledger is what it was: its last entry is signed outside the database, and everything is held against that later.

sign_ledger(settings, engine, now)        after a close; after every verification that finds nothing
verify_ledger(settings, engine)           every row, every checkpoint
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from pipeline.errors import DataError
from pipeline.ledger.chain import Link
from pipeline.ledger.checkpoints import FILE, Checkpoint, append_checkpoint, make_checkpoint, read_checkpoints
from pipeline.ledger.signing import PRIVATE, PUBLIC, key_id, public_key, signing_key
from pipeline.ledger.verification import Fault, Problem, problems_of
from pipeline.settings import Settings
from pipeline.store.close_check import close_problems
from pipeline.store.engine import reading
from pipeline.store.ledger import entry, head
from pipeline.store.ledger_rows import stored_links
from pipeline.store.verdict_check import verdict_problems

_STEP = 10_000


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed: the checkpoints that can be trusted, what is wrong with others, and whose key it is (None before anything was signed)."""

    checkpoints: tuple[Checkpoint, ...]
    problems: tuple[Problem, ...]
    key: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries there are, what was signed of them, and all that is wrong."""

    entries: int
    signed: Signed
    problems: tuple[Problem, ...]


def sign_ledger(settings: Settings, engine: Engine, now: datetime) -> Checkpoint | None:
    """Sign what is committed and add it to the checkpoints; None of an empty ledger, the last one again where nothing came since.

    Raises DataError where the ledger contradicts an earlier checkpoint: that is never signed over.
    """
    key = signing_key(settings.keys_path)
    signed = read_signed(settings)
    last = max(signed.checkpoints, key=lambda one: one.number, default=None)
    with reading(engine) as session:
        number, sha256 = head(session)
        if last is not None and (number < last.number or entry(session, last.number).sha256 != last.sha256):
            raise DataError(
                f"the ledger contradicts what was signed of entry {last.number} at {last.at} UTC: nothing was signed; "
                "`callqa verify` says where"
            )
    if number == (0 if last is None else last.number):
        return last
    checkpoint = make_checkpoint(key, number, sha256, now)
    append_checkpoint(settings.checkpoints_path, checkpoint)
    return checkpoint


def verify_ledger(
    settings: Settings,
    engine: Engine,
    *,
    checkpoints: Path | None = None,
    public: Path | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Hold every row against its hash and all that was signed, every closed month and every verdict against its entries.

    `checkpoints` and `public` are copies kept elsewhere; else the installation's own.
    """
    # Read first: what is signed while the rows are read may be of entries that this reading does not see.
    signed = read_signed(settings, checkpoints, public)
    count = 0

    def counted(links: Iterator[Link]) -> Iterator[Link]:
        nonlocal count
        for count, link in enumerate(links, start=1):
            if count % _STEP == 0:
                advance(_STEP)
            yield link

    with reading(engine) as session:
        rows = tuple(problems_of(counted(stored_links(session)), signed.checkpoints))
        closes = tuple(Problem(Fault.CLOSED_LINES, at, at, text) for at, text in close_problems(session))
        verdicts = tuple(Problem(Fault.VERDICT, at, at, text) for at, text in verdict_problems(session))
    return Verified(count, signed, (*signed.problems, *rows, *closes, *verdicts))


def read_signed(settings: Settings, checkpoints: Path | None = None, public: Path | None = None) -> Signed:
    """All that was signed. Where the installation has a key, something was: no checkpoints then is a problem too."""
    folder, keys = checkpoints or settings.checkpoints_path, settings.keys_path
    file = public or keys / PUBLIC
    if not file.exists() and public is None and not (folder / FILE).exists():
        return Signed((), (), None)
    key = public_key(file)
    lines = tuple(read_checkpoints(folder, key))
    wrong = [line for line in lines if isinstance(line, str)]
    if not lines and (keys / PRIVATE).exists():
        wrong.append(f"{folder / FILE}: there are no checkpoints, yet a key to sign them was made: put a copy back")
    return Signed(
        tuple(line for line in lines if isinstance(line, Checkpoint)),
        tuple(Problem(Fault.CHECKPOINT, 0, 0, text) for text in wrong),
        key_id(key),
    )
