import sqlite3
import threading

from flows.night import work_batch
from pipeline.settings import load
from tests.flows.test_optouts import Reader, callqa, dropped, open_store
from tests.flows.test_optouts import root as root
from tests.store.samples import draw_named


class Slow(Reader):
    """An inspector that is at its first call until it begins the third, and then looks at the leases."""

    def __init__(self, root):
        super().__init__()
        self.root, self.begun, self.leases, self.third = root, [], [], threading.Event()

    def inspect(self, job):
        self.begun.append(job.name)
        if len(self.begun) == 1:
            assert self.third.wait(60), "the third call was never begun"
        if len(self.begun) == 3:
            with sqlite3.connect(self.root / "callqa.db") as database:
                self.leases = [row[0] for row in database.execute("SELECT expires_at FROM work")]
            self.third.set()
        return super().inspect(job)


def test_the_lease_of_a_call_in_hand_is_as_long_as_that_of_one_that_waits(root):
    for name in ("asked", "same_day", "again"):
        callqa(root, "ingest", dropped(root.parent / "drop", name))
    with sqlite3.connect(root / "callqa.db") as database:
        drawn = database.execute("SELECT vendor, call_id FROM calls").fetchall()
    settings, inspector = load(root), Slow(root)
    engine = open_store(settings)
    for vendor, call_id in drawn:
        draw_named(engine, vendor, call_id)
    tally = work_batch(settings, engine, inspector, "somebody")
    assert len(inspector.begun) == len(inspector.leases) == 3
    assert len(set(inspector.leases)) == 1
    assert tally.calls["inspected"] == 3
