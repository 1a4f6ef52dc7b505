import pipeline.checks.run  # noqa: F401 - loads the rules
from pipeline.checks.check import check


def test_every_voice_rule_of_the_catalogue_is_there() -> None:
    names = {rule.rule for rule in check if not rule.rule.startswith("audio.")}
    assert names == {
        f"voice.{fault}"
        for fault in (
            *("too_fast", "too_slow", "dead_air", "slow_response", "interruption", "monologue"),
            *("raised", "level_low", "level_high", "clipped", "noise"),
        )
    }
