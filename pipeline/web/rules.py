"""The catalogue: every rule with what it is about, how often it was found and how often it was right, and what waits for approval."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.checks.catalogue import RULES, Entry
from pipeline.checks.catalogue import entry as rule_entry
from pipeline.records.quality import RuleQuality
from pipeline.scoring.inspection_quality import by_rule
from pipeline.services.rule_files import PACKS, SCRIPTS, rule_names
from pipeline.store.policies import policy_versions
from pipeline.store.quality import Scope, rule_counts
from pipeline.store.rule_versions import open_proposals
from pipeline.web.finding_counts import finding_counts
from pipeline.web.pages import page
from pipeline.web.rule_words import CATEGORY_NAMES, file_name
from pipeline.web.visit import RulesReading

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """A rule. `found`: findings of all stored calls; `pack`: the name of its file where it has one."""

    entry: Entry
    found: int
    quality: RuleQuality | None
    pack: str | None


@router.get("/rules")
def rules(request: Request, visit: RulesReading) -> Response:
    """All rules by category, the packs and scripts, and open proposals."""
    packs = rule_names(visit.settings, PACKS)
    with visit.reading() as session:
        qualities = {one.rule: one for one in by_rule(rule_counts(session, Scope(visit.person)), {})}
        waiting = open_proposals(session)
        policies = [one for one in policy_versions(session) if one.approved_at is None and not one.replaced]
        counts = finding_counts(session, visit.now)
    return page(
        visit, request, "rules.html", groups=_groups(packs, counts, qualities), category_names=CATEGORY_NAMES,
        scripts=rule_names(visit.settings, SCRIPTS), waiting=waiting, policies=policies, file_name=file_name,
    )  # fmt: skip


def _groups(
    packs: tuple[str, ...], counts: Mapping[str, int], qualities: Mapping[str, RuleQuality]
) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {category: [] for category in CATEGORY_NAMES}
    for rule in RULES:
        entry = rule_entry(rule)
        name = rule.partition(".")[2]
        pack = name if entry.category == "phrase" and name in packs else None
        groups[entry.category].append(Row(entry, counts.get(rule, 0), qualities.get(rule), pack))
    return groups
