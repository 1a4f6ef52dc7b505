"""The command line inside this process, for tests of many commands: starting it takes seconds each time."""

import json
from pathlib import Path

from typer.testing import CliRunner

from flows.cli import app
from pipeline.errors import CallqaError

PASSWORD = "geheim-1234"  # noqa: S105 - of nobody


class Typed:
    """Commands in a working folder; everybody has one password."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment: dict[str, str | None] = {"CALLQA_PASSWORD": PASSWORD, "CALLQA_NEW_PASSWORD": PASSWORD}

    def __call__(self, *arguments: object, exits: int = 0) -> str:
        """What is written on stdout."""
        code, output, error = self._run(*arguments)
        assert code == exits, f"{arguments}: exit {code}\n{output}\n{error}"
        return output

    def json(self, *arguments: object, exits: int = 0):
        return json.loads(self(*arguments, "--json", exits=exits))

    def refused(self, exits: int, *arguments: object) -> str:
        """The one line of an error."""
        code, output, error = self._run(*arguments)
        assert code == exits, f"{arguments}: exit {code}\n{output}\n{error}"
        assert len(error.splitlines()) == 1
        return error

    def _run(self, *arguments: object) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["-C", str(self.root), *map(str, arguments)], env=self.environment)
        if isinstance(done.exception, CallqaError):
            return done.exception.exit_code, done.stdout, str(done.exception)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr
