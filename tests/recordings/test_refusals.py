"""Every reason that can quarantine a recording is said in Chinese."""

import re

from pipeline.recordings.refusals import REASONS, explained
from pipeline.settings import CHECKOUT


def test_every_reason_raised_has_its_own_words() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (CHECKOUT / "pipeline/recordings").glob("*.py"))
    raised = set(re.findall(r'(?:AudioError|Refusal)\(\s*"(\w+)"', sources))
    assert len(raised) > 10
    assert raised <= set(REASONS)
    assert all("录音无法评定（" not in explained(reason) for reason in REASONS)


def test_a_reason_without_words_is_named() -> None:
    assert explained("new_one") == "录音无法评定（new_one），无法评定"
