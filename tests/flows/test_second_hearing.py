"""Fatal phrases are heard twice: with engines that say what they are told to, and with the real model on real sound."""

from dataclasses import replace

import numpy as np
import pytest

from flows.inspection import Inspector, Job
from flows.second_hearing import heard_again
from pipeline.checks.ruleset import load_ruleset
from pipeline.checks.run import run_checks
from pipeline.records.finding import Match, Severity
from pipeline.records.recording import RATE_HZ, Audio, Recording
from pipeline.records.span import Span
from pipeline.records.turn import Word
from pipeline.settings import CHECKOUT, load
from pipeline.simulation.scripted import Line, write_call
from pipeline.transcription.engine import WindowText
from tests.dialogue import heard

RULES = load_ruleset(CHECKOUT / "lexicons")
SAMPLES = np.zeros(30 * RATE_HZ, np.float32)
AUDIO = Audio(Recording("call.wav", "", None, 30_000, 2, "pcm", 8000), SAMPLES, SAMPLES, False, 8000)
CALL = heard("""
    agent     0.0-3.0   您好，我是移动客服
    customer  3.5-6.0   我不想办这个
    agent     6.5-8.5   你有病啊，办个套餐怎么了
    agent     9.0-11.0  随便你，爱办不办
""")


class Says:
    """An engine that hears the same in every clip and remembers how long they were."""

    version, longest_window_ms = "says", 10_000

    def __init__(self, text):
        self.text, self.lengths = text, []

    def hear_again(self, windows):
        self.lengths += [len(window) for window in windows]
        return [
            WindowText(tuple(Word(c, Span(i * 100, i * 100 + 100), 0.9) for i, c in enumerate(self.text)))
            for _ in windows
        ]


def findings(engine):
    before = run_checks(CALL, RULES).findings
    return {f.rule: f for f in heard_again(before, AUDIO, engine, RULES)}


def test_what_is_heard_again_counts_and_says_so():
    abuse = findings(Says("你有病啊"))["phrase.abuse"]
    assert abuse.counts
    assert "单独再听一遍，听到“你有病啊”，结果成立" in abuse.explanation


@pytest.mark.parametrize("text", ["有什么病啊", ""])
def test_what_is_not_heard_again_goes_to_a_reviewer(text):
    abuse = findings(Says(text))["phrase.abuse"]
    assert not abuse.counts
    assert abuse.confidence <= 0.5
    assert "结果不成立，只交人工复核" in abuse.explanation


def test_only_fatal_phrases_are_heard_again_each_alone():
    engine = Says("你有病啊")
    found = findings(engine)
    assert "单独再听" not in found["phrase.coldness"].explanation
    assert len(engine.lengths) == 1
    assert engine.lengths[0] <= 4 * RATE_HZ


def test_a_fault_at_the_very_end_is_heard_as_far_as_the_sound_goes():
    call = heard("agent 27.0-30.0 你有病啊")
    engine = Says("你有病啊")
    heard_again(run_checks(call, RULES).findings, AUDIO, engine, RULES)
    assert 0 < engine.lengths[0] <= 4 * RATE_HZ


@pytest.mark.parametrize(("text", "counts"), [("念给我听", True), ("年级我听", False)])
def test_a_condition_holds_where_its_deciding_words_are_heard_again(text, counts):
    call = heard("agent 0.0-3.0 有个验证码\ncustomer 3.5-6.0 收到了\nagent 6.5-8.5 念给我听")
    (found,) = [f for f in run_checks(call, RULES).findings if f.rule == "phrase.privacy"]
    assert found.match is Match.STRUCTURE
    fatal = replace(found, severity=Severity.FATAL, counts=True)
    (again,) = heard_again([fatal], AUDIO, Says(text), RULES)
    assert again.counts is counts


@pytest.mark.slow
def test_real_abuse_holds_in_the_real_models_second_hearing(tmp_path):
    path = tmp_path / "call.wav"
    write_call(
        path,
        [
            Line("agent", "您好，这里是移动公司客户服务中心"),
            Line("customer", "什么事情，我不需要", pause_ms=600),
            Line("agent", "你他妈的到底办不办，你有病啊", pause_ms=600),
        ],
        seed=5,
    )
    with Inspector(load(tmp_path, {}), RULES) as inspector:
        inspection = inspector.inspect(Job(path, "call.wav"))
    abuse = [f for f in inspection.findings if f.rule == "phrase.abuse"]
    assert abuse
    assert all("单独再听一遍" in f.explanation for f in abuse)
    assert any(f.counts for f in abuse)
