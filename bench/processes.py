"""CPU that processes have taken, read from the system."""

import os
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def cpu_of_server(postmaster: int) -> float:
    """Return the seconds of CPU that a server has taken, those of connections that have ended included."""
    return cpu_of(postmaster, ended=True) + sum(map(cpu_of, children_of(postmaster)))


def cpu_of(process: int, *, ended: bool = False) -> float:
    """Return the seconds of CPU that a process has taken, with `ended` those of its children that have ended, too."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # it has just ended
        return 0.0
    own, children = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    return (own + (children if ended else 0)) / _TICKS


def children_of(process: int) -> list[int]:
    """Return the children of a process."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
