"""A place in a recording as people read it."""


def clock(milliseconds: int | None) -> str:
    """61,500 ms → 01:01.5; None → –."""
    if milliseconds is None:
        return "–"
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02d}:{rest / 1000:04.1f}"
