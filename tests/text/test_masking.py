import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.masking import mask, mask_together, mask_within


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("您的号码是13800138000对吧", "您的号码是***********对吧"),
        ("号码１３８００１３８０００", "号码***********"),
        ("幺三八零零幺三八零零零", "*" * 11),
        ("一三八，零零一三……八零零零", "***，****……****"),
        ("幺三八嗯零零幺三对，八洞洞洞", "***嗯****对，****"),
        ("一三八好的零零一三那个八零零零", "***好的****那个****"),
        ("三个零两个八四五六", "*个**个****"),
        ("拐勾洞幺两三四", "*******"),
        ("138 0013-8000", "*** ****-****"),
        ("壹叁捌零零壹叁捌零零零", "***********"),
        ("①③⑧00138000", "***********"),
        ("四三零一零二一九八五零三零七二一三叉", "*" * 18),
        ("43010219850307213X。", "*" * 18 + "。"),
        ("43010219850307213，x", "*" * 17 + "，*"),
        ("43010219850307213×", "*" * 18),
        ("四三零一零二一九八五零三零七二一三埃克斯", "*" * 20),
        # Exactly seven, and one fewer.
        ("一二三四五六七", "*******"),
        ("一二三四五六", "一二三四五六"),
        ("验证码是123456吗", "验证码是123456吗"),
        ("月租一百二十八元，拨打10086", "月租一百二十八元，拨打10086"),
        ("二零二六年三月十五号", "二零二六年三月十五号"),
        ("我要一个两百的套餐X", "我要一个两百的套餐X"),
        ("", ""),
    ],
)
def test_long_numbers_are_masked_in_all_their_spoken_forms(said, masked):
    assert mask(said) == masked


@given(st.text(alphabet="零幺二三x叉，。嗯对好的个那话费1290 \n*_艾克斯"))
def test_length_stays_and_masking_again_changes_nothing(text):
    masked = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == masked
    assert all(after in (before, "*") for before, after in zip(text, masked, strict=True))


def test_a_number_that_goes_on_in_the_next_turn_is_masked_in_the_piece():
    agent = "我跟您核对一下幺三八零零" + "幺三八零零零谢谢"
    assert mask("我跟您核对一下幺三八零零") == "我跟您核对一下幺三八零零"
    assert mask_within("我跟您核对一下幺三八零零", [agent]) == "我跟您核对一下*****"
    assert mask_within("幺三八零零零谢谢", [agent, "幺三八零零零谢谢"]) == "******谢谢"
    assert mask_within("没有号码", [agent]) == "没有号码"
    assert mask_within("", [agent]) == ""


@pytest.mark.parametrize("filler", [" ", "好", "好的", "一 ", "那", "个", "是的 "])
def test_a_hostile_text_takes_no_longer_than_it_is_long(filler):
    started = time.perf_counter()
    mask(filler * 200_000)
    mask("1" + filler * 100_000 + "1")
    assert time.perf_counter() - started < 5


def test_a_number_over_several_turns_is_masked_in_each():
    assert mask_together(["号码是一三八", "零零一三", "八零零零", "好的"]) == ["号码是***", "****", "****", "好的"]
    assert mask_together(["三个", "八块", ""]) == ["三个", "八块", ""]
