"""A call held against a shipped script."""

from dataclasses import replace

import pytest

from pipeline.checks.script.scripted import Scripted, hold_against
from pipeline.checks.script.throughout import Limits
from tests.dialogue import heard, shipped, talk


class Held:
    """Calls held against a script: `held(*lines)` from lines such as `agent 您好`, `held.timed(dialogue)` with times in seconds."""

    def __call__(self, *lines: str, project: str = "telemarketing", **facts: object) -> Scripted:
        return self._held(talk(*lines, **facts), project)

    def timed(
        self, dialogue: str, project: str = "telemarketing", limits: Limits | None = None, **facts: object
    ) -> Scripted:
        held = self._held(heard(dialogue, **facts), project)
        if limits is None:
            return held
        throughout = replace(held.script.throughout, limits=limits)
        return replace(held, script=replace(held.script, throughout=throughout))

    def _held(self, call, project):
        script = shipped().script(project)
        assert script is not None
        return hold_against(script, call, shipped())


@pytest.fixture
def held() -> Held:
    return Held()
