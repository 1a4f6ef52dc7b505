import numpy as np
import pytest

from pipeline.recordings.channels import assign, same
from pipeline.records.call import AgentChannel
from pipeline.records.recording import Samples

HEARD = (False, False)


def noise(seed: int, seconds: float = 3) -> Samples:
    return np.random.default_rng(seed).standard_normal(round(16_000 * seconds)).astype(np.float32) * np.float32(0.1)


def delayed(samples: Samples, by: int) -> Samples:
    return np.concatenate([np.zeros(by, dtype=np.float32), samples[:-by]]) if by else samples


@pytest.mark.parametrize("by", [0, 1, 80, 160])
@pytest.mark.parametrize("gain", [1.0, 0.1, -1.0])
def test_one_signal_twice_is_mono_whatever_delay_and_gain(by: int, gain: float) -> None:
    one = noise(1)
    other = delayed(one, by) * np.float32(gain)
    for left, right in ((one, other), (other, one)):
        lines = assign((left, right), HEARD, AgentChannel.LEFT)
        assert lines.customer is None
        assert lines.reasons == ()
        assert lines.agent is left


def test_more_than_ten_milliseconds_apart_is_not_one_signal() -> None:
    one = noise(1)
    assert same(one, delayed(one, 160))
    assert not same(one, delayed(one, 162))


@pytest.mark.parametrize(("correlation", "one_signal"), [(0.985, True), (0.975, False), (0.5, False), (0.0, False)])
def test_the_channels_are_one_signal_beyond_098(correlation: float, one_signal: bool) -> None:
    left, other = noise(1, 20), noise(2, 20)
    right = np.float32(correlation) * left + np.float32((1 - correlation**2) ** 0.5) * other
    assert same(left, right.astype(np.float32)) is one_signal


def test_cross_talk_of_one_side_leaves_two_channels() -> None:
    agent, customer = noise(1), noise(2)
    customer[: customer.size // 2] = 0
    agent[agent.size // 2 :] = 0
    lines = assign((agent, customer + agent * np.float32(0.2)), HEARD, None)
    assert lines.customer is not None


def test_two_people_stay_apart() -> None:
    left, right = noise(1), noise(2)
    lines = assign((left, right), HEARD, AgentChannel.RIGHT)
    assert lines.agent is right
    assert lines.customer is left


@pytest.mark.parametrize(
    ("silent", "agent_channel", "heard", "reason"),
    [
        ((False, True), AgentChannel.LEFT, 0, "customer_channel_silent"),
        ((True, False), AgentChannel.LEFT, 1, "agent_channel_silent"),
        ((True, False), AgentChannel.RIGHT, 1, "customer_channel_silent"),
        ((False, True), None, 0, "customer_channel_silent"),
    ],
)
def test_a_dead_channel_leaves_a_mono_recording_and_is_told(
    silent: tuple[bool, bool], agent_channel: AgentChannel | None, heard: int, reason: str
) -> None:
    channels = (noise(1), noise(2))
    lines = assign(channels, silent, agent_channel)
    assert lines.agent is channels[heard]
    assert lines.customer is None
    assert lines.reasons == (reason,)


def test_a_short_recording_has_channels_too() -> None:
    one = noise(1, 0.005)
    assert same(one, one)
    assert not same(one, noise(2, 0.005)[::-1] * 0)
