"""How many findings there are of each rule, counted at most every ten minutes: there may be millions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from pipeline.store.findings import count_by_rule

_FRESH = timedelta(minutes=10)
_lock = Lock()
_counted: dict[URL, tuple[datetime, Mapping[str, int]]] = {}


def finding_counts(session: Session, now: datetime) -> Mapping[str, int]:
    """Findings by rule, up to ten minutes old."""
    key = session.get_bind().engine.url
    with _lock:
        if key not in _counted or now - _counted[key][0] > _FRESH:
            _counted[key] = (now, count_by_rule(session))
        return _counted[key][1]
