from datetime import date
from pathlib import Path

import pytest

from pipeline.simulation.drop import simulate


@pytest.fixture(scope="session")
def simulated_calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six simulated calls of many people, by telephone codecs that soundfile reads."""
    folder = tmp_path_factory.mktemp("tone")
    simulate(folder, 6, 5, day=date(2026, 3, 2), seconds=24, codecs=("pcm16", "mulaw"))
    return folder
