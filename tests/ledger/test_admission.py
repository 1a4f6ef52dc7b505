"""What a vendor must have (P-01 to P-03, P-70), who keeps it out (P-01), and for how long it stays out (P-63)."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.ledger.admission import barred_until, deposit_held_fen, last_day, missing_of, rival_of, years_after
from pipeline.ledger.vendors import vendor_on
from pipeline.policy.policy import load_policy
from pipeline.policy.registry import RegistryPolicy
from pipeline.records.project import BusinessType, Mode
from tests.known import BASE, EXCLUSIVE, GENERAL, SPECIALIST, facts
from tests.policy.changes import SHIPPED, changed

POLICY = load_policy(SHIPPED)
DAY = date(2026, 3, 1)


def missing(text: str, day: date = DAY, registry: RegistryPolicy = POLICY.registry) -> tuple[str, ...]:
    return missing_of(vendor_on("华声", facts(text), day), registry)


@pytest.mark.parametrize("whole", [GENERAL, EXCLUSIVE, SPECIALIST])
def test_a_vendor_that_has_just_enough_lacks_nothing(whole: str) -> None:
    assert missing(whole) == ()


@pytest.mark.parametrize(
    ("whole", "old", "new", "said"),
    [
        (GENERAL, "已签    2026-01-01  BM-1", "已签 2026-03-02 BM-1", "confidentiality (保密协议): not signed"),
        (GENERAL, "N-1 of 2026-01-01", "N-1 of 2025-12-31", "licence (营业执照年检): reviewed on 2025-12-31, not in 2026"),
        (GENERAL, "长沙市", "株洲市", "tax_registration (税务登记): not in 长沙"),
        (GENERAL, "legal_person       公司    2026-01-01", "legal_person 公司 2026-03-02", "legal_person (法人资格): not recorded"),
        (GENERAL, "500000", "499999", "capital_yuan (注册资金(元)): 499999, at least 500,000 is asked for"),
        (GENERAL, "seats              10", "seats 9", "seats (台席数): 9, at least 10 is asked for"),
        (GENERAL, "agent_count        15", "agent_count 14", "agent_count (话务员数): 14, at least 15 is asked for"),
        (GENERAL, "area_m2            50", "area_m2 49", "area_m2 (场地面积(平方米)): 49, at least 50 is asked for"),
        (GENERAL, "recordings_months  3", "recordings_months 2", "recordings_months (录音留存能力(月)): 2, at least 3 is asked for"),
        (GENERAL, "experience_years 3", "experience_years 2", "experience_years (通信外呼经验(年)): 2, at least 3 is asked for"),
        (GENERAL, "clean_record     yes", "clean_record no", "clean_record (无不良记录): not shown"),
        (GENERAL, "joining_fee_fen  100", "joining_fee_fen 0", "joining_fee_fen (加盟费(分)): 0, at least 1 is asked for"),
        (GENERAL, "2026-01-01..2028-12-31", "2026-01-01..2026-02-28", "qualification (资格期): none runs on 2026-03-01"),
        (EXCLUSIVE, "experience_years 1 ", "experience_years 0 ", "experience_years (通信外呼经验(年)): 0, at least 1 is asked for"),
        (EXCLUSIVE, "deposit_fen      5000000", "deposit_fen 0", "deposit_fen (服务质量保证金(分)): 0, at least 1 is asked for"),
        (EXCLUSIVE, "已签       2026-01-01  J-2", "已签 2027-01-01  J-2", "exclusivity (不为其他运营商服务的承诺): a vendor"),
        (SPECIALIST, "experience_years 2", "experience_years 1", "experience_years (通信外呼经验(年)): 1, at least 2 is asked for"),
        (SPECIALIST, "已签        2026-01-01  J-2", "已签 2027-01-01  J-2", "exclusivity (不为其他运营商服务的承诺): a vendor"),
    ],
)  # fmt: skip
def test_each_condition_just_not_met_is_named_alone(whole: str, old: str, new: str, said: str) -> None:
    assert old in whole
    (line,) = missing(whole.replace(old, new))
    assert line.startswith(said)


def test_a_specialist_gives_no_deposit_unless_it_has_it_back() -> None:
    given = SPECIALIST + "华声 deposit_fen 100 2026-01-01 K-9 of 2025-12-01\n"
    assert missing(given) == ("deposit_fen (服务质量保证金(分)): a specialist gives none",)
    assert missing(given + "华声 deposit_returned_fen 100 2026-02-01") == ()


def test_what_is_held_of_a_deposit_is_what_has_not_come_back() -> None:
    vendor = vendor_on("华声", facts(EXCLUSIVE + "华声 deposit_returned_fen 4000000 2026-02-01"), DAY)
    assert deposit_held_fen(vendor) == 1_000_000


def test_a_subcontractor_needs_no_mode_but_the_base_conditions() -> None:
    subcontractor = BASE + "华声 parent 总包 2026-01-01\n华声 qualification general 2026-01-01..2028-12-31"
    assert missing(subcontractor) == ()
    assert missing(BASE + "华声 qualification general 2026-01-01..2028-12-31") == ("mode (合作模式): not recorded",)


@pytest.mark.parametrize(
    ("whole", "old", "new"),
    [
        (GENERAL, 'tax_city = "长沙"', 'tax_city = "株洲"'),
        (GENERAL, "capital_yuan = 500000", "capital_yuan = 500001"),
        (GENERAL, "seats = 10", "seats = 11"),
        (GENERAL, "\nagents = 15", "\nagents = 16"),
        (GENERAL, "area_m2 = 50", "area_m2 = 51"),
        (GENERAL, "recordings_months = 3", "recordings_months = 4"),
        (GENERAL, "[registry.experience_years]\ngeneral = 3", "[registry.experience_years]\ngeneral = 4"),
        (EXCLUSIVE, "exclusive = 1\n", "exclusive = 2\n"),
        (SPECIALIST, "specialist = 2\n", "specialist = 3\n"),
    ],
)
def test_every_condition_is_the_policy_s(tmp_path: Path, whole: str, old: str, new: str) -> None:
    assert len(missing(whole, registry=changed(tmp_path, old, new).registry)) == 1


@pytest.mark.parametrize(
    ("mode", "old", "new", "shipped", "other"),
    [
        (Mode.GENERAL, "general = 3\nexclusive = 2", "general = 4\nexclusive = 2", "2028-12-31", "2029-12-31"),
        (Mode.EXCLUSIVE, "exclusive = 2\n", "exclusive = 3\n", "2027-12-31", "2028-12-31"),
        (Mode.SPECIALIST, "specialist = 1\n", "specialist = 2\n", "2026-12-31", "2027-12-31"),
    ],
)
def test_a_qualification_lasts_as_long_as_its_mode(
    tmp_path: Path, mode: Mode, old: str, new: str, shipped: str, other: str
) -> None:
    first = date(2026, 1, 1)
    assert str(last_day(first, mode, POLICY.registry)) == shipped
    assert str(last_day(first, mode, changed(tmp_path, old, new).registry)) == other


def test_years_after_29_february_end_on_the_last_of_february() -> None:
    assert years_after(date(2028, 2, 29), 1) == date(2029, 3, 1)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)
    assert last_day(date(2028, 2, 29), Mode.SPECIALIST, POLICY.registry) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("own", "others", "kept_out_by"),
    [
        ("mode general", "mode exclusive|admitted survey", "乙"),
        ("mode exclusive", "mode general|admitted survey", "乙"),
        ("mode exclusive", "mode exclusive|admitted survey", None),
        ("mode general", "mode exclusive|admitted telemarketing", None),
        ("parent 乙", "mode general|admitted survey", None),
        ("mode general", "parent 甲|admitted survey", None),
        ("parent 丙", "parent 丙|admitted survey", None),
        ("parent 丙", "mode general|admitted survey", "乙"),
    ],
)
def test_a_general_agent_is_the_only_one_of_its_type(own: str, others: str, kept_out_by: str | None) -> None:
    applicant = vendor_on("甲", facts(f"甲 {own} 2026-01-01"), DAY)
    other = vendor_on("乙", facts("\n".join(f"乙 {fact} 2026-01-01" for fact in others.split("|"))), DAY)
    rival = rival_of(applicant, BusinessType.SURVEY, [other])
    assert (rival.name if rival else None) == kept_out_by


LEFT_ONE = """
    华声  admitted  survey         2026-01-01
    华声  admitted  telemarketing  2026-01-01
    华声  removed   survey         2026-03-10
"""
LEFT_ALL = LEFT_ONE + "华声  removed  telemarketing  2026-05-20"


def test_a_type_is_barred_one_year_and_a_vendor_out_of_all_two() -> None:
    def bar(text: str, business_type: BusinessType) -> date | None:
        return barred_until("华声", facts(text), business_type, POLICY.exit)

    assert bar(LEFT_ONE, BusinessType.SURVEY) == date(2027, 3, 10)
    assert bar(LEFT_ONE, BusinessType.TELEMARKETING) is None
    assert bar(LEFT_ALL, BusinessType.TELEMARKETING) == date(2028, 5, 20)
    # Out of every type is out altogether: also of one it never worked in.
    assert bar(LEFT_ALL, BusinessType.WIN_BACK) == date(2028, 5, 20)


def test_the_bars_are_the_policy_s(tmp_path: Path) -> None:
    longer = changed(tmp_path, "bar_type_years = 1", "bar_type_years = 3").exit
    assert barred_until("华声", facts(LEFT_ONE), BusinessType.SURVEY, longer) == date(2029, 3, 10)
    longer = changed(tmp_path, "bar_vendor_years = 2", "bar_vendor_years = 5").exit
    assert barred_until("华声", facts(LEFT_ALL), BusinessType.WIN_BACK, longer) == date(2031, 5, 20)
