"""Truncated: the recording ends before the call did (P-72).

    manifest 180 s, recording 20 s                       claimed
    header 60 s, the file's bytes end after 6 s          claimed

A difference within `recordings.decode.tolerance_ms` is no reason for the decoder, and none here.
"""

from collections.abc import Iterator

from pipeline.checks.check import HeardCall, Standard, check
from pipeline.records.finding import Claim, Match

_CUT = frozenset({"truncated", "shorter_than_header", "shorter_than_manifest"})


@check("audio.truncated", version=1)
def truncated(call: HeardCall, _standard: Standard) -> Iterator[Claim]:
    """Claim a call whose recording is shorter than its manifest or its own header says."""
    cut = [reason for reason in call.reasons if reason in _CUT]
    if not cut:
        return
    whole_ms = call.facts.duration_ms
    promised = (
        f"清单上通话 {whole_ms / 1000:.0f} 秒"
        if whole_ms is not None and "shorter_than_manifest" in cut
        else "文件头所写的更长"
    )
    explanation = f"录音只有 {call.decoded_ms / 1000:.0f} 秒，{promised}；缺少的部分无法评定。"
    yield Claim(None, explanation, matched=" ".join(cut), match=Match.STRUCTURE)
