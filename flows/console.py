"""What commands say: tables and progress on the terminal, one line for an error, JSON for programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

# A pipe or a file has no width of its own; 80 columns would cut Chinese quotes to pieces.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Machine-readable output on stdout, nothing else beside it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


@contextmanager
def progress(what: str, total: int | None) -> Iterator["Steps"]:
    """A progress bar on stderr, shown only on a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        yield Steps(bar, bar.add_task(what, total=total))


class Steps:
    """One bar's handle."""

    def __init__(self, bar: Progress, task: object) -> None:
        self._bar, self._task = bar, task

    def set_total(self, total: int) -> None:
        """So many are to be done."""
        self._bar.update(self._task, total=total)  # type: ignore[arg-type]

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self._bar.advance(self._task, count)  # type: ignore[arg-type]
