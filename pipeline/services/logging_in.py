"""Somebody proves who he is, on the command line or in a browser; too many failures lock the name out for a while.

person = prove(engine, "王敏", password, "command line", now)
"""

from datetime import datetime

from sqlalchemy import Engine

from pipeline.errors import StoreError
from pipeline.records.person import Person
from pipeline.store.engine import reading, writing
from pipeline.store.failed_log_ins import is_locked_out, record_failure
from pipeline.store.people import authenticate, refusal


def prove(engine: Engine, name: str, password: str, where: str, now: datetime) -> Person:
    """Who has proven to be himself; `where` he did, an address for one, is written down when he did not.

    Raises StoreError, in the same words and time whatever is wrong: the password, the name, the user's being disabled or locked out.
    Called outside of any transaction: comparing a password is slow on purpose.
    """
    try:
        with reading(engine) as session:
            person = authenticate(session, name, password)
    except StoreError:
        with writing(engine) as session:
            record_failure(session, name, where, now)
        raise
    # Asked after the slow comparison, so that what others guessed meanwhile is counted too.
    with reading(engine) as session:
        if is_locked_out(session, name, now):
            raise refusal(name)
    return person
