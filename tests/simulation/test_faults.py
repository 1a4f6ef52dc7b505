import random

import pytest

from pipeline.errors import UsageError
from pipeline.records.call import Outcome
from pipeline.simulation.faults import Deck, Rates, kinds, outcomes, projects

ALL = {fault for group in kinds().values() for fault in group}


def drawn(calls, seed=1, codec="mulaw", mono=False, **rates):
    deck = Deck(Rates(**rates), random.Random(seed))
    return [deck.draw(codec, mono) for _ in range(calls)]


def test_the_share_of_faulty_calls_is_as_asked():
    faulty = sum(bool(faults) for faults in drawn(1000))
    assert 510 <= faulty <= 590


def test_every_kind_comes_and_evenly():
    seen = [fault for faults in drawn(300) for fault in faults]
    assert set(seen) == ALL
    phrases = [seen.count(fault) for fault in kinds()["phrase"]]
    assert max(phrases) - min(phrases) <= 2


def test_no_faults_where_none_are_asked_for():
    assert drawn(50, faulty=0) == [()] * 50


def test_faults_of_a_call_go_together():
    for faults in drawn(500, faulty=1, further=1):
        assert 1 <= len(faults) <= 3 and len(set(faults)) == len(faults)
        assert outcomes(faults)
        assert sum(fault.startswith("voice.") for fault in faults) <= 1


def test_a_mono_recording_shows_no_voice_fault_but_silence():
    seen = {fault for faults in drawn(300, mono=True) for fault in faults if fault.startswith("voice.")}
    assert seen == {"voice.dead_air"}


def test_a_mono_recording_cannot_show_who_asked():
    assert "script.answer" not in {fault for faults in drawn(300, mono=True) for fault in faults}


def test_a_key_figure_is_told_and_confirmed_otherwise():
    for faults in drawn(1500, faulty=1, further=1):
        if "script.key_figure" in faults:
            assert not {"script.missing.content", "script.missing.confirmation"} & set(faults)
            assert outcomes(faults) == (Outcome.SUCCESS,) and "survey" not in projects(faults)


@pytest.mark.parametrize(("codec", "shown"), [("alaw", True), ("mp3", False)])
def test_clipping_only_where_the_codec_keeps_it(codec, shown):
    seen = {fault for faults in drawn(300, codec=codec) for fault in faults}
    assert ("voice.clipped" in seen) is shown


def test_outcomes_that_a_fault_needs():
    assert outcomes(["phrase.after_refusal"]) == (Outcome.REFUSED,)
    assert outcomes(["script.missing.callback_time"]) == (Outcome.CALLBACK,)
    assert outcomes(["phrase.after_refusal", "script.missing.confirmation"]) == ()
    assert Outcome.NO_ANSWER not in outcomes([])


def test_a_rate_is_a_share():
    with pytest.raises(UsageError, match=r"faulty = 1\.2"):
        Rates(faulty=1.2)
