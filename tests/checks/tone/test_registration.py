import pipeline.checks.tone  # noqa: F401 - registers the rules
from pipeline.checks.check import registered


def test_every_voice_rule_of_the_catalogue_is_there() -> None:
    names = {check.rule for check in registered() if check.rule.startswith("voice.")}
    assert names == {
        f"voice.{fault}"
        for fault in (
            *("too_fast", "too_slow", "dead_air", "slow_response", "interruption", "monologue"),
            *("raised", "level_low", "level_high", "clipped", "noise"),
        )
    }
