"""Facts of vendors written as text, one a line: vendor[/project], fact, value, days, and its document where there is one.

华声           mode          exclusive                        2026-01-01
华声           qualification exclusive                        2026-01-01..2027-12-31
华声           capital_yuan  800000                           2025-12-10   17 of 2025-12-01
华声/养老关怀  project       telemarketing telemarketing 280  2026-02-01
"""

import re
from datetime import UTC, date, datetime

from pipeline.records.registry import Fact, FactKind

RECORDED = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
_LINE = re.compile(
    r"(?P<vendor>[^\s/]+)(/(?P<project>\S+))?\s+(?P<kind>[a-z_0-9]+)\s+(?P<value>.+?)\s+"
    r"(?P<first>\d{4}-\d\d-\d\d)(\.\.(?P<last>\d{4}-\d\d-\d\d))?(\s+(?P<document>\S+) of (?P<of>\S+))?"
)

BASE = """
    华声  confidentiality    已签    2026-01-01  BM-1 of 2025-12-20
    华声  licence            年检    2026-01-01  N-1 of 2026-01-01
    华声  tax_registration   长沙市  2026-01-01  S-1 of 2024-05-06
    华声  legal_person       公司    2026-01-01  F-1 of 2024-05-06
    华声  capital_yuan       500000  2026-01-01  Y-1 of 2025-12-01
    华声  seats              10      2026-01-01  K-1 of 2025-12-01
    华声  agent_count        15      2026-01-01  K-1 of 2025-12-01
    华声  area_m2            50      2026-01-01  K-1 of 2025-12-01
    华声  recordings_months  3       2026-01-01  K-1 of 2025-12-01
"""
GENERAL = (
    BASE
    + """
    华声  mode             general  2026-01-01
    华声  qualification    general  2026-01-01..2028-12-31
    华声  experience_years 3        2026-01-01  J-1 of 2025-12-01
    华声  clean_record     yes      2026-01-01  J-2 of 2025-12-01
    华声  joining_fee_fen  100      2026-01-01  J-3 of 2025-12-01
"""
)
EXCLUSIVE = (
    BASE
    + """
    华声  mode             exclusive  2026-01-01
    华声  qualification    exclusive  2026-01-01..2027-12-31
    华声  experience_years 1          2026-01-01  J-1 of 2025-12-01
    华声  exclusivity      已签       2026-01-01  J-2 of 2025-12-01
    华声  deposit_fen      5000000    2026-01-01  J-3 of 2025-12-01
"""
)
SPECIALIST = (
    BASE
    + """
    华声  mode             specialist  2026-01-01
    华声  qualification    specialist  2026-01-01..2026-12-31
    华声  experience_years 2           2026-01-01  J-1 of 2025-12-01
    华声  exclusivity      已签        2026-01-01  J-2 of 2025-12-01
"""
)


def facts(text: str) -> tuple[Fact, ...]:
    """The facts of a text, in its order."""
    return tuple(_fact(line.strip()) for line in text.splitlines() if line.strip())


def _fact(line: str) -> Fact:
    if (found := _LINE.fullmatch(line)) is None:
        raise ValueError(f"{line!r} is no fact")
    return Fact(
        vendor=found["vendor"],
        kind=FactKind(found["kind"]),
        value=found["value"],
        valid_from=date.fromisoformat(found["first"]),
        person="王敏",
        recorded_at=RECORDED,
        project=found["project"] or "",
        valid_until=date.fromisoformat(found["last"]) if found["last"] else None,
        document=found["document"] or "",
        document_date=date.fromisoformat(found["of"]) if found["of"] else None,
    )
