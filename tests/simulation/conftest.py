import random
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.records.call import Outcome
from pipeline.simulation import slots
from pipeline.simulation.dialogues import wordings
from pipeline.simulation.scene import Scene
from pipeline.simulation.voice import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


def a_scene(project="telemarketing", outcome=Outcome.SUCCESS, faults=(), seed=1, **further) -> Scene:
    chance = random.Random(seed)
    filled = slots.filled(chance, "李丽", "李", "0125", "19900012345", 10)
    return Scene(wordings(project), outcome, filled, tuple(faults), chance, **further)


def decoded(path: Path) -> np.ndarray:
    """(channels, samples) as PyAV decodes them."""
    resampler = av.AudioResampler(format="fltp")
    with av.open(str(path)) as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
