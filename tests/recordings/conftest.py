from collections.abc import Iterator

import pytest

from pipeline.recordings.decode import Decoder


@pytest.fixture(scope="package")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder
