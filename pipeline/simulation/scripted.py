"""A call written as dialogue, spoken to a file: what tests of other parts are made of.

write_call(path, [Line("agent", "您好，我是移动公司的客服"), Line("customer", "你好"), Line("agent", "你烦不烦啊", gain_db=6)])
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.records.recording import Samples
from pipeline.records.turn import Speaker, Turn
from pipeline.simulation import telephone
from pipeline.simulation.codecs import encoded, known
from pipeline.simulation.layout import Layout, lay_out
from pipeline.simulation.line import Line
from pipeline.simulation.voice import Engine, Person, agent, customer

__all__ = ["Line", "speak_call", "write_call"]


def write_call(
    path: Path,
    lines: Sequence[Line],
    *,
    codec: str = "mulaw",
    mono: bool = False,
    seed: int = 0,
    agent_left: bool = True,
    circuit: telephone.Circuit | None = None,
    people: tuple[Person, Person] | None = None,
) -> tuple[Turn, ...]:
    """Speak lines to a file and return what was said when. GSM and AMR are always mono. The seed chooses agent and customer where none are given."""
    chance = random.Random(seed)
    one = people[0] if people else agent(chance)
    other = people[1] if people else customer(chance, one)
    with Engine() as engine:
        channels, laid_out = speak_call(
            lines,
            one,
            other,
            engine,
            circuit or telephone.Circuit(),
            mono=mono or known(codec).mono_only,
            agent_left=agent_left,
            seed=seed,
        )
    path.write_bytes(encoded(channels, codec))
    return turns(laid_out)


def speak_call(
    lines: Sequence[Line],
    agent_voice: Person,
    customer_voice: Person,
    engine: Engine,
    circuit: telephone.Circuit,
    *,
    mono: bool = False,
    agent_left: bool = True,
    seed: int = 0,
) -> tuple[Samples, Layout]:
    """The call as recorded, (samples,) or (samples, 2) at 8 kHz, with the times of its lines."""
    chance = np.random.default_rng(seed)
    laid_out = lay_out(lines, agent_voice, customer_voice, engine, chance)
    sides = telephone.transmitted(laid_out.agent, laid_out.customer, laid_out.noise, circuit, chance)
    if mono:
        return telephone.mixed(*sides), laid_out
    return np.stack(sides if agent_left else sides[::-1], axis=1), laid_out


def turns(laid_out: Layout) -> tuple[Turn, ...]:
    """What was said, in time order, hanzi without punctuation."""
    return tuple(Turn(Speaker(s.line.speaker), s.span, s.line.words, 1.0) for s in laid_out.said)
