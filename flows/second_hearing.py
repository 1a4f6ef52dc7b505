"""A phrase that would be fatal is heard a second time before it counts.

The clip alone, without what was said before it, decoded another way: words that only the context suggested do not come again.

    first    agent  20.0-21.5  你有病啊         phrase.abuse, fatal
    second   你有病啊                            held: counts, and says so
    second   有什么病啊                          not held: a reviewer listens, and until then it counts for nothing
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.checks.phrases.after_refusal import RULE as PRESSING
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Finding, Match, Severity
from pipeline.records.recording import RATE_HZ, Audio, Samples
from pipeline.records.span import Span
from pipeline.records.turn import Speaker
from pipeline.text.packs import FIRST
from pipeline.transcription.engine import Engine
from pipeline.transcription.hallucination import believable
from pipeline.transcription.transcript import simplified

_AROUND_MS = 700
_UNSURE = 0.5


def heard_again(findings: Sequence[Finding], audio: Audio, engine: Engine, ruleset: Ruleset) -> tuple[Finding, ...]:
    """The findings, each fatal phrase with the outcome of its second hearing; `audio` is what was heard the first time."""
    doubtful = [finding for finding in findings if _is_fatal_phrase(finding)]
    windows = [_clip(finding, audio, engine.longest_window_ms) for finding in doubtful]
    texts = ["".join(word.text for word in simplified(believable(heard))) for heard in engine.hear_again(windows)]
    told = {id(finding): _told(finding, text, ruleset) for finding, text in zip(doubtful, texts, strict=True)}
    return tuple(told.get(id(finding), finding) for finding in findings)


def _is_fatal_phrase(finding: Finding) -> bool:
    return (
        finding.severity is Severity.FATAL
        and finding.counts
        and finding.span is not None
        and finding.match in (Match.EXACT, Match.PHONETIC, Match.STRUCTURE)
        and finding.rule.startswith("phrase.")
    )


def _clip(finding: Finding, audio: Audio, longest_ms: int) -> Samples:
    """The words with a little of what surrounds them, on the speaker's channel."""
    span = finding.span or Span(0, 0)
    side = audio.customer if finding.speaker is Speaker.CUSTOMER and audio.customer is not None else audio.agent
    around = max(0, min(_AROUND_MS, (longest_ms - span.length_ms) // 2))
    start = max(0, span.start_ms - around)
    return side[start * RATE_HZ // 1000 : min(span.end_ms + around, start + longest_ms) * RATE_HZ // 1000]


def _is_said(finding: Finding, text: str, ruleset: Ruleset) -> bool:
    """Whether the words that the rule goes by are heard in the clip: its phrases, what decides its conditions, what is pressing."""
    if finding.match is Match.STRUCTURE and ruleset.conditions.hears(finding.rule, text):
        return True
    hits = ruleset.phrases.find(text)
    if finding.match is Match.STRUCTURE and finding.rule == PRESSING:
        hits += ruleset.pressing.find(text)
    return any(hit.phrase.key in (finding.rule, FIRST) and hit.match is not Match.NEAR for hit in hits)


def _told(finding: Finding, text: str, ruleset: Ruleset) -> Finding:
    if _is_said(finding, text, ruleset):
        return replace(finding, explanation=f"{finding.explanation}单独再听一遍，听到“{text}”，结果成立。")
    heard = f"听到“{text}”" if text else "没有听到话"
    return replace(
        finding,
        counts=False,
        confidence=min(finding.confidence, _UNSURE),
        explanation=f"{finding.explanation}单独再听一遍，{heard}，结果不成立，只交人工复核。",
    )
