"""A month is closed once, by what stands in it, and everything in it adds up by hand.

Four calls of one vendor's project, all drawn, all heard whole, all reported as successes:

    c1   挖苦 major, confirmed                       100 − 10 =  90
    c2   nothing                                                100
    c3   致谢 missing, minor, confirmed              100 − 2  =  98
    c4   强迫诱骗 fatal, confirmed                                 0
    score (90 + 100 + 98 + 0) / 4 = 72.00      with a major or fatal fault 2 of 4 = 50.00 %
    4 · 15.00 = 60.00 yuan      from 70 points on 90 %: −6.00      net 54.00
"""

import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from pipeline.errors import DataError, StoreError
from pipeline.policy.policy import parse_policy
from pipeline.records.call import Outcome
from pipeline.records.entry import EntryKind
from pipeline.records.finding import Severity
from pipeline.records.month import Month
from pipeline.records.verdict import Decision
from pipeline.review.decision import Charge
from pipeline.services.appealing import appeal, decide_appeal
from pipeline.services.cases import warnings_total
from pipeline.services.checklist import checklist
from pipeline.services.closing import close_month, restate
from pipeline.services.explaining import Explainer
from pipeline.services.reviewing import add, change, review
from pipeline.store.close_check import close_problems
from pipeline.store.counts import ProjectMonth, SuccessCount, save_success_counts
from pipeline.store.drawn import calendar_seed
from pipeline.store.engine import open_engine, reading, writing
from pipeline.store.findings import to_review
from pipeline.store.hearings import mark_reviewed
from pipeline.store.ledger import entries
from pipeline.store.month_lines import find_closing, score_lines, settlement_lines
from pipeline.store.schema import upgrade
from pipeline.store.states import find_call, withdraw
from pipeline.store.tables.months import Side
from tests.heard import HUASHENG, MARKETING, REVIEWER, SECOND, SHIPPED, SUPERVISOR, at, hear, hear_again, in_force
from tests.ledger.text import ZONE as SHANGHAI
from tests.store.samples import draw_all, register, row

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
CALLS = """
    华声 c1 telemarketing A1 2026-03-05
        phrase.taunt major 12.0-14.5 "活该，用不起就别用"
    华声 c2 telemarketing A2 2026-03-05
    华声 c3 telemarketing A2 2026-03-05
        script.missing.thanks minor
    华声 c4 telemarketing A1 2026-03-05
        phrase.coercion fatal 20.0-22.0 "不办就给您停机"
"""
# Two calls are enough here: four can be added up by hand.
POLICY = SHIPPED.replace("smallest_sample = 30", "smallest_sample = 2")
LEDGER = [
    "violation 2026-03 华声 telemarketing c4 phrase.coercion -100",
    "warning 2026-03 华声 telemarketing breach 2026-03 1",
    "violation 2026-03 华声 telemarketing c1 phrase.taunt -10",
    "violation 2026-03 华声 telemarketing c3 script.missing.thanks -2",
    "warning 2026-03 华声 telemarketing score 2026-03",
    "points 2026-03 华声 telemarketing score 2026-03 -5",
    "grade 2026-03 华声 grade 3",
    "adjustment 2026-03 华声 telemarketing statement JS-202603-0001 -6.00 yuan",
    "close 2026-03 lines",
]


@pytest.fixture
def month(engine):
    """March, ready to be closed."""
    return prepared(engine, POLICY)


def prepared(engine, policy, calls=CALLS, undecided=()):
    in_force(engine, policy)
    hear(engine, calls)
    with writing(engine) as session:
        calendar_seed(session, "华声", 2026, "5eed", at("2026-03-01"))
        for found in to_review(session, limit=10):
            if found.row.call_id not in undecided:
                review(session, found.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-03-30"))
        for call_id in sorted({"c1", "c2", "c3", "c4"} - {*undecided}):
            mark_reviewed(session, find_call(session, "华声", call_id).id, REVIEWER, at("2026-03-30"))
        for side in Side:
            counts = {ProjectMonth("华声", "telemarketing", MARCH): SuccessCount(4, 0)}
            save_success_counts(session, side, counts, "5eed", SUPERVISOR, at("2026-04-01"))
    return engine


def close(engine, day="2026-04-02", **more):
    with writing(engine) as session:
        return close_month(session, MARCH, SUPERVISOR, at(day), **more)


def overturned(engine):
    """The coercion, on appeal."""
    with writing(engine) as session:
        first = next(iter(entries(session, kinds=(EntryKind.VIOLATION,))))
        filed = appeal(session, int(first.entry.subject.split()[1]), "客户说的", HUASHENG, at("2026-04-05"), SHANGHAI)
        decide_appeal(session, filed.appeal_id, upheld=True, decision="属实", person=SECOND, now=at("2026-04-07"))


def lines(engine, revision=None):
    with reading(engine) as session:
        closing = find_closing(session, MARCH, revision)
        (score,), (paid,) = [*score_lines(session, closing)], [*settlement_lines(session, closing)]
    return score, paid


def ledger(engine, after=0):
    def told(posted):
        one = posted.entry
        what = (
            f"{one.call_id} {one.rule}"
            if one.call_id
            else one.subject.split()[0]
            if one.kind is EntryKind.CLOSE
            else one.subject
        )
        amount = f"{one.amount_fen / 100:+.2f} yuan" if one.amount_fen else str(one.points) if one.points else ""
        return " ".join(filter(None, (one.kind.value, str(one.month), one.vendor, one.project, what, amount)))

    with reading(engine) as session:
        return [told(posted) for posted in entries(session, after=after)]


def test_a_month_adds_up_by_hand(month):
    closing = close(month)
    assert ledger(month) == LEDGER
    score, paid = lines(month)
    assert (score.calls, score.drawn, score.inspected, score.reviewed) == (4, 4, 4, 2)
    assert (score.fatal, score.major, score.minor) == (1, 1, 1)
    assert (score.score_c, score.rate_bp, score.status) == ((90 + 100 + 98 + 0) * 100 // 4, 5_000, "scored")
    assert score.score_low_c < 7_200 < score.score_high_c
    assert (score.grade, score.warnings_total, score.factor_bp) == (3, 2, 9_000)
    assert (paid.count_accepted, paid.gross_fen, paid.adjustment_fen, paid.net_fen) == (4, 6_000, -600, 5_400)
    assert (closing.revision, closing.entry, closing.policy) == (0, len(LEDGER), score.policy)


def test_closed_again_it_is_what_it_was(month):
    first = close(month)
    assert close(month, day="2026-05-07") == first
    assert len(ledger(month)) == len(LEDGER)


@pytest.mark.slow
def test_fifty_closes_at_once_are_one(month):
    def one(n):
        return close(month, day=f"2026-04-{n % 20 + 2:02}")

    with ThreadPoolExecutor(10) as threads:
        closings = {*threads.map(one, range(50))}
    assert len(closings) == 1
    assert [line.split()[0] for line in ledger(month)].count("close") == 1


def killed_while_closing(url):
    engine = open_engine(url)
    with writing(engine) as session:
        close_month(session, MARCH, SUPERVISOR, at("2026-04-02"))
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_killed_in_the_middle_it_never_was(month, url):
    before = ledger(month)
    process = multiprocessing.get_context("spawn").Process(target=killed_while_closing, args=(url,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert ledger(month) == before
    close(month)
    assert ledger(month) == LEDGER


def test_two_stores_close_to_the_same_bytes(month, tmp_path):
    other = f"sqlite:///{tmp_path / 'other.db'}"
    upgrade(other)
    again = prepared(open_engine(other), POLICY)
    assert close(month) == close(again)
    again.dispose()


def test_an_open_month_says_all_that_is_in_the_way(engine):
    in_force(engine, POLICY)
    hear(engine, CALLS)
    register(engine, row("f1", at("2026-02-03").date()), row("d1", at("2026-03-07").date()))
    draw_all(engine, day=at("2026-02-03").date())
    draw_all(engine, day=at("2026-03-07").date())
    with pytest.raises(DataError) as said:
        close(engine, day="2026-03-31")
    for reason in (
        "2026-03 is not over before 2026-04-01",
        "2026-02 is not closed yet",
        "1 drawn calls of 华声 are not accounted for",
        "fatal findings that nobody has decided: ",
    ):
        assert reason in str(said.value)
    assert ledger(engine) == []


def test_a_fatal_finding_is_carried_over_by_name_only(engine):
    in_force(engine, POLICY)
    hear(engine, CALLS)
    with reading(engine) as session:
        fatal = next(found.finding_id for found in to_review(session) if found.finding.rule == "phrase.coercion")
    with pytest.raises(DataError, match=f"decided: {fatal};"):
        close(engine)
    with pytest.raises(DataError, match="finding 999 is no undecided fatal finding"):
        close(engine, carry_over=[fatal, 999])
    close(engine, carry_over=[fatal])
    with reading(engine) as session:
        (closed,) = entries(session, kinds=(EntryKind.CLOSE,))
    assert str(fatal) in closed.entry.note


def test_a_fatal_finding_that_is_carried_over_weighs_once_it_is_decided(engine):
    """Until then the fourth call has 100: (90 + 100 + 98 + 100) / 4 = 97.00, with a major fault 1 of 4; confirmed, the month is that above."""
    prepared(engine, POLICY, undecided=["c4"])
    with reading(engine) as session:
        (fatal,) = to_review(session)
    close(engine, carry_over=[fatal.finding_id])
    score, paid = lines(engine)
    assert (score.score_c, score.rate_bp, score.fatal, score.warnings_total) == (9_700, 2_500, 0, 0)
    assert paid.net_fen == 6_300
    with writing(engine) as session:
        review(session, fatal.finding_id, Decision.CONFIRMED, REVIEWER, at("2026-04-06"))
    assert "violation 2026-04 华声 telemarketing c4 phrase.coercion -100" in ledger(engine)
    with writing(engine) as session:
        restate(session, MARCH, SUPERVISOR, at("2026-04-08"))
    score, paid = lines(engine)
    assert (score.score_c, score.rate_bp, paid.net_fen) == (7_200, 5_000, 5_400)


def test_a_success_without_support_leaves_the_count_however_its_call_came_to_be_heard(month):
    """c2 was drawn at random, c9 never: a complaint was about it. Neither is paid: 2 · 15.00; c8 was no success, and c7's was overturned."""
    day = at("2026-03-06").date()
    of_no_draw = {"c9": Outcome.SUCCESS, "c8": Outcome.REFUSED, "c7": Outcome.SUCCESS}
    register(month, *(row(call_id, day, project="telemarketing", outcome=of) for call_id, of in of_no_draw.items()))
    denied = Charge("outcome.unsupported_success", Severity.MAJOR, None, "")
    with writing(month) as session:
        for call_id in ("c2", *of_no_draw):
            made = add(session, "华声", call_id, denied, REVIEWER, at("2026-03-31"), note="客户投诉未同意办理")
        change(session, made.verdict.verdict_id, Decision.OVERTURNED, SECOND, at("2026-04-01"), note="客户记错了")
    close(month)
    _, paid = lines(month)
    assert (paid.not_payable, paid.count_accepted, paid.gross_fen) == (2, 2, 3_000)


def test_a_withdrawn_call_is_accounted_for(engine):
    in_force(engine, POLICY)
    hear(engine, "华声 c1 telemarketing A1 2026-03-05")
    register(engine, row("d1", at("2026-03-07").date(), project="telemarketing"))
    draw_all(engine, project="telemarketing", day=at("2026-03-07").date())
    with pytest.raises(DataError, match="not accounted for"):
        close(engine)
    with writing(engine) as session:
        withdraw(session, "华声", "d1", "客户要求删除", at("2026-03-08"))
    close(engine)
    score, _ = lines(engine)
    assert (score.drawn, score.inspected, score.withdrawn, score.status) == (2, 1, 1, "not_inspected")


def test_a_project_that_no_night_has_drawn_from_is_named_with_the_night(month):
    for call_id, day in (("d1", "2026-03-07"), ("d2", "2026-03-09")):
        register(month, row(call_id, at(day).date(), project="survey"), name=f"{call_id}.csv")
    said = "no call of 华声/survey was ever drawn; `callqa nightly --date 2026-03-09` draws and hears them"
    with pytest.raises(DataError, match=said):
        close(month)
    with reading(month) as session:
        assert checklist(session, MARCH, at("2026-04-02").date()).never_drawn == (("华声", "survey"),)
    withdrawn(month, "d2")
    with pytest.raises(DataError, match=said.replace("2026-03-09", "2026-03-07")):
        close(month)


def test_a_project_whose_calls_were_all_withdrawn_is_in_nobody_s_way(month):
    register(month, row("d1", at("2026-03-07").date(), project="survey"), name="d1.csv")
    withdrawn(month, "d1")
    with reading(month) as session:
        assert checklist(session, MARCH, at("2026-04-02").date()).never_drawn == ()
    close(month)
    with reading(month) as session:
        (survey, _) = score_lines(session, find_closing(session, MARCH))
    assert (survey.project, survey.drawn, survey.status, survey.factor_bp) == ("survey", 0, "too_few", 10_000)


def withdrawn(engine, call_id):
    with writing(engine) as session:
        withdraw(session, "华声", call_id, "客户要求删除", at("2026-03-10"))


def test_only_a_supervisor_closes_and_only_under_an_approved_policy(month, tmp_path):
    with pytest.raises(StoreError, match="is marketing and cannot close a month"), writing(month) as session:
        close_month(session, MARCH, MARKETING, at("2026-04-02"))
    with pytest.raises(DataError, match="no approved policy is in force in 2025-12"), writing(month) as session:
        close_month(session, Month(2025, 12), SUPERVISOR, at("2026-04-02"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("major = 10", "major = 20", {"score_c": 6_950, "factor_bp": 8_000}),
        ('"script.missing.thanks" = 2', '"script.missing.thanks" = 10', {"score_c": 7_000}),
        ("factor_bp = 9000", "factor_bp = 8500", {"factor_bp": 8_500, "net_fen": 5_100}),
        ('type = "telemarketing", up_to_s = 900, fen = 1500', 'type = "telemarketing", up_to_s = 900, fen = 2000', {"net_fen": 7_200}),
        ("smallest_sample = 2", "smallest_sample = 5", {"status": "too_few", "factor_bp": 10_000}),
        ("grade_3_from = 10", "grade_3_from = 12", {"grade": 3}),
        ("breach_calls = 1", "breach_calls = 2", {"warnings_total": 1}),
        ("score_line = 80", "score_line = 70", {"warnings_total": 1}),
    ],
)  # fmt: skip
def test_a_changed_policy_changes_the_month(engine, old, new, expected):
    assert POLICY.count(old) == 1
    close(prepared(engine, POLICY.replace(old, new)))
    score, paid = lines(engine)
    for name, value in expected.items():
        assert getattr(score if hasattr(score, name) else paid, name) == value


def test_an_upheld_appeal_restates_the_month_and_pays_in_the_next(month):
    """Without the coercion the fourth call has 100: (90 + 100 + 98 + 100) / 4 = 97.00, 105 %, 63.00 yuan, 9.00 more than was paid."""
    closing = close(month)
    overturned(month)
    with writing(month) as session:
        again = restate(session, MARCH, SUPERVISOR, at("2026-04-08"))
    assert ledger(month, after=len(LEDGER)) == [
        "reversal 2026-04 华声 telemarketing c4 phrase.coercion 100",
        "warning_voided 2026-04 华声 telemarketing warning 2",
        "warning_voided 2026-04 华声 telemarketing warning 5",
        "adjustment 2026-04 华声 telemarketing restatement 2026-03 r1 +9.00 yuan",
        "points 2026-04 华声 telemarketing score 2026-03 15",
        "restatement 2026-03 lines " + again.sha256,
    ]
    assert (closing.revision, again.revision) == (0, 1)
    (old, paid), (new, repaid) = lines(month, 0), lines(month, 1)
    assert (old.score_c, new.score_c, new.fatal, new.warnings_total) == (7_200, 9_700, 0, 0)
    assert (paid.net_fen, repaid.net_fen) == (5_400, 6_300)
    with writing(month) as session:
        assert restate(session, MARCH, SUPERVISOR, at("2026-04-09")) == again
        assert warnings_total(session, "华声", MARCH.last_day, parse_policy(POLICY.encode(), "policy").warning) == 0
        assert [*close_problems(session)] == []


def test_what_a_restatement_moves_is_paid_where_nobody_calls_any_more(month):
    close(month)
    overturned(month)
    with writing(month) as session:
        restate(session, MARCH, SUPERVISOR, at("2026-04-08"))
    with writing(month) as session:
        april = close_month(session, APRIL, SUPERVISOR, at("2026-05-02"))
    with reading(month) as session:
        (paid,) = settlement_lines(session, april)
        assert (paid.count_accepted, paid.prior_month_fen, paid.net_fen) == (0, 900, 900)
        assert [*close_problems(session)] == []


def test_a_month_that_nobody_knows_anything_of_is_not_closed(month):
    close(month)
    with pytest.raises(DataError, match="no call and no count of it is known"), writing(month) as session:
        close_month(session, APRIL, SUPERVISOR, at("2026-05-02"))


def test_a_restatement_refuses_what_a_close_refuses(month):
    close(month)
    hear_again(month, "华声", "c2", ['phrase.abuse fatal 1.0-2.0 "神经病"'])
    with (
        pytest.raises(DataError, match="is not restated: fatal findings that nobody has decided"),
        writing(month) as session,
    ):
        restate(session, MARCH, SUPERVISOR, at("2026-04-08"))


@pytest.mark.parametrize(
    ("decision", "more", "score_c"),
    [
        (Decision.OVERTURNED, {}, 9_700),
        (Decision.RECLASSIFIED, {"rule": "script.missing.thanks", "severity": Severity.MINOR}, 9_650),
    ],
)
def test_what_a_fatal_finding_was_decided_to_be_holds_when_the_call_is_heard_again(month, decision, more, score_c):
    """(90 + 100 + 98 + 100) / 4 = 97.00 without it; with 2 points for it 96.50. The coercion is heard again by better ears each time."""
    with writing(month) as session:
        first = next(iter(entries(session, kinds=(EntryKind.VIOLATION,))))
        number = int(first.entry.subject.split()[1])
        change(session, number, decision, SECOND, at("2026-03-31"), note="复听", **more)
    hear_again(month, "华声", "c4", ['phrase.coercion fatal 20.1-22.1 "不办就给您停机"'])
    close(month)
    score, _ = lines(month)
    assert (score.score_c, score.fatal) == (score_c, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE month_scores SET score_c = 9900", "lines were altered"),
        ("UPDATE month_scores SET major = 0", "0 major violations, the entries make 1"),
        ("UPDATE settlements SET net_fen = net_fen + 1", "does not add up"),
        ("UPDATE settlements SET adjustment_fen = 0, net_fen = 6000", "its adjustment is not the posted one"),
        ("UPDATE closes SET sha256 = 'x'", "lines were altered"),
    ],
)
def test_altered_lines_are_found(month, change, said):
    close(month)
    with reading(month) as session:
        assert [*close_problems(session)] == []
    with writing(month) as session:
        session.execute(text(change))
    with reading(month) as session:
        assert any(said in problem for _, problem in close_problems(session))


def test_a_fen_is_explained_down_to_the_second(month):
    close(month)
    with reading(month) as session:
        explainer = Explainer(session)
        told = flat(explainer.explain("JS-202603-0001"))
        entry = flat(explainer.explain("1"))
        warning = flat(explainer.explain("warning 2"))
    for words in (
        "net 54.00 yuan",
        "quality factor: 90 %: 72.00 points, from 70 to under 80 points",
        "usage share: 0.00 yuan",
        "decided: 王敏 (reviewer), 2026-03-30 12:00+08:00",
        "72.00",
        "call 华声/c4: 0 points",
        "强迫诱骗 phrase.coercion",
    ):
        assert words in told
    for words in ("00:20.0-00:22.0", "不办就给您停机", "王敏 (reviewer)", "version 1", "r1", "recording: "):
        assert words in told
        assert words in entry
    assert "call 华声/c4" in warning


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("smallest_sample = 2", "smallest_sample = 5", "100 %: no score that money may hang on, too_few"),
        ("from_score = 95, factor_bp", "from_score = 72, factor_bp", "105 %: 72.00 points, from 72 points on"),
    ],
)
def test_a_factor_names_its_band_or_why_there_is_none(engine, old, new, told):
    close(
        prepared(
            engine,
            POLICY.replace(old, new)
            .replace("{ from_score = 90, factor_bp = 10000 }, ", "")
            .replace("{ from_score = 80, factor_bp = 9500 }, ", ""),
        )
    )
    with reading(engine) as session:
        assert f"quality factor: {told}" in flat(Explainer(session).explain("JS-202603-0001"))


def test_an_explanation_tells_the_time_of_the_configured_zone(month):
    close(month)
    with reading(month) as session:
        told = flat(Explainer(session, zone=ZoneInfo("Europe/London")).explain("1"))
    assert "recorded: 2026-03-30 05:00+01:00" in told and "decided: 王敏 (reviewer), 2026-03-30 05:00+01:00" in told
    assert "UTC" not in told


def test_a_usage_share_says_of_how_many_successes(month):
    """Two of four are paid, so 3 % of half of 10.00 yuan: 0.15."""
    denied = Charge("outcome.unsupported_success", Severity.MAJOR, None, "")
    with writing(month) as session:
        counts = {ProjectMonth("华声", "telemarketing", MARCH): SuccessCount(4, 1_000)}
        save_success_counts(session, Side.OPERATOR, counts, "5eed", SUPERVISOR, at("2026-04-01"))
        for call_id in ("c1", "c2"):
            add(session, "华声", call_id, denied, REVIEWER, at("2026-03-31"))
    close(month)
    with reading(month) as session:
        told = flat(Explainer(session).explain("JS-202603-0001"))
    assert "usage share: 0.15 yuan, of the fees of 2 of 4 successes" in told


def flat(reason):
    own = "\n".join([reason.title, *(f"{name}: {value}" for name, value in reason.facts)])
    return "\n".join([own, *map(flat, reason.because)])
