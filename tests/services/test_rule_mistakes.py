"""What people can fill in wrongly is told in Chinese, in the words of who cannot see the file."""

import re

import pytest

from pipeline.errors import LexiconError
from pipeline.services.policy_file import check_policy
from pipeline.services.rule_mistakes import in_chinese
from tests.policy.test_editing import SHIPPED, answers
from tests.text.test_lexicon_readme import OF_CONDITIONS, OF_PACKS

# Those that a form cannot bring about: it writes no unknown keys, no wrong kinds and no severities of its own.
BY_FORM = [told for wrong, told in OF_PACKS if not re.match(r'(severity|phrase =|phrases = "|.*severty)', wrong)]
# Of conditions it writes no lists or windows that are empty, no texts for numbers, and no lines with a severity.
BY_FORM += [
    told
    for wrong, told in OF_CONDITIONS
    if not re.match(r'(role|severity|anny|any = \[(\]|\{)|minimum = "|window = \{(\}| first_turn )|before = \[)', wrong)
]


@pytest.mark.parametrize("told", BY_FORM)
def test_every_mistake_in_a_phrase_is_told_in_chinese(told):
    said = in_chinese(told)
    assert said != told
    assert "my-pack" not in said and ":" not in said
    assert not re.search(r"[A-Za-z]{3,}", said)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "phrases/a.toml:3: phrases: '你(有病': brackets must be closed and not nested, and | stands only within brackets",
            "词条“你(有病”：括号要成对，不能套括号；“|”只能写在括号里。",
        ),
        ("scripts/s.toml:9: thanks: has no cues: it would always be missing", None),
        ("scripts/s.toml:9: call_s: 0: must be 1 or more; leave the line out where there is no limit", "整通时限：要大于零；没有限制就留空。"),
        ("scripts/s.toml: answers: '违约金': has no answer: every reply would be wrong", "统一口径“违约金”：没有写答法，怎么答都会算错。"),
        ("something else altogether", None),
    ],
)  # fmt: skip
def test_what_is_said(told, said):
    assert in_chinese(told) == (said or told)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("sampling.share_bp", "120", "12000 不在允许的范围 0 到 10000 之内"),
        ("score.item[].points", "16", "各项满分加起来是 101"),
        ("settlement.band[].from_score", "89", "各档分数要从高到低"),
        ("settlement.band[].factor_bp", "80", "分数低的档，系数不能更高"),
        ("calendar.grade_2_months", "5", "5 不行，只能是 1, 2, 3, 4, 6, 12 之一"),
        ("score.deduct.minor", "11", "更严重的问题不能扣得更少"),
        ("warning.breaches", "phrase.abus", "没有“phrase.abus”这条规则"),
        ("sampling.duration_bands_s", "120, 30", "一个比一个大"),
        ("settlement.tax_basis", " ", "不能为空"),
    ],
)
def test_a_policy_that_does_not_add_up(name, given, said):
    from pipeline.policy.editing import rewritten

    form = answers()
    form[name][0] = given
    with pytest.raises(LexiconError) as refused:
        check_policy(rewritten(SHIPPED, form).encode(), "policy")
    assert said in in_chinese(str(refused.value), {}.get)
