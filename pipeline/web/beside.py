"""What runs beside the requests: decisions become verdicts, and the sound of the calls that are heard next is made ready."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from sqlalchemy import Engine

from pipeline.services.judging import settle_due
from pipeline.settings import Settings
from pipeline.store.engine import reading
from pipeline.store.soon_heard import soon_heard
from pipeline.web.sound import close_sounds, sounds_of

_log = logging.getLogger("callqa.web")
SETTLE_EVERY_S, AHEAD_EVERY_S, SWEEP_EVERY_S = 1.0, 15.0, 3600.0
AHEAD = 20


@asynccontextmanager
async def beside(settings: Settings, engine: Engine) -> AsyncIterator[None]:
    """Run all of it until the block ends."""
    sounds = sounds_of(settings)

    def make_ahead() -> None:
        with reading(engine) as session:
            hashes = soon_heard(session, datetime.now(UTC), AHEAD)
        sounds.ahead(hashes)

    # What was pending when the server stopped is settled at once; the rest can wait until it has started.
    rounds: tuple[tuple[Callable[[], object], float, float], ...] = (
        (lambda: settle_due(engine, datetime.now(UTC), settings.confirmation_path), 0.0, SETTLE_EVERY_S),
        (make_ahead, AHEAD_EVERY_S, AHEAD_EVERY_S),
        (sounds.sweep, AHEAD_EVERY_S, SWEEP_EVERY_S),
    )
    tasks = [asyncio.create_task(_for_ever(*each)) for each in rounds]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.to_thread(close_sounds, settings)


async def _for_ever(work: Callable[[], object], after_s: float, every_s: float) -> None:
    """One round after another; what goes wrong in one is told, and the next one tries again."""
    await asyncio.sleep(after_s)
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            _log.exception("a round beside the requests failed")
        await asyncio.sleep(every_s)
