"""The reasons for which PostgreSQL's programs fail, taken from their output."""

import re
from collections.abc import Iterator
from typing import Final

_STATED: Final = re.compile(
    r"(?:FATAL|PANIC): +(?P<server>.+)(?:\n.*DETAIL: +(?P<detail>.+))?"
    r"|^(?:initdb|postgres): (?!removing|warning|hint|detail)(?:error: )?(?P<program>.+)",
    re.MULTILINE,
)
_LOGGED_BEFORE: Final = re.compile(r"LOG: +(.+)\n.+FATAL: .+ contains errors$", re.MULTILINE)


def stated_reasons(output: str) -> Iterator[str]:
    """Yield the reasons that a server or initdb states, in order, without a full stop; a detail is in parentheses."""
    for found in _STATED.finditer(output):
        reason = found["server"] or found["program"]
        detail = found["detail"] or _detail_before(output, reason)
        yield _without_stop(reason) + (f" ({_without_stop(detail)})" if detail else "")


def initdb_reason(output: str) -> str:
    """Return the reason why initdb failed: its first one, since it continues with the consequences."""
    lines = [line for line in output.splitlines() if line and not line.startswith("initdb: removing")]
    return _without_stop(next(stated_reasons(output), next(iter(lines), "it was killed")))


def shell_reason(output: str) -> str:
    """Return the system's words at the end of a shell's or a tool's error."""
    return output.strip().rpartition(": ")[2] or "it was killed"


def _detail_before(output: str, reason: str) -> str | None:
    """Return what is wrong with a file of settings, which the server logs before it gives up."""
    found = _LOGGED_BEFORE.search(output) if reason.endswith(" contains errors") else None
    return found and found[1]


def _without_stop(text: str) -> str:
    return text.strip().removesuffix(".")
