"""A policy file held against the rules that there are: one that names a rule wrongly would never deduct, post or warn by it.

[warning] breaches: "phrase.abus" is no rule
[score] item: no item for script.jargon
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.checks.catalogue import RULES
from pipeline.errors import LexiconError
from pipeline.policy.policy import Policy, parse_policy

_EVERY = ".*"


def read_policy(file: Path) -> tuple[bytes, Policy]:
    """A policy file's text and what it says. Raises LexiconError naming file, key and reason."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise LexiconError(f"{file}: cannot be read: {error.strerror}") from error
    return content, check_policy(content, str(file))


def check_policy(content: bytes, name: str) -> Policy:
    """What a policy's text says; `name` says in errors whose it is. Raises LexiconError naming it, key and reason."""
    policy = parse_policy(content, name)
    if (mistake := next(_mistakes(policy), None)) is not None:
        raise LexiconError(f"{name}: {mistake}")
    return policy


def _mistakes(policy: Policy) -> Iterator[str]:
    categories = {rule.split(".")[0] + _EVERY for rule in RULES}
    listed = {
        "[score] item": [rule for item in policy.score.items for rule in item.rules if rule not in categories],
        "[score.rule]": list(policy.score.by_rule),
        "[posting] by_machine": list(policy.posting.by_machine),
        "[warning] breaches": list(policy.warning.breaches),
    }
    for place, rules in listed.items():
        yield from (f"{place}: {rule!r} is no rule" for rule in rules if rule not in RULES)
    for rule in RULES:
        try:
            policy.score.item(rule)
        except KeyError:
            yield f"[score] item: no item for {rule}, so that it could lose no points"
