import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records.call import Outcome
from pipeline.records.draw import Draw, DrawKind, FrameCall, Plan
from pipeline.sampling.draw import commit_to, freeze, make_draw, make_targeted_draw, new_seed, replay
from pipeline.sampling.strata import band_label, stratify

DAY = date(2025, 6, 2)
NOW = datetime(2025, 6, 3, 1, 30, tzinfo=UTC)

CONNECTED = [Outcome.SUCCESS, Outcome.REFUSED, Outcome.CALLBACK, Outcome.OTHER]
frames = st.lists(
    st.builds(
        FrameCall,
        call_id=st.text(min_size=1, max_size=8),
        agent=st.sampled_from(["01", "02", "03", "工号|4", "*"]),
        outcome=st.sampled_from(CONNECTED),
        duration_ms=st.integers(1, 300_000),
        late=st.sampled_from([False, False, False, True]),
    ),
    unique_by=lambda call: call.call_id,
    max_size=60,
)
plans = st.builds(
    Plan,
    minimum_calls=st.integers(1, 30),
    share_bp=st.integers(0, 10_000),
    formal_calls=st.integers(0, 40),
    policy_version=st.just("p1"),
)


def draw(calls: list[FrameCall], plan: Plan, seed: str = "seed") -> Draw:
    return make_draw("华声", "vip-care", DAY, calls, plan, seed, NOW)


def call(
    call_id: str, agent: str = "01", outcome: Outcome = Outcome.REFUSED, seconds: int = 60, late: bool = False
) -> FrameCall:
    return FrameCall(call_id, agent, outcome, seconds * 1000, late)


@given(frames, plans)
def test_the_size_is_the_larger_of_minimum_and_share_and_never_more_than_the_frame(
    calls: list[FrameCall], plan: Plan
) -> None:
    share = Fraction(len(calls) * plan.share_bp, 10_000)
    wanted = max(plan.minimum_calls, share.numerator // share.denominator + (share.denominator != 1))
    drawn = draw(calls, plan).drawn
    assert len(drawn) == min(len(calls), wanted)
    assert len({call.call_id for call in drawn}) == len(drawn)
    assert {call.call_id for call in drawn} <= {call.call_id for call in calls}
    assert sum(call.formal for call in drawn) == min(plan.formal_calls, len(drawn))


@given(frames, plans)
def test_every_call_has_a_chance_and_the_probabilities_sum_to_the_sample(calls: list[FrameCall], plan: Plan) -> None:
    result = draw(calls, plan)
    if not calls:
        assert result.drawn == ()
        return
    strata = stratify(calls, len(result.drawn), plan.duration_bands_ms)
    assert sorted(call_id for stratum in strata for call_id in stratum.call_ids) == sorted(
        call.call_id for call in calls
    )
    assert all(1 <= stratum.sample <= len(stratum.call_ids) for stratum in strata)
    probabilities = [Fraction(s.sample, len(s.call_ids)) for s in strata for _ in s.call_ids]
    assert sum(probabilities) == len(result.drawn)
    by_label = {stratum.label: stratum for stratum in strata}
    assert len(by_label) == len(strata)
    for drawn in result.drawn:
        stratum = by_label[drawn.stratum]
        assert drawn.call_id in stratum.call_ids
        assert (drawn.probability_num, drawn.probability_den) == (stratum.sample, len(stratum.call_ids))
    assert Counter(d.stratum for d in result.drawn) == {s.label: s.sample for s in strata}


@given(frames, plans, st.randoms(use_true_random=False))
def test_the_order_of_the_calls_does_not_matter_and_a_replay_is_the_same(calls, plan, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(calls, len(calls))
    assert draw(shuffled, plan) == draw(calls, plan)
    assert replay(draw(calls, plan), shuffled) == ()


@given(frames, plans)
def test_late_rows_are_a_stratum_of_their_own_wherever_two_can_be_drawn(calls: list[FrameCall], plan: Plan) -> None:
    result = draw(calls, plan)
    late = {call.call_id for call in calls if call.late}
    drawn_late = {call.call_id for call in result.drawn} & late
    if late and len(result.drawn) > 1:
        assert drawn_late
        assert {d.stratum for d in result.drawn if d.call_id in late} == {"late"}
        assert "late" not in {d.stratum for d in result.drawn if d.call_id not in late}


def test_in_the_long_run_every_call_of_a_stratum_is_drawn_equally_often() -> None:
    calls = [call(f"c{number}") for number in range(10)]
    plan = Plan(3, 0, 1, "p1")
    drawn: Counter[str] = Counter()
    formal: Counter[str] = Counter()
    for seed in range(1000):
        result = draw(calls, plan, f"{seed}").drawn
        drawn.update(d.call_id for d in result)
        formal.update(d.call_id for d in result if d.formal)
    assert all(240 <= drawn[c.call_id] <= 360 for c in calls), "300 ± four standard deviations"
    assert all(60 <= formal[c.call_id] <= 140 for c in calls), "100 ± four standard deviations"


def test_a_draw_worked_by_hand() -> None:
    """Ten calls, four drawn: two strata stand at once, the odd ones of agent 01 are too few and join them."""
    long = [call(f"a{number}", seconds=60) for number in range(5)]
    sold = [call(f"b{number}", "02", Outcome.SUCCESS, 200) for number in range(3)]
    odd = [call("x", seconds=10), call("y", outcome=Outcome.SUCCESS, seconds=60)]
    strata = stratify([*long, *sold, *odd], 4, (30_000, 120_000))
    # 5, 3, 1 and 1 calls at 4 of 10: shares 2, 1.2, 0.4, 0.4. x and y cannot stand, nor together (0.8): they join the smallest stratum.
    assert [(s.label, len(s.call_ids), s.sample) for s in strata] == [
        ("01|refused|30-120s", 5, 2),
        ("02|success|120s+ & rest", 5, 2),
    ]


def test_small_groups_stand_together_one_level_up() -> None:
    calls = [call(f"{agent}{n}", agent, outcome) for agent in "ab" for outcome in CONNECTED for n in range(2)]
    labels = [s.label for s in stratify(calls, 16, (30_000, 120_000))]
    assert len(labels) == 8
    assert "a|success|30-120s" in labels
    assert [(s.label, s.sample) for s in stratify(calls, 2, (30_000, 120_000))] == [("a|*|*", 1), ("b|*|*", 1)]
    assert [(s.label, s.sample) for s in stratify(calls, 1, (30_000, 120_000))] == [("*|*|*", 1)]


def test_many_agents_and_a_small_sample_keep_the_outcomes_apart() -> None:
    calls = [call(f"c{n}", f"{n}", Outcome.SUCCESS if n < 25 else Outcome.REFUSED) for n in range(100)]
    assert [(s.label, s.sample) for s in stratify(calls, 4, (30_000, 120_000))] == [
        ("*|refused|*", 3),
        ("*|success|*", 1),
    ]


@pytest.mark.parametrize(
    ("ms", "label"),
    [(29_999, "0-30s"), (30_000, "30-120s"), (119_999, "30-120s"), (120_000, "120s+"), (3_600_000, "120s+")],
)
def test_a_band_includes_its_lower_bound(ms: int, label: str) -> None:
    assert band_label(ms, (30_000, 120_000)) == label
    assert band_label(ms, ()) == "0s+"


def test_the_canonical_list_is_what_is_documented() -> None:
    calls = [call("é", '"x"\n'), call("a", "工号", Outcome.SUCCESS, 1, True)]
    written = '["a","工号","success",1000,true]\n["é","\\"x\\"\\n","refused",60000,false]\n'
    assert freeze(calls) == hashlib.sha256(written.encode()).hexdigest()
    assert freeze([]) == hashlib.sha256(b"").hexdigest()


def test_any_change_of_a_frame_changes_its_hash() -> None:
    whole = call("a")
    changes = [
        replace(whole, call_id="b"),
        replace(whole, agent="02"),
        replace(whole, outcome=Outcome.SUCCESS),
        replace(whole, duration_ms=60_001),
        replace(whole, late=True),
    ]
    assert len({freeze([c]) for c in [whole, *changes]}) == 6
    with pytest.raises(ValueError, match="'a' stands twice"):
        freeze([whole, changes[1]])


def test_a_known_draw_stays_as_it_is_on_every_platform() -> None:
    """The expected calls come from sha256sum and sort; they must never change."""
    calls = [call(f"c{number:02}", agent=f"{number % 2}") for number in range(12)]
    result = draw(calls, Plan(4, 0, 1, "p1"), "00ff")
    order = {
        agent: sorted(
            (c.call_id for c in calls if c.agent == agent),
            key=lambda i: hashlib.sha256(f"00ff{i}".encode()).hexdigest(),
        )
        for agent in "01"
    }
    assert [d.call_id for d in result.drawn] == sorted(order["0"][:2] + order["1"][:2]) == ["c03", "c05", "c08", "c10"]
    assert [d.call_id for d in result.drawn if d.formal] == ["c03"]
    assert {(d.probability_num, d.probability_den) for d in result.drawn} == {(2, 6)}


def test_replay_says_what_was_tampered_with() -> None:
    calls = [call(f"c{number}") for number in range(10)]
    honest = draw(calls, Plan(3, 0, 1, "p1"))
    first, *others = honest.drawn
    missing = next(c.call_id for c in calls if c.call_id not in {d.call_id for d in honest.drawn})
    swapped = replace(honest, drawn=(replace(first, call_id=missing), *others))
    assert set(replay(swapped, calls)) == {
        f"{first.call_id}: not drawn, but the replay draws it",
        f"{missing}: drawn, but the replay does not draw it",
    }
    likelier = replace(honest, drawn=(replace(first, probability_num=4), *others))
    assert [line.split(":")[0] for line in replay(likelier, calls)] == [first.call_id]
    assert "seed: its sha256 is" in replay(replace(honest, seed="another"), calls)[0]
    assert "frame: sha256 is" in replay(honest, calls[1:])[0]


def test_a_seed_is_long_new_each_time_and_committed_by_its_hash() -> None:
    first, second = new_seed(), new_seed()
    assert first != second
    assert len(bytes.fromhex(first)) == 32
    assert commit_to("00ff") == hashlib.sha256(b"00ff").hexdigest()
    assert draw([], Plan(1, 0, 0, "p1"), first).seed_sha256 == commit_to(first)


def test_a_targeted_draw_has_no_probability_and_is_never_formal() -> None:
    calls = [call("b"), call("a", late=True)]
    targeted = make_targeted_draw("华声", "vip-care", DAY, calls, "p1", NOW)
    assert targeted.kind is DrawKind.TARGETED
    assert [(d.call_id, d.probability_num, d.probability_den, d.formal) for d in targeted.drawn] == [
        ("a", 0, 1, False),
        ("b", 0, 1, False),
    ]
    assert (targeted.seed, targeted.seed_sha256) == ("", "")
    assert replay(targeted, calls) == ()
    assert replay(targeted, calls[:1]) != ()


def test_draw_ids_tell_vendors_projects_and_seeds_apart() -> None:
    plan = Plan(1, 0, 0, "p1")
    ids = {make_draw(v, p, DAY, [], plan, s, NOW).draw_id for v in ("甲", "乙") for p in ("a", "b") for s in ("1", "2")}
    assert len(ids) == 8
    assert all(draw_id.startswith("D20250602-") for draw_id in ids)


def test_a_plan_that_draws_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="minimum_calls = 0"):
        draw([call("a")], Plan(0, 0, 0, "p1"))
