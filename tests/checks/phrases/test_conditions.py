"""Conditions over a call: for every key a case that is found, its exact boundary and a near miss."""

from pathlib import Path

import pytest

from pipeline.checks.phrases.check import find_phrases
from pipeline.checks.phrases.conditions import ConditionMatcher
from pipeline.records.finding import Claim, Match, Severity
from pipeline.records.turn import Speaker
from pipeline.text.lexicon import read
from pipeline.text.packs import pack_of
from tests.dialogue import heard, shipped, talk

HEAD = 'rule = "phrase.privacy"\nversion = 1\nexceptions = ["不会…"]\n[[conditions]]\nname = "甲"\n'


@pytest.fixture
def claims(tmp_path: Path):
    def judge(toml: str, dialogue: str, **facts) -> list[Claim]:
        file = tmp_path / "pack.toml"
        file.write_text(HEAD + toml, encoding="utf-8")
        return list(ConditionMatcher(pack_of(read(file), {}).conditions).find(heard(dialogue, **facts)))

    return judge


@pytest.mark.parametrize(
    ("toml", "dialogue", "is_found"),
    [
        # any
        ('any = ["密码", "卡号"]', "agent 0-2 卡号说一下", True),
        ('any = ["密码", "卡号"]', "agent 0-2 号卡说一下", False),
        ('any = ["密码"]', "agent 0-2 密…嗯…码", True),
        # role
        ('any = ["密码"]', "customer 0-2 密码", False),
        ('role = "customer"\nany = ["密码"]', "customer 0-2 密码", True),
        ('role = "customer"\nany = ["密码"]', "agent 0-2 密码", False),
        ('role = "any"\nany = ["密码"]', "customer 0-2 密码", True),
        # all
        ('all = ["密码", "卡号"]', "agent 0-2 密码\nagent 9-11 卡号", True),
        ('all = ["密码", "卡号"]', "agent 0-2 密码\nagent 9-11 密码", False),
        ('any = ["报给我"]\nall = ["密码"]', "agent 0-2 报给我", False),
        ('any = ["报给我"]\nall = ["密码"]', "agent 0-2 报给我密码", True),
        # none
        ('any = ["密码"]\nnone = ["别告诉人"]', "agent 0-2 密码\nagent 9-11 别告诉人", False),
        ('any = ["密码"]\nnone = ["别告诉人"]', "agent 0-2 密码\ncustomer 9-11 别告诉人", True),
        # minimum
        ('any = ["密码"]\nminimum = 2', "agent 0-2 密码\nagent 9-11 密码", True),
        ('any = ["密码"]\nminimum = 2', "agent 0-2 密码", False),
        ('any = ["密码", "服务密码"]\nminimum = 2', "agent 0-2 服务密码", False),  # one within the other
        ('any = ["密码", "卡号"]\nminimum = 2', "agent 0-2 密码卡号", True),
        # regex and not_regex
        ("regex = '^[一二三]{3}$'", "agent 0-2 一，2三", True),
        ("regex = '^[一二三]{3}$'", "agent 0-2 一二三一", False),
        ("regex = '[一二三]{2}'\nminimum = 2", "agent 0-2 一二，三一", True),
        ("regex = '[一二三]{2}'\nminimum = 2", "agent 0-2 一二三", False),
        ("any = [\"密码\"]\nregex = '我$'", "agent 0-2 密码给我", True),
        ("any = [\"密码\"]\nregex = '我$'", "agent 0-2 密码给我们", False),
        ("any = [\"密码\"]\nregex = '我$'", "agent 0-2 密码给\nagent 9-11 我", False),
        ("any = [\"密码\"]\nnot_regex = '吗$'", "agent 0-2 密码吗", False),
        ("any = [\"密码\"]\nnot_regex = '吗$'", "agent 0-2 吗密码", True),
        ("any = [\"密码\"]\nnot_regex = '吗$'", "agent 0-2 密码\nagent 9-11 吗", True),
        # exceptions, the pack's and its own
        ('any = ["密码"]', "agent 0-2 不会问密码", False),
        ('any = ["密码"]\nexceptions = ["…的说明"]', "agent 0-2 密码的说明", False),
        ('any = ["密码"]\nexceptions = ["…的说明"]', "agent 0-2 密码的声明", True),
        # words that are only near never help, by sound they do
        ('any = ["把密码告诉我"]', "agent 0-2 把密码报诉我", False),
        ('any = ["把密码告诉我"]', "agent 0-2 把密马高诉我", True),
        ('any = ["卡号"]\nnone = ["把密码告诉我"]', "agent 0-2 卡号\nagent 9-11 把密码报诉我", False),
        # windows: turns of the role
        ('any = ["密码"]\nwindow = { first_turns = 2 }', "agent 0-1 喂\ncustomer 2-3 喂\nagent 4-5 密码", True),
        ('any = ["密码"]\nwindow = { first_turns = 2 }', "agent 0-1 喂\nagent 2-3 喂\nagent 4-5 密码", False),
        ('any = ["密码"]\nwindow = { last_turns = 1 }', "agent 4-5 密码\ncustomer 6-7 好", True),
        ('any = ["密码"]\nwindow = { last_turns = 1 }', "agent 4-5 密码\nagent 6-7 好", False),
        # windows: seconds and shares; the words begin exactly there
        ('any = ["密码"]\nwindow = { first_s = 30 }', "agent 29.999-31 密码", True),
        ('any = ["密码"]\nwindow = { first_s = 30 }', "agent 30-31 密码", False),
        ('any = ["密码"]\nwindow = { last_s = 10 }', "agent 30-31 密码\nagent 39-40 好", True),
        ('any = ["密码"]\nwindow = { last_s = 10 }', "agent 29.999-31 密码\nagent 39-40 好", False),
        ('any = ["密码"]\nwindow = { from_share = 0.5 }', "agent 20-21 密码\nagent 39-40 好", True),
        ('any = ["密码"]\nwindow = { from_share = 0.5 }', "agent 19.999-21 密码\nagent 39-40 好", False),
        ('any = ["密码"]\nwindow = { to_share = 0.5 }', "agent 19.999-21 密码\nagent 39-40 好", True),
        ('any = ["密码"]\nwindow = { to_share = 0.5 }', "agent 20-21 密码\nagent 39-40 好", False),
        ('any = ["密码"]\nnone = ["没事"]\nwindow = { first_s = 30 }', "agent 0-1 密码\nagent 30-31 没事", True),
        # after
        ('any = ["密码"]\nafter = { role = "customer", any = ["不要"] }', "customer 0-1 不要\nagent 90-91 密码", True),
        ('any = ["密码"]\nafter = { role = "customer", any = ["不要"] }', "agent 0-1 密码\ncustomer 90-91 不要", False),
        ('any = ["密码"]\nafter = { role = "customer", any = ["不要"] }', "agent 0-1 不要\nagent 2-3 密码", False),
        ('any = ["密码"]\nafter = { any = ["不要"], within_s = 5 }', "agent 0-1 不要\nagent 6-7 密码", True),
        ('any = ["密码"]\nafter = { any = ["不要"], within_s = 5 }', "agent 0-1 不要\nagent 6.001-7 密码", False),
        ('any = ["密码"]\nafter = { any = ["不要"], minimum = 2 }', "agent 0-1 不要\nagent 6-7 密码", False),
        ('any = ["密码"]\nafter = { any = ["不要"], minimum = 2 }', "agent 0-2 不要不要\nagent 6-7 密码", True),
        ('any = ["密码"]\nafter = { any = ["不要"], none = ["没事"] }', "agent 0-2 不要没事\nagent 6-7 密码", False),
        # before
        ('any = ["密码"]\nbefore = { any = ["不要"] }', "agent 0-1 密码\nagent 90-91 不要", True),
        ('any = ["密码"]\nbefore = { any = ["不要"] }', "agent 0-1 不要\nagent 90-91 密码", False),
        ('any = ["密码"]\nbefore = { any = ["不要"], within_s = 5 }', "agent 0-1 密码\nagent 6-7 不要", True),
        ('any = ["密码"]\nbefore = { any = ["不要"], within_s = 5 }', "agent 0-1 密码\nagent 6.001-7 不要", False),
        # both
        ('any = ["密码"]\nafter = { any = ["您好"] }\nbefore = { any = ["再见"] }', "agent 0-9 您好密码再见", True),
        ('any = ["密码"]\nafter = { any = ["您好"] }\nbefore = { any = ["再见"] }', "agent 0-9 您好再见密码", False),
    ],
)
def test_found_boundary_and_near_miss(claims, toml: str, dialogue: str, is_found: bool) -> None:
    assert bool(claims(toml, dialogue)) is is_found


def test_the_span_is_that_of_the_deciding_words_and_comes_once(claims) -> None:
    (claim,) = claims('any = ["密码"]\nminimum = 2', "agent 0-2 密码\nagent 10-12 报密码\nagent 20-22 密码")
    assert (claim.span.start_ms, claim.span.end_ms) == (10_666, 12_000)
    assert (claim.rule, claim.match, claim.text, claim.matched) == ("phrase.privacy", Match.STRUCTURE, "报密码", "密码")


def test_the_explanation_says_which_condition_held_and_why(claims) -> None:
    toml = """any = ["密码"]
none = ["别告诉人"]
minimum = 2
window = { first_s = 30, last_turns = 4 }
after = { role = "customer", any = ["不要"] }
before = { role = "any", any = ["再见"] }
"""
    (claim,) = claims(toml, "customer 0-1 不要\nagent 3-4 密码\nagent 5-6 密码\ncustomer 8-9 再见")
    assert claim.explanation == (
        "符合侵犯隐私条件“甲”：话务员在最后 4 轮内、开头 30 秒内说了“密码”（至少 2 处），在客户说“不要”之后 4.0 秒，"
        "2.0 秒后有人说了“再见”，其间没有说“别告诉人”。"
    )


def test_severity_is_the_conditions_own_or_the_packs(claims) -> None:
    assert claims('any = ["密码"]\nseverity = "minor"', "agent 0-1 密码")[0].severity is Severity.MINOR
    assert claims('any = ["密码"]', "agent 0-1 密码")[0].severity is None


@pytest.mark.parametrize(
    ("dialogue", "speaker"),
    [
        ("customer 0-1 不要\nagent 3-4 密码", Speaker.AGENT),
        ("customer 0-1 不要\nunknown 3-4 密码", Speaker.UNKNOWN),
        ("unknown 0-1 不要\nagent 3-4 密码", Speaker.UNKNOWN),
    ],
)
def test_where_anybody_is_unknown_the_claim_is(claims, dialogue: str, speaker: Speaker) -> None:
    (claim,) = claims('any = ["密码"]\nafter = { role = "customer", any = ["不要"] }', dialogue)
    assert claim.speaker is speaker


@pytest.mark.parametrize("key", ['none = ["您好"]', "window = { last_s = 9 }", "window = { to_share = 0.9 }"])
def test_a_partial_recording_does_not_tell_what_was_not_said(claims, key: str) -> None:
    toml = f'any = ["密码"]\n{key}'
    assert claims(toml, "agent 0-1 密码")
    assert not claims(toml, "agent 0-1 密码", complete=False)
    assert claims('any = ["密码"]\nwindow = { first_s = 9 }', "agent 0-1 密码", complete=False)


def test_confidence_is_that_of_the_least_sure_words(claims) -> None:
    toml = 'all = ["把密码告诉我", "卡号"]'
    assert claims(toml, "agent 0-2 把密码告诉我\nagent 3-4 卡号")[0].confidence == 0.95
    assert claims(toml, "agent 0-2 把密马高诉我\nagent 3-4 卡号")[0].confidence == 0.9


@pytest.mark.parametrize(
    ("rule", "lines", "is_found"),
    [
        ("privacy", ["agent 验证码您收到了吧", "customer 收到了，是382051"], True),
        ("privacy", ["agent 验证码您收到了吧", "customer 我的手机号是13807311234"], False),
        ("privacy", ["agent 验证码您在页面上输就行", "customer 382051输好了"], False),
        ("privacy", ["agent 短信里有个验证码", "customer 收到了", "agent 您念一下就行"], True),
        ("privacy", ["agent 先核对资料", "customer 好", "agent 您念一下就行"], False),
        ("privacy", ["agent 验证码发到您手机了", "customer 收到了", "agent 您念一下手机号就行"], False),
        ("coercion", ["agent 给您升级一下", "customer 我不需要", "agent 那下个月就停机了"], True),
        ("coercion", ["agent 给您升级一下", "customer 我不需要", "agent 您放心，不会就停机了"], False),
        ("coercion", ["agent 给您升级一下", "customer 好的", "agent 余额不足就停机了，您记得充值"], False),
    ],
)
def test_shipped_conditions(rule: str, lines: list[str], is_found: bool) -> None:
    found = [claim for claim in find_phrases(talk(*lines), shipped()) if claim.rule == f"phrase.{rule}"]
    assert bool(found) is is_found


def test_what_a_phrase_has_told_is_not_told_again() -> None:
    call = talk("agent 验证码发过去了", "customer 嗯", "agent 把验证码念给我")
    assert [claim.match for claim in find_phrases(call, shipped())] == [Match.EXACT]


def test_what_is_heard_again_of_a_condition() -> None:
    conditions = shipped().conditions
    assert conditions.hears("phrase.privacy", "嗯念给我听")
    assert not conditions.hears("phrase.privacy", "年级我听")
    assert not conditions.hears("phrase.coldness", "念给我听")
    assert not conditions.hears("phrase.privacy", "")
