"""A call at an hour when people are left in peace (P-24): before opening or from closing on, local time.

08:30:00 is in time, 21:00:00 is not (limits in `lexicons/standard.toml`, [hours]).
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Match

RULE = "call.out_of_hours"


def out_of_hours(call: HeardCall, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim a call that the manifest says began outside the allowed hours."""
    if call.facts.started_at is None:
        return
    hours = ruleset.hours
    began = call.facts.started_at.astimezone(hours.zone)
    if not hours.opens <= began.time() < hours.closes:
        allowed = f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"
        explanation = f"{began:%H:%M} 呼出，不在允许的 {allowed} 之内。"
        yield Claim(None, explanation, matched=f"{began:%H:%M}", match=Match.STRUCTURE, rule=RULE)
