"""A small house whose month can be added up by hand (`tests/flows/test_closing.py`), without sound: for pages of figures, warnings and cases."""

from datetime import UTC, datetime

from flows.commands.setup import initialise
from flows.demo_months import PASSWORD
from pipeline.records.person import Person, Role
from pipeline.services.drawing import open_store
from pipeline.settings import load
from pipeline.store.engine import writing
from pipeline.store.people import add_user
from tests.flows.test_closing import CALLS, POLICY, close, prepared

PEOPLE = (
    Person("李主任", Role.SUPERVISOR),
    Person("周主任", Role.SUPERVISOR),
    Person("孙经理", Role.MARKETING),
    Person("陈副总", Role.VICE_PRESIDENT),
    Person("王敏", Role.REVIEWER),
    Person("审计员", Role.AUDITOR),
    Person("华声客服部", Role.VENDOR, "华声"),
    Person("远达客服部", Role.VENDOR, "远达"),
)


def make_house(root, *, undecided=(), calls=CALLS, is_closed=True):
    """Settings of a working folder with March of one vendor, everybody in it, closed or about to be."""
    initialise(root)
    settings = load(root)
    engine = open_store(settings)
    prepared(engine, POLICY, calls=calls, undecided=undecided)
    if is_closed:
        close(engine)
    with writing(engine) as session:
        for person in PEOPLE:
            add_user(session, person.name, person.role, PASSWORD, datetime.now(UTC), vendor=person.vendor)
    engine.dispose()
    return settings
