"""The second vote, with the shipped model: sentences that neither the packs nor the model's texts have."""

import pytest

from pipeline.checks.phrases.check import find_phrases
from pipeline.records.finding import Match
from pipeline.records.turn import Speaker
from tests.dialogue import heard, shipped, talk


def near(*lines):
    return [claim for claim in find_phrases(talk(*lines), shipped()) if claim.match is Match.NEAR]


def test_a_manner_in_words_that_no_pack_lists_is_near_and_tells_why():
    (claim,) = near("agent 您乐意等就接着等呗我可不急")
    assert claim.rule == "phrase.coldness" and claim.speaker is Speaker.AGENT
    assert "例句相近" in claim.explanation and "复核线索" in claim.explanation


def test_a_listed_phrase_is_claimed_once():
    claims = list(find_phrases(talk("agent 爱办不办随便你"), shipped()))
    assert [claim.match for claim in claims] == [Match.EXACT]


def test_a_customer_may_say_it():
    assert not near("customer 您乐意等就接着等呗我可不急")


@pytest.mark.parametrize(
    "sentence",
    [
        "好的那我先不打扰您了祝您生活愉快",
        "请您稍等一下我帮您查一查",
        "这个套餐每个月三十八元包含三百分钟",
        "不好意思这个业务电话里办不了您到营业厅就能办",
        "您别着急慢慢说我听着呢",
    ],
)
def test_what_is_correct_is_like_nothing(sentence):
    assert not near(f"agent {sentence}")


def test_only_the_sentence_that_is_like_a_fault_is_named():
    (claim,) = [
        claim
        for claim in find_phrases(
            heard("agent 0.0-2.0 好的我帮您看一下\nagent 2.3-6.0 您乐意等就接着等呗我可不急"), shipped()
        )
        if claim.match is Match.NEAR
    ]
    assert claim.span.start_ms >= 2000 and "看一下" not in claim.matched


def test_pressing_in_other_words_counts_from_the_second_refusal_on():
    once = near("agent 给您办一个好吗", "customer 不需要", "agent 您再掂量掂量嘛别这么绝情")
    twice = near(
        "agent 给您办一个好吗",
        "customer 不需要",
        "agent 那给您开通一个好吗",
        "customer 不用了我不办",
        "agent 您再掂量掂量嘛别这么绝情",
    )
    assert "phrase.after_refusal" not in {claim.rule for claim in once}
    assert [claim.rule for claim in twice] == ["phrase.after_refusal"]


def test_how_another_sells_is_no_offer_of_another_operator():
    assert not near("agent 首月免费给您办一个吧")
