"""A worker of `loupe serve --workers`: a process that serves until its parent ends it, or is gone.

It runs as `python -m app.cli.worker CHANNEL`, with the number of the descriptor of its channel, reads its task on
standard input, and prints one line: `READY`, or why it failed.
"""

import os
import pickle
import socket
import sys
from functools import partial
from threading import Thread
from typing import Final

from app.cli.database import database, end_process
from app.cli.deferred import importing
from app.cli.output import prepare_streams, print_report
from app.cli.sentences import system_sentence
from app.cli.signals import leave_on_signals
from app.cli.supervisor import READY, Task
from app.clock import SystemClock
from app.domain.errors import SentenceError
from app.logging import configure_logging

_PIPE: Final = 0  # standard input


def main() -> None:
    """Serve as the parent wants, and end with it."""
    prepare_streams()
    leave_on_signals()
    try:
        task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - the parent's
        Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
        _serve(task)
    except EOFError:
        sys.exit(1)  # the parent is gone
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        _fail(system_sentence(error))
    except SentenceError as error:
        _fail(str(error))


def _serve(task: Task) -> None:
    """Hold the database as any process of its own, without migrating it, and serve."""
    with (
        socket.socket(fileno=int(sys.argv[1])) as channel,
        database(task.settings, task.command, writes=task.with_jobs, keeps_log=True) as url,
    ):
        configure_logging()
        with importing():
            from app.cli.server import serve  # noqa: PLC0415 - as in `loupe serve`

        serve(
            channel,
            url,
            task.settings,
            SystemClock(task.clock_offset),
            partial(print_report, READY),
            with_jobs=task.with_jobs,
            from_parent=True,
        )


def _end_with_parent() -> None:
    """End in order once the parent's end of the pipe is closed, as the system does if it is killed."""
    os.read(_PIPE, 1)  # not by `sys.stdin`, whose lock would be held as the interpreter ends
    end_process()


def _fail(sentence: str) -> None:
    print_report(sentence)
    sys.exit(1)


if __name__ == "__main__":
    main()
