"""Planted voice faults are in the sound as strong as they are meant to be."""

import random

import numpy as np
import pytest

from pipeline.simulation import voice
from pipeline.simulation.conversation import conversation
from pipeline.simulation.layout import Layout, lay_out
from pipeline.simulation.telephone import active_level_dbfs
from tests.simulation.conftest import a_scene


def spoken(engine, fault, seed) -> tuple[Layout, object]:
    lines = conversation(a_scene(faults=[fault], seed=seed), 10)
    chance = random.Random(seed)
    agent = voice.agent(chance)
    laid_out = lay_out(lines, agent, voice.customer(chance, agent), engine, np.random.default_rng(seed))
    (said,) = [said for said in laid_out.said if said.line.marks]
    return laid_out, said


def pieces(laid_out):
    """The agent's long lines but the marked one."""
    others = [s for s in laid_out.said if s.line.speaker == "agent" and not s.line.marks and len(s.line.words) > 8]
    return [laid_out.agent[s.span.start_ms * 8 : s.span.end_ms * 8] for s in others]


def pitch_hz(samples):
    """Median over voiced frames of the first high peak of the autocorrelation."""
    window, found = np.hanning(400), []
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 1024)) ** 2)[:130]
    for at in range(0, len(samples) - 400, 160):
        r = np.fft.irfft(np.abs(np.fft.rfft(samples[at : at + 400] * window, 1024)) ** 2)[:130] / own
        lags = np.arange(18, 129)
        peaks = lags[(r[18:129] >= r[17:128]) & (r[18:129] >= r[19:130]) & (r[18:129] > 0.85 * r[18:129].max())]
        if len(peaks) and r[peaks[0]] > 0.6 * r[0]:
            found.append(8000 / peaks[0])
    return float(np.median(found))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("fault", "low", "high"), [("voice.too_fast", 380, 600), ("voice.too_slow", 70, 130)])
def test_pace(engine, fault, low, high, seed):
    _, said = spoken(engine, fault, seed)
    assert said.line.speaker == "agent" and len(said.line.words) >= 20
    assert low <= len(said.line.words) * 60_000 / said.span.length_ms <= high


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_raised_voice(engine, seed):
    laid_out, said = spoken(engine, "voice.raised", seed)
    raised = laid_out.agent[said.span.start_ms * 8 : said.span.end_ms * 8]
    assert said.span.length_ms >= 2000
    assert active_level_dbfs(raised) - np.median([active_level_dbfs(p) for p in pieces(laid_out)]) >= 8.5
    assert 12 * np.log2(pitch_hz(raised) / np.median([pitch_hz(p) for p in pieces(laid_out)])) >= 5


@pytest.mark.parametrize(
    ("fault", "least_ms"), [("voice.dead_air", 12_000), ("voice.interruption", 2200), ("voice.noise", 4000)]
)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_spans_of_faults_between_lines(engine, fault, least_ms, seed):
    laid_out, said = spoken(engine, fault, seed)
    span = said.span_of(said.line.marks[0])
    assert span.length_ms >= least_ms
    sound = {
        name: float(np.std(track[span.start_ms * 8 : span.end_ms * 8]))
        for name, track in (("agent", laid_out.agent), ("customer", laid_out.customer), ("noise", laid_out.noise))
    }
    loud = {name for name, level in sound.items() if level > 0.3}
    assert (
        loud == {"voice.dead_air": set(), "voice.interruption": {"agent", "customer"}, "voice.noise": {"noise"}}[fault]
    )


def test_a_call_lasts_whole_seconds_and_its_lines_are_in_order(engine):
    laid_out, _ = spoken(engine, "voice.interruption", 5)
    assert len(laid_out.agent) % voice.RATE_HZ == 0
    starts = [said.span.start_ms for said in laid_out.said]
    assert starts == sorted(starts)
