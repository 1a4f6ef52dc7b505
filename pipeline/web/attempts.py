"""Log-ins that failed: after ten within a quarter of an hour an address has to wait, whatever names it tries.

Kept in memory, for it guards this server only: what guards a name is in the store (`store/failed_log_ins.py`). A good password clears nothing, or
one would open the way for guessing others.
"""

from collections import defaultdict, deque
from datetime import datetime
from threading import Lock

from pipeline.store.failed_log_ins import MOST, WITHIN

_KEPT = 10_000


class Attempts:
    """Counts failures by address."""

    def __init__(self) -> None:
        self._failures: defaultdict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=MOST))
        self._lock = Lock()

    def may_try(self, address: str, now: datetime) -> bool:
        """Whether a log-in may be tried now."""
        with self._lock:
            return self._recent(address, now) < MOST

    def failed(self, address: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            if len(self._failures) >= _KEPT:
                self._forget(now)
            self._failures[address].append(now)

    def _recent(self, address: str, now: datetime) -> int:
        return sum(now - at < WITHIN for at in self._failures.get(address, ()))

    def _forget(self, now: datetime) -> None:
        for address in [address for address in self._failures if not self._recent(address, now)]:
            del self._failures[address]
