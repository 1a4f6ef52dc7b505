"""The packs on speech nobody wrote for them: neutral sentences, and calls with faults marked by somebody else.

The bounds are what was measured; a change that is worse by more than a hit or two fails.
"""

from pathlib import Path

import pytest

from pipeline.checks.phrases.check import find_phrases
from pipeline.records.finding import Match
from pipeline.records.turn import Speaker
from tests.dialogue import shipped, talk

ROOT = Path(__file__).parents[3]
TEXT = ROOT / "models" / "demo-asr" / "text"
EVERY = 4


def found(text: str) -> list[tuple[str, bool]]:
    """(rule, whether it is only near)."""
    return [(claim.rule or "", claim.match is Match.NEAR) for claim in find_phrases(talk(f"agent {text}"), shipped())]


# Hits in every fourth line, each looked at: most are real faults among the lines (您别急着拒绝听一耳朵, 滚开我不想看见你). `near` are for reviewers.
@pytest.mark.parametrize(
    ("name", "most", "near"), [("agent_opening", 4, 6), ("agent_body", 4, 6), ("service", 5, 6), ("everyday", 8, 36)]
)
def test_neutral_text_is_left_alone(name: str, most: int, near: int) -> None:
    lines = (TEXT / f"{name}.txt").read_text(encoding="utf-8").splitlines()[::EVERY]
    assert len(lines) > 400
    hits = [(rule, is_near, line) for line in lines for rule, is_near in found(line)]
    assert sum(not is_near for _, is_near, _ in hits) <= most, hits
    assert sum(is_near for _, is_near, _ in hits) <= near, hits


def held_out() -> list[list[tuple[Speaker, str, str]]]:
    """Calls as (speaker, words, marked rule or empty)."""
    calls: list[list[tuple[Speaker, str, str]]] = []
    for line in (ROOT / "tests" / "held_out" / "dialogues.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            calls.append([])
        else:
            words, _, rule = line.partition("\t")
            calls[-1].append((Speaker.AGENT if words[0] == "A" else Speaker.CUSTOMER, words[2:], rule.strip()))
    return calls


def test_faults_marked_by_somebody_else() -> None:
    marked, right, near, wrong = 0, 0, 0, []
    for lines in held_out():
        call = talk(*(f"{speaker} {words}" for speaker, words, _ in lines))
        claims = [claim for claim in find_phrases(call, shipped()) if claim.span is not None]
        for turn, (_, words, rule) in zip(call.turns, lines, strict=True):
            here = [claim for claim in claims if claim.span and claim.span.overlap_ms(turn.span) > 0]
            said = {claim.rule for claim in here}
            near += sum(claim.match is Match.NEAR and claim.rule != rule for claim in here)
            marked += rule != ""
            right += rule in said
            wrong += [(words, c.rule) for c in here if c.rule != rule and c.match is not Match.NEAR]
    assert marked == 24
    # Found when first run: 15 with 7 false. The packs were widened since, so that this is a floor and no longer a measurement.
    assert right >= 23
    assert len(wrong) <= 1, wrong
    assert near <= 8
