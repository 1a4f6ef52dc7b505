"""A pack tried on stored calls finds and loses exactly what judging all of them twice would."""

from datetime import date

import pytest

from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.ruleset import parse_pack, parse_script, with_pack, with_standard
from pipeline.services.stored import call_of
from pipeline.services.trying import Limits, try_pack, try_script, try_standard
from pipeline.store.engine import reading
from pipeline.store.inspections import latest_since
from pipeline.text.lexicon import table_of
from pipeline.text.pack_editing import Edit, Line, edited, lines_of, with_grounds
from tests.dialogue import LEXICONS, shipped
from tests.store.conftest import engine, url
from tests.store.test_search import hear

__all__ = ["engine", "url"]
EVER = Limits(date.min)
COLDNESS = (LEXICONS / "phrases" / "coldness.toml").read_text("utf-8")


@pytest.fixture
def stored(engine):
    hear(engine, "c1", "agent 您好我是移动客服", "customer 太贵了", "agent 爱办不办随便你")
    hear(engine, "c2", "agent 这个套餐挺划算的", "agent 随便您怎么想都可以", vendor="明信", day=date(2025, 6, 5))
    hear(engine, "c3", "customer 爱办不办随便你", "agent 好的谢谢您", day=date(2025, 6, 6))
    hear(engine, "c4", "agent 不知道", "agent 我不知道您的意思", day=date(2025, 6, 7))
    return engine


def pack(text):
    return parse_pack(table_of(LEXICONS / "phrases" / "coldness.toml", text), LEXICONS)


def by_judging_all_twice(engine, tried):
    """The same without a look at what cannot have changed."""
    then, found = with_pack(shipped(), tried), []
    with reading(engine) as session:
        for one in latest_since(session, date.min):
            sets = [
                [c for c in find_phrases(call_of(one), judge) if c.rule == tried.rule] for judge in (shipped(), then)
            ]
            for claims, others, is_new in ((sets[1], sets[0], True), (sets[0], sets[1], False)):
                found += [
                    (one.row.call_id, claim.span, is_new)
                    for claim in claims
                    if not any(claim.span.overlap_ms(other.span) for other in others)
                ]
    return sorted(found, key=str)


def changes(engine, tried):
    with reading(engine) as session:
        trial = try_pack(session, tried, shipped(), EVER)
    assert (trial.calls, trial.stored) == (4, 4)
    return sorted(((one.stored.row.call_id, one.claim.span, one.is_new) for one in trial.changes), key=str)


def added(words, **more):
    return edited(COLDNESS, Edit("phrases", None, "", Line(words, **more)), 9)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (added("这个套餐挺划算"), ["c2"]),
        (added("这个套餐挺华算"), ["c2"]),
        (added("我是移动客服", exceptions=("您好…",)), []),
        (added("谢谢您"), ["c3"]),
        (added("这句话没有人说过"), []),
        (with_grounds(COLDNESS, "", ["随便…", "爱办不办…", "……随便你", "……不办"], 9), None),
        (with_grounds(COLDNESS, "minor", [], 9), None),
    ],
)
def test_what_is_new_and_what_is_gone(stored, text, calls):
    tried = pack(text)
    found = changes(stored, tried)
    assert found == by_judging_all_twice(stored, tried)
    if calls is not None:
        assert [call for call, _, _ in found] == calls


def test_a_removed_phrase_loses_what_it_alone_found(stored):
    text = added("这个套餐挺划算")
    at = len(lines_of(text)["phrases"]) - 1
    with_it = pack(text)
    without = pack(edited(text, Edit("phrases", at, "这个套餐挺划算", None), 10))
    with reading(stored) as session:
        trial = try_pack(session, without, with_pack(shipped(), with_it), EVER)
    assert [(one.stored.row.call_id, one.is_new) for one in trial.changes] == [("c2", False)]


def test_a_weak_phrase_is_found_only_as_a_whole_utterance(stored):
    found = changes(stored, pack(added("不知道", is_weak=True)))
    assert found == by_judging_all_twice(stored, pack(added("不知道", is_weak=True)))
    assert {call for call, _, _ in found} <= {"c4"}


def test_only_calls_since_the_day_are_looked_at_and_no_longer_than_the_time(stored):
    with reading(stored) as session:
        assert try_pack(session, pack(added("谢谢您")), shipped(), Limits(date(2025, 6, 6))).stored == 2
        trial = try_pack(session, pack(added("谢谢您")), shipped(), Limits(date.min, seconds=-1))
        assert (trial.calls, trial.stored, trial.changes) == (0, 4, ())


def test_a_script_that_asks_for_less_loses_what_was_missing(engine):
    say = (
        "agent 您好我是移动公司客服小李工号一零二七",
        "customer 什么事",
        "agent 给您介绍一下这个月的活动每月三十八元",
        "customer 不要",
    )
    hear(engine, "c1", *say, project="telemarketing")
    hear(engine, "c2", *say, project="survey", day=date(2025, 6, 5))
    file = LEXICONS / "scripts" / "telemarketing.toml"
    text = file.read_text("utf-8")
    less = parse_script(
        table_of(file, text.replace('thanks = { required = "always" }', 'thanks = { required = "policy" }')), LEXICONS
    )
    with reading(engine) as session:
        trial = try_script(session, less, shipped(), EVER)
        same = try_script(session, parse_script(table_of(file, text), LEXICONS), shipped(), EVER)
    assert same.changes == ()
    assert [(one.stored.row.call_id, one.rule, one.is_new) for one in trial.changes] == [
        ("c1", "script.missing.thanks", False)
    ]


def test_other_limits_find_and_lose_what_stored_turns_tell(stored):
    text = (LEXICONS / "standard.toml").read_text("utf-8")
    then = text.replace("longest_silence_ms = 8000", "longest_silence_ms = 60000")
    with reading(stored) as session:
        judged = with_standard(shipped(), table_of(LEXICONS / "standard.toml", then))
        trial = try_standard(session, judged, shipped(), EVER)
        same = try_standard(session, shipped(), shipped(), EVER)
    assert {(one.stored.row.call_id, one.rule) for one in trial.gone} == {
        (call, "voice.dead_air") for call in ("c1", "c2", "c3", "c4")
    }, "a minute between two sentences is allowed now"
    assert {(one.stored.row.call_id, one.rule) for one in trial.new} == {
        ("c1", "voice.slow_response"),
        ("c3", "voice.slow_response"),
    }, "and what was dead air is a slow answer"
    assert (same.changes, same.calls) == ((), 4)
