"""Several calls at once: while one is transcribed, another is decoded and a third is checked, and no core waits."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    work: Callable[[Item], Result], items: Iterable[Item], at_once: int
) -> Generator[tuple[Item, Future[Result]], None, None]:
    """Each item with its result, in order, at most `at_once` worked on at a time and one waiting: what lies ready must not grow.

    Close the iterator when it is left early: then what waits is dropped, and what is being worked on ends by itself, unseen.
    """
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="call")
    begun: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            begun.append((item, pool.submit(work, item)))
            if len(begun) > at_once:
                yield begun.popleft()
        while begun:
            yield begun.popleft()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
