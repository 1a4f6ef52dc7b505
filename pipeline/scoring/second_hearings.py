"""How alike two people judge who heard the same calls without knowing of each other.

    call 0007   finding 12 phrase.taunt    first: confirmed    second: confirmed     alike
                finding 13 voice.noise     first: confirmed    second: overturned    not
                phrase.abuse 61.0-62.5 s   first: added        second: nothing       one fault of one of them

Findings are what agreement is told by. Faults that somebody added have no place among them, for what neither added cannot be counted; they count in
positive agreement, which does not need it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.records.quality import AddedTwice, Judged, NamedFault, PairAgreement
from pipeline.scoring.agreement import ac1, alike, kappa, positive, table_of


def by_pair(judged: Iterable[Judged]) -> tuple[PairAgreement, ...]:
    """How each two agree, the names of a pair in their order, pairs with most findings first."""
    pairs: dict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    for one in judged:
        is_swapped = one.first > one.second
        names = (one.second, one.first) if is_swapped else (one.first, one.second)
        said = (one.is_fault_to_first, one.is_fault_to_second)
        pairs[names].append((*(said[::-1] if is_swapped else said), one.finding_id is not None))
    found = [_pair(names, said) for names, said in pairs.items()]
    return tuple(sorted(found, key=lambda one: (-one.findings, one.first, one.second)))


def _pair(names: tuple[str, str], said: Sequence[tuple[bool, bool, bool]]) -> PairAgreement:
    # What nobody added cannot be counted, so of added faults nothing but positive agreement can be told.
    table = table_of(((first, second) for first, second, is_finding in said if is_finding), (True, False))
    both = sum(first and second for first, second, _ in said)
    one = sum(first != second for first, second, _ in said)
    count = sum(map(sum, table))
    return PairAgreement(*names, count, alike(table), kappa(table), ac1(table), both + one, positive(both, one))


def matched(added: AddedTwice) -> list[Judged]:
    """What two people added to a call, each once: of one rule and touching, it is one fault."""
    left, found = list(added.by_second), []
    for fault in added.by_first:
        same = next((other for other in left if is_same_fault(fault, other)), None)
        if same is not None:
            left.remove(same)
        found.append((fault.rule, True, same is not None))
    found += [(fault.rule, False, True) for fault in left]
    return [Judged(added.call_pk, None, rule, added.first, added.second, *said) for rule, *said in found]


def is_same_fault(one: NamedFault, other: NamedFault) -> bool:
    """Whether both are of one rule and touch, or one is about the whole call."""
    if one.rule != other.rule:
        return False
    if one.span is None or other.span is None:
        return True
    return one.span.touches(other.span)
