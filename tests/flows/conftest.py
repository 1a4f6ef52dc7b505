import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.conftest import engine, url

__all__ = ["Callqa", "callqa", "drop", "engine", "url"]

DAY = "2026-03-02"


class Callqa:
    """The real command in a real process."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        self.environment = {**os.environ, "DO_NOT_TRACK": "1", **environment}

    def command(self, *arguments):
        return [str(Path(sys.executable).with_name("callqa")), "-C", str(self.root), *map(str, arguments)]

    def run(self, *arguments):
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )

    def __call__(self, *arguments, exits=0):
        done = self.run(*arguments)
        assert done.returncode == exits, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments, exits=0):
        return json.loads(self(*arguments, "--json", exits=exits))

    def start(self, *arguments):
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def with_a_supervisor(callqa):
    """The installation, with 李主任 in it, who may draw calls on purpose."""
    callqa.environment |= {"CALLQA_PASSWORD": "callqa-test", "CALLQA_NEW_PASSWORD": "callqa-test"}
    callqa("user", "add", "管理员", "--role", "administrator")
    callqa("user", "add", "李主任", "--role", "supervisor", "--as", "管理员")
    return callqa


@pytest.fixture(scope="session")
def drop(tmp_path_factory):
    """A simulated drop of twelve short calls."""
    folder = tmp_path_factory.mktemp("drop")
    Callqa(folder)("simulate", folder, "--calls", 12, "--seed", 11, "--minutes", 0.4)
    return folder


@pytest.fixture
def callqa(tmp_path):
    """An installation of its own."""
    made = Callqa(tmp_path / "work")
    made("init", tmp_path / "work")
    return made
