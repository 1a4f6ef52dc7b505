"""What a vendor must have before it works, and what keeps it out (P-01 to P-04, P-63, P-70).

    华声外呼, general, 600,000 yuan, 12 seats, 14 agents …      agent_count: 14, at least 15 are asked for
    华声外呼 applies for survey, which 远达呼叫 has as general   one general agent is the only vendor of a type
    out of survey on 2026-03-10, applies again 2027-03-09       a type is barred for one year, until 2027-03-10

Conditions must hold on the day from which a vendor is admitted. What lapses later is shown and ends nothing by itself: an exit takes P-62.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.ledger.vendors import vendor_on
from pipeline.policy.consequences import ExitPolicy
from pipeline.policy.registry import RegistryPolicy
from pipeline.records.project import BusinessType, Mode
from pipeline.records.registry import Answer, Fact, FactKind, Vendor

_NOT_RECORDED = "未登记"
_FOR_NO_OTHER = (Mode.EXCLUSIVE, Mode.SPECIALIST)


@dataclass(frozen=True, slots=True)
class Lack:
    """A condition that is not met: of which kind, and why, for the command line and for people."""

    kind: FactKind
    reason: str
    chinese: str

    def __str__(self) -> str:
        return f"{self.kind.value} ({self.kind.chinese}): {self.reason}"


def years_after(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, where there is none, the day after."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(first: date, mode: Mode, policy: RegistryPolicy) -> date:
    """The last day of a qualification that begins on a day (P-01): three years, two, or one."""
    return years_after(first, policy.term_years[mode]) - timedelta(days=1)


def missing_of(vendor: Vendor, policy: RegistryPolicy) -> tuple[str, ...]:
    """What the vendor lacks on its day, one line each; empty where everything is there."""
    return tuple(map(str, lacks_of(vendor, policy)))


def lacks_of(vendor: Vendor, policy: RegistryPolicy) -> tuple[Lack, ...]:
    """The same, each condition by itself."""
    return tuple(_missing(vendor, policy))


def rival_of(vendor: Vendor, business_type: BusinessType, others: Iterable[Vendor]) -> Vendor | None:
    """Who keeps the vendor out of a type: a general agent is the only one of its type, but for its own subcontractors (P-01)."""
    family = {vendor.name, vendor.parent}
    for other in others:
        is_stranger = other.name not in family and other.parent not in (vendor.name, vendor.parent or other.name)
        if is_stranger and business_type in other.types and Mode.GENERAL in (vendor.mode, other.mode):
            return other
    return None


def barred_until(name: str, facts: Sequence[Fact], business_type: BusinessType, policy: ExitPolicy) -> date | None:
    """The day from which the vendor may apply for a type again (P-63): of one that it left, and of any once it was out of every type."""
    days = []
    for fact in facts:
        if fact.kind is FactKind.REMOVED:
            if fact.value == business_type:
                days.append(years_after(fact.valid_from, policy.bar_type_years))
            if not vendor_on(name, facts, fact.valid_from).types:
                days.append(years_after(fact.valid_from, policy.bar_vendor_years))
    return max(days, default=None)


def _missing(vendor: Vendor, policy: RegistryPolicy) -> Iterator[Lack]:
    if vendor.mode is None and vendor.parent is None:
        yield Lack(FactKind.MODE, "not recorded", _NOT_RECORDED)
    if vendor.term is None:
        yield Lack(FactKind.QUALIFICATION, f"none runs on {vendor.day}", f"{vendor.day} 没有有效的资格期")
    if not vendor.has_signed:
        yield Lack(FactKind.CONFIDENTIALITY, "not signed", "未签订")
    yield from _base_conditions(vendor, policy)
    if vendor.mode is not None:
        yield from _mode_conditions(vendor, vendor.mode, policy)


def _base_conditions(vendor: Vendor, policy: RegistryPolicy) -> Iterator[Lack]:
    """P-02."""
    licence, tax = vendor.fact(FactKind.LICENCE), vendor.fact(FactKind.TAX_REGISTRATION)
    if licence is None or licence.document_date is None:
        yield Lack(FactKind.LICENCE, "not recorded", _NOT_RECORDED)
    elif licence.document_date.year != vendor.day.year:
        reviewed, year = licence.document_date, vendor.day.year
        yield Lack(FactKind.LICENCE, f"reviewed on {reviewed}, not in {year}", f"{reviewed} 年检，{year} 年未年检")
    if tax is None or policy.tax_city not in tax.value:
        yield Lack(FactKind.TAX_REGISTRATION, f"not in {policy.tax_city}", f"不在{policy.tax_city}")
    if vendor.fact(FactKind.LEGAL_PERSON) is None:
        yield Lack(FactKind.LEGAL_PERSON, "not recorded", _NOT_RECORDED)
    for kind, least in (
        (FactKind.CAPITAL_YUAN, policy.capital_yuan),
        (FactKind.SEATS, policy.seats),
        (FactKind.AGENT_COUNT, policy.agents),
        (FactKind.AREA_M2, policy.area_m2),
        (FactKind.RECORDINGS_MONTHS, policy.recordings_months),
    ):
        yield from _at_least(vendor, kind, least)


def _mode_conditions(vendor: Vendor, mode: Mode, policy: RegistryPolicy) -> Iterator[Lack]:
    """P-01, P-03."""
    yield from _at_least(vendor, FactKind.EXPERIENCE_YEARS, policy.experience_years[mode])
    if mode in _FOR_NO_OTHER and vendor.fact(FactKind.EXCLUSIVITY) is None:
        yield Lack(FactKind.EXCLUSIVITY, f"a vendor that is {mode.value} signs it", "未签订")
    if mode is Mode.GENERAL:
        clean = vendor.fact(FactKind.CLEAN_RECORD)
        if clean is None or clean.value != Answer.YES:
            yield Lack(FactKind.CLEAN_RECORD, "not shown", "未证明")
        yield from _at_least(vendor, FactKind.JOINING_FEE_FEN, 1)
    if mode is Mode.EXCLUSIVE:
        yield from _at_least(vendor, FactKind.DEPOSIT_FEN, 1)
    if mode is Mode.SPECIALIST and deposit_held_fen(vendor) > 0:
        yield Lack(FactKind.DEPOSIT_FEN, "a specialist gives none", "专业代理不缴保证金")


def deposit_held_fen(vendor: Vendor) -> int:
    """What is held of the vendor's deposit: what it gave without what it got back."""
    given, returned = vendor.fact(FactKind.DEPOSIT_FEN), vendor.fact(FactKind.DEPOSIT_RETURNED_FEN)
    return (given.number if given else 0) - (returned.number if returned else 0)


def _at_least(vendor: Vendor, kind: FactKind, least: int) -> Iterator[Lack]:
    fact = vendor.fact(kind)
    if (fact.number if fact else 0) < least:
        has = fact.number if fact else "not recorded", f"{fact.number:,}" if fact else _NOT_RECORDED
        yield Lack(kind, f"{has[0]}, at least {least:,} is asked for", f"{has[1]}，至少要 {least:,}")
