"""The course of a voice through a call: a value a second."""

import numpy as np
import pytest

from pipeline.checks.tone.course import course
from pipeline.records.recording import RATE_HZ

from .dialogue import turns
from .sounds_of import pulses, silence


def voice(seconds, hz, dbfs=-20.0):
    return pulses(seconds, hz, dbfs)


def test_level_pitch_and_silence_second_by_second():
    agent = np.concatenate([silence(1), voice(2, 150), silence(1), voice(1, 220, -26.0)])
    customer = np.concatenate([silence(3), voice(1, 200), silence(1)])
    said = turns(
        """
        agent     1.0-3.0   您好我是移动客服您好
        customer  3.0-4.0   你好
        agent     4.0-5.0   请问您是
        """
    )
    found = course(agent, customer, said)
    assert found.silence == pytest.approx((1, 0, 0, 0, 0), abs=0.05)
    assert found.level_dbfs[0] is found.level_dbfs[3] is None
    assert found.level_dbfs[1] - found.level_dbfs[4] == pytest.approx(6, abs=0.5)
    assert [level is None for level in found.customer_level_dbfs] == [True, True, True, False, True]
    assert found.pitch_hz[1] == pytest.approx(150, rel=0.03)
    assert found.pitch_hz[4] == pytest.approx(220, rel=0.03)
    assert found.pitch_hz[0] is found.pitch_hz[3] is None


def test_rate_is_that_of_five_seconds_around():
    said = turns("agent 0.0-4.0 一二三四五六七八九十一二三四五六七八九十\nagent 15.0-16.0 好的")
    found = course(voice(20, 150), None, said)
    assert found.rate_cpm[2] == pytest.approx(300, rel=0.02)
    assert found.rate_cpm[15] is None, "two hanzi are too few"
    assert found.rate_cpm[10] is None
    assert found.customer_level_dbfs is None


def test_an_unfinished_second_counts_and_silence_has_no_level():
    found = course(np.zeros(RATE_HZ * 5 // 2, dtype=np.float32), None, ())
    assert found.silence == (1.0, 1.0, 1.0)
    assert found.level_dbfs == found.pitch_hz == found.rate_cpm == (None, None, None)
