"""Which calls are drawn and for how long their recordings are kept; what a call and a month of calls score."""

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.checks.catalogue import RULES
from pipeline.errors import DataError
from pipeline.ledger.grades import grade_in_force
from pipeline.policy.policy import Policy
from pipeline.recordings.retention import destroyed_from as destruction_day
from pipeline.recordings.retention import held_until, keep_until
from pipeline.records.call import Outcome
from pipeline.records.draw import Draw, FrameCall
from pipeline.records.finding import Severity
from pipeline.sampling.draw import make_draw
from pipeline.sampling.plan import formal_due, inspected_months, plan_night
from pipeline.scoring.call_score import Fault, score_call
from pipeline.scoring.judged_call import Found, final_score
from pipeline.scoring.month_score import SampledCall, estimate_month
from pipeline.store.engine import reading
from pipeline.store.nights import missed_nights
from tests.heard import at
from tests.policy.outcomes.cases import MARCH, Case, store
from tests.store.samples import DAY, draw_all, register, row


def draw(policy: Policy, seconds: Sequence[int]) -> Draw:
    """A day's draw from calls of these lengths."""
    frame = [FrameCall(f"c{n:04}", "A1", Outcome.SUCCESS, length * 1000) for n, length in enumerate(seconds)]
    plan = plan_night(policy, DAY, {"survey": len(frame)}, 0)["survey"]
    return make_draw("华声", "survey", DAY, frame, plan, "5eed", at("2025-06-03"))


def drawn_of(calls: int) -> Case:
    """How many of a day's calls are drawn."""
    return lambda policy: len(draw(policy, [60] * calls).drawn)


def strata_of_three_lengths(policy: Policy) -> int:
    """Into how many strata calls of 20, 100 and 200 seconds fall."""
    return len({one.stratum for one in draw(policy, [20, 100, 200] * 40).drawn})


def formal_by_the_tenth(policy: Policy) -> int:
    """How many calls of the formal sample are due by 10 June."""
    return formal_due(policy, date(2026, 6, 10), 0)


def late_rows_drawn_after(policy: Policy) -> int:
    """After how many days a late row that no later night takes along has a night of its own."""
    with store() as engine:
        register(engine, row("c1"))
        draw_all(engine)
        register(engine, row("late"), name="b.csv")
        with reading(engine) as session:
            waits = policy.sampling.late_wait_days
            return next(n for n in range(30) if missed_nights(session, DAY + timedelta(days=n), waits))


def months_inspected(grade: int) -> Case:
    """How many months of a year a vendor of a grade is inspected in."""
    return lambda policy: len(inspected_months(policy, "华声", 2026, grade, "5eed"))


def grade_of_a_new_vendor(policy: Policy) -> int:
    """The grade before any close."""
    return grade_in_force([], MARCH, policy)


def kept_until(day: str) -> Case:
    """Until when a recording of a day can be produced."""
    return lambda policy: str(
        keep_until(date.fromisoformat(day), policy.retention.keep_months, policy.retention.keep_min_days)
    )


def destroyed_from(day: str) -> Case:
    """From when on a recording of a day may be destroyed that nothing hangs on."""
    return lambda policy: str(
        destruction_day(
            date.fromisoformat(day),
            policy.retention.keep_months,
            policy.retention.keep_min_days,
            policy.retention.keep_max_days,
        )
    )


def held_until_after(term_last: str) -> Case:
    """Until when a recording stays that a deduction rests on, of a term that ends on a day."""
    return lambda policy: str(held_until(date.fromisoformat(term_last), policy.retention.limitation_years))


def sheet(policy: Policy) -> object:
    """Under which item each rule loses how much, of a fault and of twelve."""

    def lost(rule: str, times: int) -> object:
        try:
            score = score_call([Fault(f"finding {n}", rule, Severity.MAJOR) for n in range(times)], policy.score)
        except DataError:
            return "no item"
        return score.points, {one.item for one in score.deductions}

    return {rule: (lost(rule, 1), lost(rule, 12)) for rule in RULES}


def points_with(rule: str, severity: Severity) -> Case:
    """The points of a call with one fault."""
    return lambda policy: score_call([Fault("verdict 1", rule, severity)], policy.score).points


def points_missing(element: str) -> Case:
    """The points of a call in which an element of the script is missing."""
    return points_with(f"script.missing.{element}", Severity.MINOR)


def points_unreviewed(rule: str) -> Case:
    """The points of a call in which the machine found something that nobody has looked at."""
    return lambda policy: final_score([Found(1, rule, Severity.MAJOR, counts=True)], [], policy).points


def status_of(calls: int) -> Case:
    """What a month of so many calls, all heard whole, is."""
    call = SampledCall("D1", "s", 1, 10, True, True, 100, False, 100, False)
    return lambda policy: estimate_month([call] * calls, policy.score).status.value
