"""What is wrong with a recording itself is found, each kind once, and nothing of a whole one."""

from dataclasses import replace

import pytest

from pipeline.checks.audio.duplicate import duplicate
from pipeline.checks.audio.swapped import SWAPPED, exchanged, is_swapped
from pipeline.checks.run import run_checks
from pipeline.records.finding import Severity
from tests.dialogue import shipped, talk

LINES = ("agent 您好我是移动公司的客服小李", "customer 你好", "agent 再见")
# The customer's words on the agent's channel, the agent's on the other.
CROSSED = (
    "customer 您好我是移动公司的客服小李工号一零二五",
    "agent 嗯你好",
    "customer 请问是王先生本人吗",
    "agent 是我",
    "customer 本次通话会被录音今天打电话是想给您介绍一个套餐",
    "agent 不用了谢谢",
    "customer 有问题您可以拨打一零零八六感谢您的接听再见",
)


def found(call):
    return {one.rule: one for one in run_checks(call, shipped()).findings if one.rule.startswith("audio.")}


@pytest.mark.parametrize(
    ("reasons", "rule", "severity", "counts", "says"),
    [
        (("agent_channel_silent",), "audio.silent", Severity.MAJOR, True, "客服声道全程没有声音"),
        (("shorter_than_manifest",), "audio.truncated", Severity.MAJOR, True, "清单上通话 180 秒"),
        (("truncated", "shorter_than_header"), "audio.truncated", Severity.MAJOR, True, "文件头所写的更长"),
        (("bad_frames",), "audio.partial", Severity.NOTICE, False, "有一段无法解码"),
        (("customer_channel_silent",), "audio.partial", Severity.NOTICE, False, "客户声道没有声音"),
        ((SWAPPED,), "audio.swapped", Severity.NOTICE, False, "已对调声道评定"),
    ],
)
def test_each_reason_has_its_rule(reasons, rule, severity, counts, says) -> None:
    call = replace(talk(*LINES, duration_ms=180_000), complete=False, reasons=reasons)
    (one,) = found(call).values()
    assert (one.rule, one.severity, one.counts, one.plan, one.span) == (rule, severity, counts, "P-72", None)
    assert says in one.explanation


def test_of_a_whole_recording_and_of_other_reasons_nothing_is_found() -> None:
    assert found(talk(*LINES)) == {}
    assert found(replace(talk(*LINES), reasons=("longer_than_manifest",))) == {}


def test_a_duplicate_names_the_other_call_to_its_own_vendor_alone() -> None:
    assert "通话 0007 的录音" in duplicate("0007", "华声", "华声").explanation
    told = duplicate("0007", "华声", "远达")
    assert "0007" not in told.explanation + told.matched and "另一家外呼公司" in told.explanation


def test_a_script_said_on_the_customers_side_is_swapped() -> None:
    call = talk(*CROSSED, project="telemarketing")
    assert is_swapped(call, shipped())
    righted = replace(call, turns=exchanged(call.turns))
    assert not is_swapped(righted, shipped())
    assert not is_swapped(replace(call, mono=True), shipped()), "on mono speakers are guesses"


def test_a_customer_who_says_who_he_is_swaps_nothing() -> None:
    lines = ("agent 您好", "customer 我是移动公司的员工你别跟我推销", "agent 好的再见")
    assert not is_swapped(talk(*lines, project="telemarketing"), shipped())
