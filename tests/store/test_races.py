"""Two runs at once end where one would have."""

import threading
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine

from pipeline.errors import StaleLease
from pipeline.sampling.draw import commit_to, make_draw, replay
from pipeline.store.calls import register_manifest
from pipeline.store.drawn import find_draw, frame_of
from pipeline.store.draws import complete_draw, open_draw
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.inspections import inspections_drawn_on, save_inspection
from pipeline.store.work import claim, open_work

from .samples import ARCHIVED, DAY, NOW, PLAN, Heard, draw_all, inspection, manifest, register, row


def at_once(url: str, *runs: Callable[[Engine], object]) -> list[object]:
    """Run each on an engine of its own, all starting together; returns what they return, or the exception."""
    start = threading.Barrier(len(runs))
    results: list[object] = [None] * len(runs)

    def run(number: int) -> None:
        engine = open_engine(url)
        start.wait()
        try:
            results[number] = runs[number](engine)
        except Exception as error:
            results[number] = error
        engine.dispose()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(runs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_manifests_with_the_same_calls(engine: Engine, url: str) -> None:
    rows = [row(f"c{number}") for number in range(300)]

    def register_as(name: str) -> Callable[[Engine], tuple[int, int]]:
        def run(own: Engine) -> tuple[int, int]:
            with writing(own) as session:
                result = register_manifest(session, manifest(rows, name=name, sha256=name), NOW)
            return result.accepted, result.same

        return run

    assert sorted(map(str, at_once(url, register_as("a"), register_as("b")))) == ["(0, 300)", "(300, 0)"]


def test_two_runs_draw_one_night(engine: Engine, url: str) -> None:
    register(engine, *(row(f"c{number}") for number in range(50)))
    plan = replace(PLAN, minimum_calls=10)
    opened_both = threading.Barrier(2)

    def draw_with(seed: str) -> Callable[[Engine], str]:
        def run(own: Engine) -> str:
            with writing(own) as session:
                opened = open_draw(session, "华声", "vip-care", DAY, plan, commit_to(seed), NOW)
            opened_both.wait()
            assert opened is not None
            try:
                with writing(own) as session:
                    complete_draw(session, make_draw("华声", "vip-care", DAY, opened.calls, plan, seed, NOW))
            except StaleLease:
                return "stale"
            return "drawn"

        return run

    assert sorted(map(str, at_once(url, draw_with("one"), draw_with("two")))) == ["drawn", "stale"]
    with reading(engine) as session:
        draw = find_draw(session, "华声", "vip-care", DAY)
        assert draw is not None
        assert len(draw.drawn) == 10
        assert replay(draw, frame_of(session, draw.draw_id)) == ()
        assert open_work(session) == 10


def test_two_workers_give_out_archive_numbers_without_gaps_or_doubles(engine: Engine, url: str) -> None:
    register(engine, *(row(f"c{number:02}") for number in range(30)))
    draw_all(engine)

    def run(own: Engine) -> int:
        saved = 0
        while True:
            with writing(own) as session:
                works = claim(session, f"w{threading.get_ident()}", 3, 60, NOW)
            if not works:
                return saved
            for work in works:
                with writing(own) as session:
                    save_inspection(session, work, inspection(Heard(file=work.row.file)), ARCHIVED, NOW)
                saved += 1

    results = at_once(url, run, run)
    assert sum(count for count in results if isinstance(count, int)) == 30
    with reading(engine) as session:
        numbers = sorted(stored.archive_number for stored in inspections_drawn_on(session, DAY))
    assert numbers == [f"20250603-{number:06}" for number in range(1, 31)]
