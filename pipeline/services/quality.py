"""How well inspection itself works, for those who answer for it.

A reviewer sees how he himself judges beside others, not how others do beside each other.
"""

from itertools import chain

from sqlalchemy.orm import Session

from pipeline.records.person import Person, Role
from pipeline.records.quality import Effort, PairAgreement, Quality
from pipeline.scoring.effort import efforts
from pipeline.scoring.inspection_quality import by_match, by_rule, by_version, missed_faults
from pipeline.scoring.second_hearings import by_pair, matched
from pipeline.store.quality import Scope, added_counts, control_counts, rule_counts, sittings
from pipeline.store.second_hearings import faults_added_twice, findings_heard_twice


def quality(session: Session, scope: Scope) -> Quality:
    """All figures. The rule says nothing of whole calls: what is missed, and what a fault costs, is of all rules."""
    counts = rule_counts(session, scope)
    added = (matched(one) for one in faults_added_twice(session, scope))
    judged = chain(findings_heard_twice(session, scope), chain.from_iterable(added))
    return Quality(
        by_rule(counts, added_counts(session, scope)),
        by_version(counts),
        by_match(counts),
        missed_faults(control_counts(session, scope)),
        tuple(pair for pair in by_pair(judged) if _may_see_pair(scope.person, pair)),
        tuple(one for one in efforts(sittings(session, scope)) if _may_see_effort(scope.person, one)),
    )


def _may_see_pair(person: Person, pair: PairAgreement) -> bool:
    return person.role is not Role.REVIEWER or person.name in (pair.first, pair.second)


def _may_see_effort(person: Person, effort: Effort) -> bool:
    return person.role is not Role.REVIEWER or effort.person in (None, person.name)
