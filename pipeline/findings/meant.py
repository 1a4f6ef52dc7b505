"""Which phrase a finding took the words for, as its explanation names it (`checks/phrases/check.py` writes it).

听到“这个不归我们馆”（…），与推诿类用语“这个不归我们管”（…）读音相同或相近     这个不归我们管
听到“您可真是对人”，与讽刺类用语“您可真是贵人”相近但不完全一致              您可真是贵人
"""

import re

from pipeline.records.finding import Finding, Match

_MEANT = re.compile(r"^听到“(?P<heard>[^”]+)”.*?类用语“(?P<meant>[^”]+)”")


def taken_for(finding: Finding) -> tuple[str, str] | None:
    """What was heard and the phrase it was taken for; None where the words are the phrase itself, or no words matched at all."""
    if finding.match not in (Match.PHONETIC, Match.NEAR):
        return None
    found = _MEANT.match(finding.explanation)
    return None if found is None else (found["heard"], found["meant"])
