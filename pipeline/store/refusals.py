"""What a database's refusal means to the user: one line saying what happened and what to do."""

from sqlalchemy.exc import DBAPIError

_MEANINGS = (
    ("database is locked", "locked by another process for too long: try again when it has finished"),
    *(
        (needle, "the disk is full or failing: nothing of this step was written; free some space and run it again")
        for needle in ("database or disk is full", "disk i/o error", "no space left")
    ),
    ("file is not a database", "not an SQLite database: name another file, or put a copy back"),
    ("disk image is malformed", "the database is damaged: put a copy back"),
    ("unable to open database file", "cannot be opened: look at the folder and its permissions"),
    ("readonly database", "not writable: look at the permissions of the file and its folder"),
    ("no such table", "has no tables of callqa: run `callqa init`"),
    ("no such column", "is older than this version: run `callqa init`"),
    ("undefinedtable", "has no tables of callqa: run `callqa init`"),
    ("undefinedcolumn", "is older than this version: run `callqa init`"),
)


def explain(database: str, error: DBAPIError) -> str:
    """The refusal in one line. What is not known here keeps the driver's own first line."""
    said = f"{type(error.orig).__name__}: {error.orig}"
    lowered = said.lower()
    for needle, meaning in _MEANINGS:
        if needle in lowered:
            return f"{database}: {meaning}"
    return f"{database}: the database refuses: {' '.join(said.split())}"
