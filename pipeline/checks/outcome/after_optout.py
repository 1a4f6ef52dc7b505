"""Called again after 别再打了 (P-24): a call to a number whose customer had asked, in an earlier call, not to be called any more.

    2 March  10:00  华声外呼   customer  0:12  别再打了
    2 March  18:00  远达呼叫                       in time: the day's numbers were handed out in the morning
    3 March  10:00  远达呼叫                       claimed, naming the call of 2 March and its second 12

Any vendor's call counts. The grace is `optout_grace_h` of `lexicons/standard.toml`; a call exactly that long afterwards is still in time. Of
several opt-outs the earliest that was surely heard, in listed words, is named; one that was heard unsurely or only by its likeness leads to a
finding for a reviewer alone.

Reviewers read whose call it was and the customer's words; a vendor that was called by nobody there reads the day alone:

    这个号码在 2026 年 3 月 2 日已列入免打扰名单，以后仍被呼叫。
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from pipeline.checks.check import CallFacts
from pipeline.checks.ruleset import Ruleset
from pipeline.records.finding import Claim, Finding, Match
from pipeline.records.optout import KnownOptOut

RULE = "call.after_optout"
# As `_told` says it; the vendor's name stands before the second.
_SAID = re.compile(
    r"客户在 (?P<year>\d+)-(?P<month>\d+)-(?P<day>\d+) [\d:]+ 的通话 .*?（(?P<vendor>[^“]*)）第 \d+ 秒说过“"
)


def after_optout(facts: CallFacts, ruleset: Ruleset) -> Iterator[Claim]:
    """Claim a call that began after a known opt-out and its grace. Needs nothing that is heard in this call itself."""
    began, standard = facts.started_at, ruleset.standard
    if began is None:
        return
    grace = timedelta(hours=standard.optout_grace_h)
    ignored = sorted((known for known in facts.optouts if began - known.at > grace), key=_order)
    sure = [known for known in ignored if _is_sure(known, standard.speaker_confidence)]
    for known in (sure or ignored)[:1]:
        words = known.optout
        yield Claim(
            None,
            _told(known, ruleset),
            matched=words.matched,
            match=Match.NEAR if words.match is Match.NEAR else Match.STRUCTURE,
            confidence=words.confidence,
            rule=RULE,
        )


def is_of_another(finding: Finding, vendor: str) -> bool:
    """Whether the customer had opted out in another vendor's call: its name, the second and the words are none of this vendor's business."""
    if finding.rule != RULE:
        return False
    said = _SAID.match(finding.explanation)
    return said is None or said["vendor"] != vendor


def told_to(finding: Finding, vendor: str) -> Finding:
    """The finding as the people of the vendor whose call it is may read it."""
    if not is_of_another(finding, vendor):
        return finding
    said = _SAID.match(finding.explanation)
    # Written so that masking does not take the day for a number.
    when = f"在 {said['year']} 年 {int(said['month'])} 月 {int(said['day'])} 日" if said else ""
    return replace(finding, text="", matched="", explanation=f"这个号码{when}已列入免打扰名单，以后仍被呼叫。")


def _is_sure(known: KnownOptOut, least: float) -> bool:
    return known.optout.match is not Match.NEAR and known.optout.confidence >= least


def _told(known: KnownOptOut, ruleset: Ruleset) -> str:
    is_near = known.optout.match is Match.NEAR
    said_at = known.at.astimezone(ruleset.hours.zone)
    second = known.optout.span.start_ms // 1000
    return (
        f"客户在 {said_at:%Y-%m-%d %H:%M} 的通话 {known.call_id}（{known.vendor}）第 {second} 秒说过“{known.optout.matched}”，"
        f"{ruleset.standard.optout_grace_h} 小时以后这个号码仍被呼叫。"
        f"{'这句话不在词表中，只是与拒绝来电的例句相近，只作复核线索。' if is_near else ''}"
    )


def _order(known: KnownOptOut) -> tuple[object, ...]:
    return known.at, known.vendor, known.call_id
