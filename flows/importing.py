"""What commands that take in a table of counts share: their arguments, the file's hash, what they say."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from flows.console import out, print_json
from pipeline.errors import UsageError

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV (UTF-8 or GB18030) or .xlsx.")]
InMonth = Annotated[str, typer.Argument(metavar="MONTH")]
OfVendor = Annotated[str, typer.Argument(metavar="VENDOR")]
OfProject = Annotated[str, typer.Argument(metavar="PROJECT")]


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, which a count names as its source."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def refuse_empty(text: str) -> None:
    """Raise UsageError where a reason is asked for and none is given."""
    if not text.strip():
        raise UsageError("--text says why; it cannot be empty")


def say_imported(file: Path, rows: int, new: int, problems: list[str], as_json: bool) -> None:
    """What became of a file's rows. Exit 1 where lines are wrong: then none went in."""
    if as_json:
        print_json({"rows": rows, "new": new, "problems": problems})
    else:
        for problem in problems:
            out.print(problem, markup=False, soft_wrap=True)
        told = f"{len(problems)} lines are wrong, nothing is recorded" if problems else f"{new} of {rows} are new"
        out.print(f"{file}: {told}", markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
