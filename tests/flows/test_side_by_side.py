import threading
from contextlib import closing

import pytest

from flows.side_by_side import side_by_side


def test_results_come_in_order_and_no_more_is_in_hand_than_asked():
    taken, lock, running, most = [], threading.Lock(), 0, 0

    def work(n):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.02 * (n % 3))
        with lock:
            running -= 1
        return n * n

    def items():
        for n in range(20):
            taken.append(n)
            yield n

    for place, (item, result) in enumerate(side_by_side(work, items(), 3)):
        assert (item, result.result()) == (place, place * place)
        assert len(taken) <= place + 4
    assert (place, most) == (19, 3)


def test_a_failure_is_its_own_items_alone():
    def work(n):
        return 12 // n

    results = list(side_by_side(work, [3, 0, 4], 2))
    assert [type(result.exception()) for _, result in results] == [type(None), ZeroDivisionError, type(None)]
    assert results[2][1].result() == 3


def test_left_early_nothing_more_is_begun():
    begun, go = [], threading.Event()

    def work(n):
        begun.append(n)
        go.wait(10)

    with closing(side_by_side(work, range(100), 2)) as results, pytest.raises(RuntimeError, match="enough"):
        for _ in results:
            raise RuntimeError("enough")
    go.set()
    assert set(begun) <= {0, 1}
