"""Names of connections: `pg_stat_activity` and PostgreSQL's log show by them which process holds each, and for what.

`loupe jobs run-due web-1:4711 worker` is the command, the host, the process's id and the use of the connection. A URL
carries the name of its process, so that all that connect by it have the same.
"""

import os
import socket
from typing import Final
from urllib.parse import parse_qs

from db.address import with_parameter

PARAMETER: Final = "application_name"

_LONGEST: Final = 63  # bytes that PostgreSQL keeps
_LONGEST_GIVEN: Final = 20
_LONGEST_USE: Final = 10
_OURS: Final = "loupe"


def named(url: str, command: str, given: str | None = None) -> str:
    """Return the URL with the name of this process, which runs a command of `loupe`.

    A name that the URL has, or else the one given, is in place of the program's.
    """
    program = _ascii(_name_in(url) or given or _OURS)[:_LONGEST_GIVEN]
    process = f":{os.getpid()}"
    left = _LONGEST - _LONGEST_USE - len(f"{program} {command}  {process}")
    host = _ascii(socket.gethostname().partition(".")[0])[-left:]  # its end, which tells replicas from each other
    return with_parameter(url, PARAMETER, f"{program} {command} {host}{process}")


def name_for(url: str, use: str) -> str:
    """Return the name of a connection to a URL for a use of at most ten letters."""
    return f"{_name_in(url) or _OURS} {use}"


def _name_in(url: str) -> str | None:
    return parse_qs(url.partition("?")[2]).get(PARAMETER, [None])[-1]


def _ascii(text: str) -> str:
    """Replace characters that PostgreSQL would write as question marks, or by several others."""
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in text)
