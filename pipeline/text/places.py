"""Where in a TOML file something stands: `tomllib` tells no lines, so they are found again by key and value.

    12  [[conditions]]
    13  name = "验证码"
    14  minimum = 0            place(part of this table, "minimum", 0) is line 3 of a part that begins at line 12

A text is looked for anywhere in its table's lines, a number only beside its key: 0 may stand anywhere.
"""

import re

_HEADER = re.compile(r"\s*\[+([^\[\]]+)\]+\s*(#.*)?")


def place(source: str, key: str, value: object = None) -> int:
    """The line (from 1) of a value, else that of its key, else one that has the key in it; 0 where there is none."""
    lines = source.splitlines()
    ways = [_header_or_key(key), re.compile(rf"\b{re.escape(key)}\b\s*="), re.compile(re.escape(key))]
    if value is not None:
        said = re.escape(str(value).lower() if isinstance(value, bool) else str(value))
        ways.insert(0, re.compile(rf"\b{re.escape(key)}\b\s*=\s*[\"\']?{said}"))
        if isinstance(value, str):
            ways[1:1] = [re.compile(f"[\"']{said}[\"']"), re.compile(said)]
    return next((number for way in ways for number, line in enumerate(lines, 1) if way.search(line)), 0)


def part(source: str, key: str, number: int = 0) -> tuple[str, int]:
    """The lines of the table `key` (of an array of tables the one with this number from 0) and how many lines are before it.

    A table written on one line begins at its key; where nothing is found it is the whole source.
    """
    lines = source.splitlines()
    names = [header[1].strip() if (header := _HEADER.fullmatch(line)) else None for line in lines]
    begins = [at for at, name in enumerate(names) if name is not None and name.rpartition(".")[2] == key]
    if number < len(begins):
        start = begins[number]
        own = names[start] or key
        later = (at for at in range(start + 1, len(lines)) if (name := names[at]) and not name.startswith(f"{own}."))
        return "\n".join(lines[start : next(later, len(lines))]), start
    start = next((at for at, line in enumerate(lines) if re.match(rf"\s*{re.escape(key)}\s*=", line)), 0)
    return "\n".join(lines[start:]), start


def _header_or_key(key: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*\[*(?:[\w.-]+\.)?{re.escape(key)}\b\s*[]=]")
