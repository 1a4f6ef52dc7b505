"""What vendors must have; of what they are warned, how they are graded, how they leave."""

from datetime import date

from pipeline.export.feedback import Phrasebook, feedback_letter
from pipeline.ledger.admission import barred_until, last_day, missing_of
from pipeline.ledger.cases import histories
from pipeline.ledger.exits import cases_due, last_day_of_rectification, missing_handover, next_role
from pipeline.ledger.grades import YearFaults, grade_after, rolled_up
from pipeline.ledger.history import History
from pipeline.ledger.vendors import project_on, vendor_on
from pipeline.ledger.warnings import below_standard, breached
from pipeline.ledger.yearly_check import yearly_check
from pipeline.policy.policy import Policy
from pipeline.records.estimate import Interval
from pipeline.records.feedback import DayFeedback, Matter, MatterKind
from pipeline.records.month import Month
from pipeline.records.project import BusinessType, Mode
from pipeline.records.verdict import Decision
from pipeline.review.window import last_day as last_day_to_appeal
from pipeline.services.docket import warning_count
from pipeline.services.reviewing import review
from pipeline.store.engine import reading, writing
from pipeline.store.findings import to_review
from pipeline.store.year_faults import year_faults
from tests.heard import REVIEWER, at, hear, in_force
from tests.known import EXCLUSIVE, GENERAL, SPECIALIST, facts
from tests.ledger.text import ZONE, posted
from tests.policy.outcomes.cases import MARCH, Case, month_of, store
from tests.store.samples import DAY

VENDOR = {Mode.GENERAL: GENERAL, Mode.EXCLUSIVE: EXCLUSIVE, Mode.SPECIALIST: SPECIALIST}


def lacking(mode: Mode) -> Case:
    """What a vendor that has just what the shipped policy asks for lacks."""

    def of(policy: Policy) -> str:
        vendor = vendor_on("华声", facts(VENDOR[mode]), date(2026, 3, 1))
        return " ".join(line.split()[0] for line in missing_of(vendor, policy.registry))

    return of


def qualified_until(mode: Mode) -> Case:
    """The last day of a qualification from 1 January 2026."""
    return lambda policy: str(last_day(date(2026, 1, 1), mode, policy.registry))


def visit_in_november(policy: Policy) -> str:
    """Where the yearly visit of a general agent stands on 20 November, when nothing is recorded."""
    return yearly_check("华声", facts(GENERAL), 2026, date(2026, 11, 20), policy.registry).state.value


def script_of(name: str) -> Case:
    """How long the script of a project is that nobody has registered."""

    def of(policy: Policy) -> int:
        project = project_on("华声", name, (), date(2026, 3, 1), policy.registry)
        assert project is not None
        return project.script_s

    return of


def warned_of(score_high: float, rate_low: float) -> Case:
    """On which grounds a month warns."""
    estimate = month_of(Interval(71, 64, score_high), Interval(0.4, rate_low, 0.5))
    return lambda policy: [
        one.ground.value for one in below_standard(MARCH, "华声", "survey", estimate, policy.warning)
    ]


def warned_for(rule: str) -> Case:
    """How many warnings one call with a confirmed fault makes."""
    entry = f"2026-03-05 violation 华声 survey call c1 {rule} fatal by 王敏/reviewer"
    return lambda policy: len([*breached(posted(entry), policy.warning)])


def history(text: str) -> History:
    """华声's, the general agent of 子甲."""
    return histories(posted(text), ZONE, lambda vendor, day: "华声" if vendor == "子甲" else vendor)["华声"]


THREE = """
    2026-04-02  warning  华声 survey  {score 2026-03}
    2026-05-02  warning  华声 survey  {score 2026-04}
    2026-06-02  warning  {third} survey  {score 2026-05}
"""


def cases_after_three(third: str) -> Case:
    """How many exit cases three warnings open; `third` is who had the third."""
    known = history(THREE.replace("{third}", third))
    return lambda policy: len([*cases_due(known, lambda day: None, date(2026, 6, 3), policy.warning)])


def in_time_until(policy: Policy) -> str:
    """The last day of a rectification that is demanded on 5 March."""
    return str(last_day_of_rectification(date(2026, 3, 5), policy.warning))


def exclusive_over_the_year(policy: Policy) -> object:
    """Whether three warnings of a year are too many for an exclusive vendor."""
    vendor = vendor_on("华声", facts(EXCLUSIVE), date(2026, 6, 3))
    return warning_count(vendor, history(THREE.replace("{third}", "华声")), policy.warning).is_over_the_year


def faults_of_a_major(policy: Policy) -> int:
    """How many faults of the year a confirmed major violation in the formal sample is."""
    with store() as engine:
        in_force(engine)
        hear(engine, '华声 c1 telemarketing A1 2026-03-05\n phrase.taunt major 12.0-14.5 "活该"')
        with writing(engine) as session:
            (found,) = to_review(session)
            review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-06"))
        with reading(engine) as session:
            faults = year_faults(session, MARCH, policy.grade.faults)
    return sum(one.total for one in faults.values())


def graded(faults: int) -> Case:
    """The grade after a year with so many faults."""
    year = YearFaults(faults, 0, 0, 60)
    return lambda policy: grade_after("华声", Month(2026, 12), 3, year, policy).grade


def agents_faults(policy: Policy) -> int:
    """The faults of a general agent that has one itself, and two of a subcontractor."""
    by_day = {("华声", DAY): YearFaults(1, 0, 0, 60), ("子甲", DAY): YearFaults(2, 0, 0, 60)}
    return rolled_up(by_day, lambda vendor, day: "华声", policy)["华声"].total


def appeal_until(policy: Policy) -> str:
    """Until when a vendor that was told on 5 March may appeal."""
    return str(last_day_to_appeal(date(2026, 3, 5), policy.appeal))


def acknowledged_until(policy: Policy) -> str:
    """Until when a letter that was delivered on 9 March is to be acknowledged."""
    matter = Matter("number check 1", MatterKind.NUMBER_CHECK, "survey", None, "客户称未办理")
    told = DayFeedback("华声", date(2026, 3, 9), (), (), (matter,), (), 0)
    letter = feedback_letter(told, 1, policy.feedback, policy.appeal, Phrasebook({}, {}, ZONE))
    return str(letter.due(date(2026, 3, 9)))


CASE = "2026-06-03  exit_opened  华声 -  {decision survey}"


def first_to_approve(policy: Policy) -> object:
    """Whose the first approval of an exit is."""
    return next_role(history(CASE).cases[0], policy.exit)


def to_hand_over(policy: Policy) -> int:
    """How many pieces are to be handed over before an exit."""
    return len(missing_handover(history(CASE).cases[0], policy.exit))


def barred_after_leaving(types: str) -> Case:
    """From when a vendor may apply again that was admitted to survey and win-back and left some types on 10 March."""
    admitted = "\n".join(f"华声 admitted {name} 2026-01-01" for name in ("survey", "win-back"))
    left = "\n".join(f"华声 removed {name} 2026-03-10" for name in types.split())
    return lambda policy: str(barred_until("华声", facts(f"{admitted}\n{left}"), BusinessType.SURVEY, policy.exit))
