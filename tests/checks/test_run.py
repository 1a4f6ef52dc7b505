"""All checks over one call: claims become findings, and a rule that fails is no clean bill."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.checks import run
from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.checks.run import run_checks
from pipeline.errors import UsageError
from pipeline.records.finding import Claim, Finding, Match, Severity
from pipeline.records.turn import Speaker
from tests.dialogue import shipped, talk


def findings(*lines: str, **facts: object) -> list[Finding]:
    result = run_checks(talk(*lines, **facts), shipped())
    assert result.failed == ()
    return [f for f in result.findings if not f.rule.startswith("voice.")]


def test_a_finding_knows_what_the_catalogue_knows() -> None:
    (finding,) = findings("agent 你有病吧")
    assert (finding.rule, finding.category, finding.severity) == ("phrase.abuse", "phrase", Severity.FATAL)
    assert (finding.plan, finding.rule_version, finding.counts) == (
        "P-30",
        shipped().pack("phrase.abuse").version,
        True,
    )


def test_unknown_speaker_never_counts() -> None:
    (finding,) = findings("unknown 你有病吧")
    assert not finding.counts


@pytest.mark.parametrize(("confidence", "counts"), [(0.7, True), (0.699, False)])
def test_words_of_low_confidence_do_not_count(confidence: float, counts: bool) -> None:
    (finding,) = findings("agent 你有病吧", confidence=confidence)
    assert finding.counts is counts


def test_a_near_hit_does_not_count() -> None:
    (near,) = findings("agent 把你的嘴给我拟上")
    assert near.match is Match.NEAR
    assert not near.counts


def test_a_check_that_raises_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
        raise ValueError("no such thing")

    monkeypatch.setattr(run, "find_phrases", broken)
    late = "2026-03-02T22:00:00+08:00"
    result = run_checks(talk("agent 你有病吧", started_at=late), shipped())
    assert result.failed == (("phrase", "ValueError: no such thing"),)
    assert [f.rule for f in result.findings if f.rule.startswith("call.")] == ["call.out_of_hours"]


def test_an_unknown_project_is_refused() -> None:
    with pytest.raises(UsageError, match="no script for project 'x'"):
        run_checks(talk("agent 您好", project="x"), shipped())


@pytest.mark.parametrize(
    ("clock", "out"), [("08:29:59", True), ("08:30:00", False), ("20:59:59", False), ("21:00:00", True)]
)
def test_hours_include_their_start_only(clock: str, out: bool) -> None:
    found = findings("agent 您好", started_at=f"2026-03-02T{clock}+08:00")
    assert [f.rule for f in found] == (["call.out_of_hours"] if out else [])


OFFER = "agent 那我现在就给您办理，可以吗"


@pytest.mark.parametrize(
    ("lines", "supported"),
    [
        ((OFFER, "customer 好的"), True),
        ((OFFER, "customer 嗯", "agent 您同意吗", "customer 同意"), True),
        ((OFFER, "customer 多少钱", "agent 三十八元", "customer 那给我办一个吧"), True),
        ((OFFER, "customer 再说吧"), False),
        (("agent 您是机主吗", "customer 对", OFFER, "customer 再说吧"), False),
        (("agent 能占用您一点时间吗，行吗", "customer 可以"), False),
    ],
)
def test_a_success_needs_consent(lines: tuple[str, ...], supported: bool) -> None:
    found = [f.rule for f in findings(*lines, outcome="success")]
    assert found == ([] if supported else ["outcome.unsupported_success"])


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("行你直接给我办", None),
        ("再说吧", "outcome.unsupported_success"),
        ("说了不用了我不办", "outcome.unsupported_success"),  # a no in the agent's turn may be the agent's
    ],
)
def test_on_mono_the_answer_may_stand_in_the_agents_turn(answer: str, rule: str | None) -> None:
    line = f"agent 您愿意参加的话我现在就给您办行不行{answer}"
    found = findings(line, "agent 感谢您的接听", outcome="success", mono=True)
    assert [f.rule for f in found if f.category == "outcome"] == ([rule] if rule else [])


def test_on_mono_a_no_of_the_agent_takes_no_yes_back() -> None:
    lines = (OFFER, "customer 好的", "agent 以后不想要了打一零零八六")
    assert not [f for f in findings(*lines, outcome="success", mono=True) if f.category == "outcome"]


@pytest.mark.parametrize(("agent", "counts"), [(0.9, True), (0.5, False)])
def test_missing_consent_is_no_surer_than_the_agent_was_heard(agent: float, counts: bool) -> None:
    call = talk(OFFER, "customer 再说吧", outcome="success")
    unsure = tuple(replace(turn, confidence=agent if turn.speaker is Speaker.AGENT else 0.95) for turn in call.turns)
    found = run_checks(replace(call, turns=unsure), shipped()).findings
    assert [f.counts for f in found if f.rule == "outcome.unsupported_success"] == [counts]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ((OFFER, "customer 好的", "agent 办好了", "customer 算了我不要了"), "算了我不要了"),
        ((OFFER, "customer 不要", "agent 已经给您开通了"), "不要"),
        ((OFFER, "customer 不要", "agent 首月免费，给您办一个吧", "customer 那给我办一个吧"), None),
        ((OFFER, "customer 再说吧"), None),
        ((OFFER, "agent 不要紧", "customer 好的"), None),
    ],
)
def test_a_refused_success_is_contradicted(lines: tuple[str, ...], refusal: str | None) -> None:
    found = [f for f in findings(*lines, outcome="success") if f.rule == "outcome.contradicted"]
    assert [(f.text, f.span is not None, f.counts) for f in found] == ([(refusal, True, True)] if refusal else [])
    assert not refusal or refusal in found[0].explanation
    assert [f.rule for f in findings(*lines, outcome="refused")] == []


@pytest.mark.parametrize(("confidence", "counts"), [(0.7, True), (0.69, False)])
def test_what_was_not_said_is_no_surer_than_what_was_heard(confidence: float, counts: bool) -> None:
    (unsupported,) = findings(OFFER, "customer 再说吧", outcome="success", confidence=confidence)
    assert unsupported.counts is counts
    said = ("agent 您好我想问一下您的套餐用得怎么样", "customer 还行") * 5
    missing = [
        f for f in findings(*said, project="survey", confidence=confidence) if f.rule.startswith("script.missing")
    ]
    assert missing == []


def test_nothing_is_said_of_consent_where_the_recording_is_not_whole_or_no_success() -> None:
    assert findings(OFFER, "customer 再说吧", outcome="success", complete=False) == []
    assert findings(OFFER, "customer 再说吧", outcome="other") == []
