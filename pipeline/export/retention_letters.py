"""Letters about recordings: a vendor is to destroy its copies of what was destroyed here, or to produce some old ones."""

from collections.abc import Sequence
from datetime import date

from pipeline.records.feedback import Letter, LetterKind

Named = tuple[str, str]
"""A call's id, and its day or its archive number."""


def destruction_letter(number: int, vendor: str, calls: Sequence[Named], today: date) -> Letter:
    """The demand to destroy a vendor's copies of the recordings on a list."""
    lines = [f"   {call_id}（档案号 {archive}）" for call_id, archive in calls]
    body = [
        f"{vendor}：",
        "",
        f"下列 {len(calls)} 通录音留存期已满，运营商已按第 {number} 号清单在监督下销毁。",
        "请一并销毁贵公司的全部副本（含备份），由监督人签字，并将书面证明交客服中心。",
        "",
        *lines,
    ]
    return Letter(
        key=f"destruction {number} {vendor}",
        vendor=vendor,
        kind=LetterKind.DESTRUCTION,
        day=today,
        title=f"第 {number} 号清单录音副本的销毁",
        body="\n".join(body) + "\n",
        subjects=(f"destruction {number}",),
        acknowledge_days=None,
    )


def probe_letter(vendor: str, seed: str, calls: Sequence[Named], today: date) -> Letter:
    """The demand to produce recordings that must still be producible (P-72)."""
    lines = [f"   {call_id}（{day}）" for call_id, day in calls]
    body = [f"{vendor}：", "", f"请调取下列 {len(calls)} 通仍在留存期内的录音，交客服中心核验：", "", *lines]
    return Letter(
        key=f"probe {seed} {vendor}",
        vendor=vendor,
        kind=LetterKind.PROBE,
        day=today,
        title=f"调取 {len(calls)} 通录音",
        body="\n".join(body) + "\n",
        subjects=(f"probe {seed}",),
        acknowledge_days=None,
    )
