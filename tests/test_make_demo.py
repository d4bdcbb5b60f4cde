"""`make demo` builds GraphiQL at low priority as long as the demo runs, which goes on if the build fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.db.test_embedded import wait_until
from tests.test_folders import has_ended
from tools import demo
from tools.demo import build_beside, main
from tools.node import ROOT, NodeMissing, PackagesMissing
from tools.ui import BuildFailed

LOUPE = str(Path(sys.executable).with_name("loupe"))
# A demo whose build starts a program of its own that never ends; prints their processes and runs until it is ended.
DEMO = """
import os, subprocess, sys, time
build = '''
import os, subprocess, sys, time
from tools import demo
def build():
    program = subprocess.Popen(["sleep", "600"])
    print(os.getpid(), program.pid, os.getpriority(os.PRIO_PROCESS, program.pid), flush=True)
    program.wait()
demo.build = build
demo.build_beside(int(sys.argv[1]))
'''
subprocess.Popen([sys.executable, "-c", build, str(os.getpid())], start_new_session=True)
time.sleep(600)
"""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The programs that the command begins, and the one that it becomes."""
    noted = list[list[str]]()

    def popen(command: list[str], **options: Any) -> None:  # noqa: ANN401 - those of Popen
        assert options == {"cwd": ROOT, "stdin": subprocess.DEVNULL, "start_new_session": True}
        noted.append(command)

    def execv(_: str, command: list[str]) -> None:
        noted.append(command)

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr(os, "execv", execv)
    monkeypatch.setattr(sys, "argv", ["demo.py"])
    return noted


def answering(value: bool) -> Callable[[], bool]:  # noqa: FBT001 - the only argument
    return lambda: value


def test_a_build_is_begun_unless_the_page_is_there_or_never_served(
    begun: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "is_current", answering(False))
    main()
    build = [sys.executable, "-m", "tools.demo", "build-beside", str(os.getpid())]
    assert begun == [build, [LOUPE, "demo"]]
    for is_there, setting in ((True, "public"), (False, "off")):
        begun.clear()
        monkeypatch.setattr(demo, "is_current", answering(is_there))
        monkeypatch.setenv("LOUPE_GRAPHIQL", setting)
        main()
        assert begun == [[LOUPE, "demo"]]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_build_has_the_lowest_priority_and_ends_with_the_demo_however_that_ends(ending: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", DEMO], cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603
        assert running.stdout is not None
        build, program, priority = (int(word) for word in running.stdout.readline().split())
        running.send_signal(ending)
    assert priority == 19
    wait_until(lambda: has_ended(build) and has_ended(program))


@pytest.mark.parametrize("failure", [BuildFailed("a\nb"), NodeMissing(), PackagesMissing(ROOT, "c\nd")])
def test_a_failure_is_one_line_that_names_the_command_which_says_more(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> None:
        raise failure

    monkeypatch.setattr(demo, "build", failing)
    monkeypatch.setattr(demo, "_end_with", int)  # it would go on in the process of the tests
    monkeypatch.setattr(os, "nice", int)
    build_beside(os.getppid())
    said = "GraphiQL could not be built: make ui says why. The demo goes on without it.\n"
    assert capsys.readouterr().err == said
