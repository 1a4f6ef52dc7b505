"""Who holds a lease: a process of a host, named so that another process of the same host can tell whether it is still there.

qa-host-4711-8812345      host, process id, the process's start in clock ticks since boot (Linux; 0 elsewhere)
"""

import os
import socket
from pathlib import Path

_STATE, _START = 0, 19  # places in /proc/PID/stat, counted after the name in parentheses


def worker_name() -> str:
    """Our own process as the owner of leases."""
    return f"{socket.gethostname()}-{os.getpid()}-{_start_of(os.getpid()) or 0}"


def is_gone(owner: str) -> bool:
    """Whether the owner was a process of this host that has ended. Of other hosts nothing is known: their leases run out."""
    place, _, start = owner.rpartition("-")
    host, _, pid = place.rpartition("-")
    if host != socket.gethostname() or not (pid.isdigit() and start.isdigit()):
        return False
    if not Path("/proc/self/stat").exists():
        return not _answers(int(pid))
    return _start_of(int(pid)) != int(start)


def _start_of(pid: int) -> int | None:
    """When a living process began; a number may have been given to another process since. None where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    words = stat.rpartition(")")[2].split()
    return None if words[_STATE] in "ZX" else int(words[_START])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
