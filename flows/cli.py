"""`callqa`: exit 0 done, 1 a problem in the data or a check that failed, 2 wrong usage. Errors are one line, never a traceback."""

import errno
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from flows.commands import (
    calibration,
    cases,
    counts,
    demo,
    export,
    hearing,
    incentives,
    ledger,
    lexicons,
    month,
    night,
    people,
    retention,
    review,
    sampling,
    serve,
    setup,
)
from flows.console import err
from pipeline import __version__
from pipeline.errors import CallqaError
from pipeline.settings import debugging

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Hears what outsourced call centres say in an operator's name. 外呼质检：抽样、转写、检查、留证。",
)


@app.callback()
def working_folder(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", "-C", help="The working folder (where callqa.toml is).")] = Path(),
) -> None:
    """Remember the working folder for the command that follows."""
    context.obj = folder.resolve()


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"callqa {__version__}\n")


_STOPPED = "stopped by the keyboard; everything finished so far is kept"

for _module in (
    *(setup, hearing, night, sampling, lexicons, calibration),
    *(people, counts, incentives, review, cases, ledger, month, retention, export, serve, demo),
):
    _module.register(app)


def main() -> None:
    """Run the command line and turn every failure into one line and an exit code."""
    try:
        code = app(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except TyperException as error:
        sys.exit(_misused(error))
    except Abort:
        sys.exit(_say(_STOPPED, 130))
    except CallqaError as error:
        sys.exit(_say(str(error), error.exit_code))
    except KeyboardInterrupt:
        sys.exit(_say(_STOPPED, 130))
    except SystemExit as end:
        if end.code == 130:  # Typer has made this of a KeyboardInterrupt, without a word
            _say(_STOPPED, 130)
        raise
    except OSError as error:
        if debugging():
            raise
        full = error.errno == errno.ENOSPC
        sys.exit(_say(f"the disk is full: {error.filename or 'free some space'}" if full else f"{error}", 1))
    except Exception as error:
        if debugging():
            raise
        full = isinstance(error.__cause__, sqlite3.Error) and "full" in str(error)
        line = str(error).splitlines()[0] if str(error) else ""
        text = "the disk is full: the database cannot grow" if full else f"unexpected {type(error).__name__}: {line}"
        sys.exit(_say(f"{text} (CALLQA_DEBUG=1 shows where)", 1))


def _misused(error: TyperException) -> int:
    """Say in one line what was wrong on the command line. A command that stands alone has printed its help, which has no message."""
    told = error.format_message().strip().replace("Value error, ", "")
    if told and "\n" not in told:
        context = getattr(error, "ctx", None)
        where = "callqa" if context is None else context.command_path
        _say(f"{told.rstrip('.')}; `{where} --help` says what it takes", 2)
    return 2


def _say(line: str, code: int) -> int:
    err.print(f"callqa: {line}", markup=False)
    return code


if __name__ == "__main__":
    main()
