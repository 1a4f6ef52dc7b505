import random
from datetime import date

from pipeline.records.call import AgentChannel
from pipeline.simulation.casting import Plan, plan_call, rosters
from pipeline.simulation.faults import Deck, Rates

DAY = date(2026, 3, 2)
QUIET = Rates(faulty=0)


def plans(count, rates=QUIET, codecs=("pcm16",), snr_db=None, seed=1) -> list[Plan]:
    deck, agents = Deck(rates, random.Random(seed)), rosters(seed, 3)
    return [plan_call(i, random.Random(f"{seed} {i}"), deck, rates, agents, DAY, codecs, snr_db) for i in range(count)]


def only(group) -> Rates:
    return Rates(
        faulty=1, further=0, **{name: float(name == group) for name in ("phrase", "missing", "voice", "call", "script")}
    )


def test_out_of_hours_is_when_the_fault_says_so_and_never_else():
    called = plans(60, only("call"))
    early_or_late = [plan for plan in called if plan.started_at.hour in (6, 22)]
    assert [plan for plan in called if "call.out_of_hours" in plan.scene.faults] == early_or_late
    assert 8 < len(early_or_late) < 25
    for plan in plans(200):
        assert plan.started_at.date() == DAY and plan.started_at.hour in (9, 10, 11, 14, 15, 16, 17, 18)


def test_a_key_figure_is_only_left_out_where_money_is_told():
    called = [plan.scene for plan in plans(120, only("script")) if "script.key_figure" in plan.scene.faults]
    assert len(called) > 20
    assert {scene.words.project for scene in called} == {"vip-care", "telemarketing", "win-back"}


def test_people_stay_themselves_whoever_else_works_there():
    few, many = rosters(5, 2), rosters(5, 3)
    assert few == many[:2] and few != rosters(6, 2)
    codes = [agent.name_code for vendor in many for agent in vendor]
    assert len(set(codes)) == len(codes) == 18


def test_the_agent_is_mostly_on_the_left():
    channels = [plan.channel for plan in plans(400)]
    assert channels.count(AgentChannel.LEFT) > 250
    assert 30 < channels.count(AgentChannel.RIGHT) < 110
    assert 10 < channels.count(AgentChannel.MONO) < 50


def test_gsm_and_amr_are_mono():
    assert {plan.channel for plan in plans(50, codecs=("gsm", "amr"))} == {AgentChannel.MONO}


def test_levels_and_line_noise():
    for plan in plans(100):
        assert (
            -26 <= plan.circuit.agent_dbfs <= -21 and 25 <= plan.circuit.snr_db <= 45 and plan.circuit.drive == "clean"
        )
        assert plan.circuit.echo_db is None or -40 <= plan.circuit.echo_db <= -30
    assert {plan.circuit.snr_db for plan in plans(20, snr_db=10)} == {10}
    by_fault = {plan.scene.faults[0]: plan.circuit for plan in plans(20, only("voice"))}
    assert by_fault["voice.level_low"].agent_dbfs < -40
    assert by_fault["voice.level_high"].drive == "soft" and by_fault["voice.clipped"].drive == "hard"


def test_innocent_look_alikes_are_only_in_faultless_calls():
    for plan in plans(200, Rates(near_miss=1, rude_customer=1, asked=1)):
        assert plan.scene.near_miss is plan.scene.asked is (not plan.scene.faults)
        assert plan.scene.rude_customer is (not plan.scene.faults and not plan.mono)
