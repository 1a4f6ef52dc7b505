"""What the policy asks of vendors: how long a mode qualifies, what they must have and show (P-01 to P-04)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.policy.section import Section
from pipeline.records.project import BusinessType, Mode


@dataclass(frozen=True, slots=True)
class RegistryPolicy:
    """`term_years` a qualification lasts and `experience_years` it takes, by mode (P-01, P-03); the base conditions (P-02); `check_month` in
    which general and exclusive vendors are visited (P-04); `script_s`, the length of a shipped script where a project is not registered.
    """

    term_years: Mapping[Mode, int]
    experience_years: Mapping[Mode, int]
    tax_city: str
    capital_yuan: int
    seats: int
    agents: int
    area_m2: int
    recordings_months: int
    check_month: int
    script_s: Mapping[BusinessType, int]


def read_registry(section: Section) -> RegistryPolicy:
    """[registry]."""
    terms, experience, scripts = (section.table(key) for key in ("term_years", "experience_years", "script_s"))
    policy = RegistryPolicy(
        term_years={mode: terms.whole(mode.value, 1, 100) for mode in Mode},
        experience_years={mode: experience.whole(mode.value, 0, 100) for mode in Mode},
        tax_city=section.text("tax_city"),
        capital_yuan=section.whole("capital_yuan", 0, 10**12),
        seats=section.whole("seats", 0, 1_000_000),
        agents=section.whole("agents", 0, 1_000_000),
        area_m2=section.whole("area_m2", 0, 1_000_000),
        recordings_months=section.whole("recordings_months", 0, 1200),
        check_month=section.whole("check_month", 1, 12),
        script_s={business_type: scripts.whole(business_type.value, 1, 86_400) for business_type in BusinessType},
    )
    for part in (terms, experience, scripts, section):
        part.done()
    return policy
