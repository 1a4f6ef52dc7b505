"""The shipped policy with one thing changed, to show that the thing counts."""

from pathlib import Path

from pipeline.policy.policy import Policy, load_policy
from pipeline.settings import CHECKOUT

SHIPPED = CHECKOUT / "lexicons" / "policy.toml"


def changed(folder: Path, old: str, new: str) -> Policy:
    """The policy where `old`, which must stand there once, is `new`."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the policy"
    file = folder / "policy.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return load_policy(file)
