"""Logs: to standard error, for people on a terminal and a JSON object a line otherwise."""

import asyncio
import logging
import sys
from time import monotonic
from typing import Final

import structlog

_PERIOD: Final = 1.0  # seconds


def configure_logging() -> None:
    """Set up structured logs of this process; those of other packages get the same form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering()],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _rendering() -> list[structlog.typing.Processor]:
    if sys.stderr.isatty():
        # Rich would take a second for a traceback, and print the values of all variables.
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


class CountedWarning:
    """A warning about frequent events: one line a second at most, with their number since the last.

    To be used in an event loop.
    """

    def __init__(self, log: structlog.stdlib.BoundLogger, event: str) -> None:
        self._log = log
        self._event = event
        self._errors = 0
        self._reason = ""
        self._logged_at = -_PERIOD
        self._timer: asyncio.TimerHandle | None = None

    def count(self, error: BaseException) -> None:
        """Count an error; the first one in a second is logged at once, the others as it ends."""
        self._errors += 1
        self._reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        pause = self._logged_at + _PERIOD - monotonic()
        if pause <= 0:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(pause, self._write)

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._log.warning(self._event, errors=self._errors, reason=self._reason)
        self._errors = 0
        self._logged_at = monotonic()
