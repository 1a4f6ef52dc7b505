"""How far two people agree who judged the same findings without knowing of each other.

                        second: a fault    none
    first: a fault             40             9
           none                 6            45        85 of 100 alike; κ 0.70, AC1 0.70, positive agreement 0.84

    where nearly all are faults (80, 10, 5, 5)         85 of 100 alike; κ 0.32, AC1 0.81, positive agreement 0.91

Chance alone makes some judgements alike. Cohen's κ takes for chance what the two would share if each drew lots in his own proportions, and so falls
without anybody's fault where nearly everything is of one kind; Gwet's AC1 does not. Positive agreement leaves out what both called no fault, and so
does not grow by what nobody would have doubted.

Sources: J. Cohen, A coefficient of agreement for nominal scales (1960), with the error of J. L. Fleiss, J. Cohen, B. S. Everitt, Large sample
standard errors of kappa and weighted kappa (1969); K. L. Gwet, Computing inter-rater reliability and its variance in the presence of high agreement
(2008); D. V. Cicchetti, A. R. Feinstein, High agreement but low kappa II (1990), from which the figures above are.
"""

from collections.abc import Hashable, Iterable, Sequence
from math import fsum, sqrt

from pipeline.records.estimate import Interval
from pipeline.scoring.intervals import Z_95, proportion

Table = Sequence[Sequence[int]]
"""What the first said, row by row, against what the second said: `table[k][l]` findings that were k to the first and l to the second."""


def table_of(pairs: Iterable[tuple[Hashable, Hashable]], kinds: Sequence[Hashable]) -> list[list[int]]:
    """The table of what two people said, of the kinds in this order. Raises ValueError for another kind."""
    places = {kind: place for place, kind in enumerate(kinds)}
    table = [[0] * len(kinds) for _ in kinds]
    for first, second in pairs:
        if first not in places or second not in places:
            raise ValueError(f"{first!r} and {second!r} are not both of {kinds}")
        table[places[first]][places[second]] += 1
    return table


def alike(table: Table) -> Interval:
    """The share that both said the same of, with Wilson's interval."""
    found, of = sum(table[k][k] for k in range(len(table))), sum(map(sum, table))
    return proportion(found, of)


def kappa(table: Table) -> Interval | None:
    """Cohen's κ with its large-sample interval. None where nothing was judged, or one of the two said the same of everything: then κ is 0, whatever
    the other says, and tells nothing.
    """
    if not (count := sum(map(sum, table))):
        return None
    shares = [[cell / count for cell in row] for row in table]
    kinds = range(len(shares))
    first = [fsum(row) for row in shares]
    second = [fsum(row[k] for row in shares) for k in kinds]
    seen, chance = fsum(shares[k][k] for k in kinds), fsum(first[k] * second[k] for k in kinds)
    if min(_kinds(map(sum, table)), _kinds(map(sum, zip(*table, strict=True)))) < 2:
        return None
    value = (seen - chance) / (1 - chance)
    on = fsum(shares[k][k] * (1 - (first[k] + second[k]) * (1 - value)) ** 2 for k in kinds)
    off = fsum(shares[k][n] * (second[k] + first[n]) ** 2 for k in kinds for n in kinds if k != n)
    variance = on + (1 - value) ** 2 * off - (value - chance * (1 - value)) ** 2
    return _around(value, variance / (count * (1 - chance) ** 2))


def ac1(table: Table) -> Interval | None:
    """Gwet's AC1 with its large-sample interval; None where nothing was judged."""
    if not (count := sum(map(sum, table))):
        return None
    shares = [[cell / count for cell in row] for row in table]
    kinds = range(len(shares))
    # How often a kind is said by either.
    often = [(fsum(shares[k]) + fsum(row[k] for row in shares)) / 2 for k in kinds]
    others = len(shares) - 1
    seen, chance = fsum(shares[k][k] for k in kinds), fsum(share * (1 - share) for share in often) / others
    value = (seen - chance) / (1 - chance)
    same = fsum(shares[k][k] * (1 - often[k]) for k in kinds) / others - seen * chance
    each = fsum(shares[k][n] * (1 - (often[k] + often[n]) / 2) ** 2 for k in kinds for n in kinds) / others**2
    variance = seen * (1 - seen) - 4 * (1 - value) * same + 4 * (1 - value) ** 2 * (each - chance**2)
    return _around(value, variance / (count * (1 - chance) ** 2))


def positive(both: int, one: int) -> Interval | None:
    """Positive agreement: of two people's faults those that both named, 2a / (2a + b + c). None where nobody named one.

    `both` faults were named by both, `one` by either alone. Its interval is Wilson's of a / (a + b + c), which grows with it.
    """
    if not both + one:
        return None
    share = proportion(both, both + one)
    return Interval(*(2 * bound / (1 + bound) for bound in (share.value, share.low, share.high)))


def _kinds(counts: Iterable[int]) -> int:
    """How many kinds somebody used at all."""
    return sum(count > 0 for count in counts)


def _around(value: float, variance: float) -> Interval:
    """Neither coefficient passes 1, nor falls below −1."""
    value, arm = min(1.0, max(-1.0, value)), Z_95 * sqrt(max(0.0, variance))
    return Interval(value, max(-1.0, value - arm), min(1.0, value + arm))
