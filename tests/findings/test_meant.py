from pipeline.checks.phrases.check import find_phrases
from pipeline.findings.meant import taken_for
from pipeline.records.finding import Finding, Severity
from tests.dialogue import shipped, talk


def found(line):
    (claim,) = [one for one in find_phrases(talk(line), shipped()) if one.rule == "phrase.privacy"]
    return Finding(
        "phrase.privacy", 1, "phrase", Severity.FATAL, "P-70", claim.speaker, claim.span, claim.text, claim.matched,
        claim.match, claim.confidence, claim.explanation, True,
    )  # fmt: skip


def test_the_phrase_that_was_meant_is_read_from_the_explanation():
    heard, meant = taken_for(found("agent 把您收到的验正码念给我"))
    assert "验正码" in heard
    assert "验证码" in meant


def test_words_as_written_were_taken_for_nothing_else():
    assert taken_for(found("agent 把您收到的验证码念给我")) is None
