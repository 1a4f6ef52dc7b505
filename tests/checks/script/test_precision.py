"""The rules for the whole call on calls without and with their faults, as a perfect recogniser would hear them.

The bounds are what was measured; a change that is worse by more than a finding or two fails.
"""

import pytest

from pipeline.checks.check import HeardCall
from pipeline.checks.script.answer import unapproved_answers
from pipeline.checks.script.jargon import specialist_words
from pipeline.checks.script.key_figure import unrepeated_figures
from pipeline.checks.script.order import disorder
from pipeline.checks.script.overtime import overtime
from pipeline.checks.script.scripted import hold_against
from pipeline.records.finding import Claim
from pipeline.simulation.faults import Rates
from tests.checks.phrases.test_precision import held_out
from tests.checks.script.simulated import simulated
from tests.dialogue import shipped, talk

RULES = (unapproved_answers, specialist_words, unrepeated_figures, disorder, overtime)
PROJECTS = {"vip": "vip-care", "telemarketing": "telemarketing", "winback": "win-back", "survey": "survey"}


def claims_of(call: HeardCall) -> list[Claim]:
    script = shipped().script(call.facts.project)
    assert script is not None
    held = hold_against(script, call, shipped())
    return [claim for rule in RULES for claim in rule(held)]


def test_calls_without_faults_are_left_alone() -> None:
    false = []
    for _, _, call in simulated(100, 9, seconds=120, rates=Rates(faulty=0, asked=1)):
        false += [claim.explanation for claim in claims_of(call)]
    assert false == []


@pytest.mark.parametrize(
    ("rule", "least"), [("script.answer", 0.65), ("script.jargon", 0.6), ("script.key_figure", 0.9)]
)
def test_most_planted_faults_are_found(rule: str, least: float) -> None:
    only = Rates(faulty=1, further=0, phrase=0, missing=0, voice=0, call=0, script=1)
    planted, found = 0, 0
    for _, said, call in simulated(140, 3, seconds=45, rates=only):
        spans = [span for line, span in said for mark in line.marks if mark.rule == rule]
        if spans:
            claims = [claim.span for claim in claims_of(call) if claim.rule == rule]
            planted += 1
            found += any(claim and claim.overlap_ms(spans[0]) > 0 for claim in claims)
    assert planted > 20
    assert found / planted >= least


@pytest.mark.parametrize("project", PROJECTS.values())
def test_calls_written_by_somebody_else_have_no_such_fault(project: str) -> None:
    script = shipped().script(project)
    assert script is not None
    claims = []
    for lines in held_out():
        held = hold_against(script, talk(*(f"{speaker} {words}" for speaker, words, _ in lines)), shipped())
        claims += [c.explanation for rule in (unapproved_answers, specialist_words) for c in rule(held)]
    # 你是推销的吧 is asked in a sale, of which the survey's script knows nothing.
    assert len(claims) <= (1 if project == "survey" else 0), claims
