from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.script.parts import best_path, find_parts
from pipeline.records.finding import Part
from tests.dialogue import heard, shipped, talk

ROWS = st.lists(st.lists(st.integers(-5, 0), min_size=3, max_size=3), min_size=1, max_size=6)


@given(ROWS)
def test_the_path_is_as_good_as_the_best_of_all_paths(rows):
    scores = np.array(rows, float)
    forward = [path for path in product(range(3), repeat=len(rows)) if list(path) == sorted(path)]
    best = max(sum(scores[step, part] for step, part in enumerate(path)) for path in forward)
    found = best_path(scores)
    assert found == sorted(found) and sum(scores[step, part] for step, part in enumerate(found)) == best


def parts(call):
    script = shipped().script("telemarketing")
    return {one.part: one.span for one in find_parts(call, script, shipped().elements)}


def test_a_whole_call_has_three_parts_in_order():
    call = talk(
        "agent 您好我是中国移动的客服代表李丽",
        "customer 你好",
        "agent 请问您是王先生本人吗",
        "customer 是我",
        "agent 这个套餐每个月三十八元包含三百分钟通话",
        "customer 哦",
        "agent 您觉得这个套餐怎么样",
        "customer 行办一个",
        "agent 那我跟您确认一下每月三十八元下个月生效",
        "customer 对",
        "agent 谢谢您祝您生活愉快再见",
    )
    found = parts(call)
    assert list(found) == [Part.OPENING, Part.BODY, Part.CLOSING]
    assert (
        found[Part.OPENING].end_ms
        <= found[Part.BODY].start_ms
        < found[Part.BODY].end_ms
        <= found[Part.CLOSING].start_ms
    )


def test_a_call_that_is_broken_off_has_no_closing():
    found = parts(talk("agent 您好我是中国移动的客服代表李丽", "customer 不要", "agent 请问您是王先生本人吗"))
    assert list(found) == [Part.OPENING]


def test_where_nobody_speaks_there_is_no_part():
    assert parts(heard("customer 0.0-1.0 喂")) == {}
