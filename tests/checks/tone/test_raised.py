import pytest

from pipeline.checks.tone.raised import raised

from .dialogue import STANDARD, heard, spans

CALM = """
    agent  0.0-3.0   请问您是机主吗 | -24 dBFS 200 Hz -8 dB
    agent  5.0-8.0   我帮您看一下吧 | -25 dBFS 200 Hz -8 dB
    agent  10.0-12.0 请您稍等一下   | -24 dBFS 200 Hz -8 dB
"""


def test_a_shout_is_claimed_against_the_agents_own_voice() -> None:
    (claim,) = raised(heard(CALM + "agent 15.0-17.0 你到底要不要 | -14 dBFS 260 Hz -4 dB"), STANDARD)
    assert claim.span.start_ms == 15000
    assert claim.text == "你到底要不要"
    assert "10.0 分贝" in claim.explanation and "4.5 个半音" in claim.explanation


def test_exactly_six_decibels_and_three_semitones_are_raised() -> None:
    three_semitones = 200 * 2 ** (3 / 12) + 1e-9
    assert spans(raised, heard(CALM + f"agent 15.0-17.0 你要不要 | -18 dBFS {three_semitones!r} Hz -7 dB"))


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        ("-18.1 dBFS 260 Hz -4 dB", "not loud enough"),
        ("-14 dBFS 237 Hz -4 dB", "not high enough"),
        ("-14 dBFS 260 Hz -8 dB", "no more high band"),
    ],
)
def test_one_sign_alone_missing_is_no_shout(measured: str, why: str) -> None:
    assert spans(raised, heard(CALM + f"agent 15.0-17.0 你要不要 | {measured}")) == [], why


def test_under_the_shortest_stretch_nothing_is_claimed() -> None:
    assert spans(raised, heard(CALM + "agent 15.0-15.79 喂 | -14 dBFS 260 Hz -4 dB")) == []
    assert spans(raised, heard(CALM + "agent 15.0-15.8 喂 | -14 dBFS 260 Hz -4 dB")) == [(15000, 15800)]


def test_two_turns_do_not_show_the_agents_own_voice() -> None:
    shout = "agent 15.0-17.0 你要不要 | -10 dBFS 300 Hz -2 dB"
    calm = CALM.strip().splitlines()
    assert spans(raised, heard("\n".join([calm[0], shout]))) == []
    assert spans(raised, heard("\n".join([calm[0], calm[1], shout]))) == [(15000, 17000)]


def test_a_turn_without_measured_voice_is_left_out() -> None:
    assert spans(raised, heard(CALM + "agent 15.0-17.0 你要不要")) == []
