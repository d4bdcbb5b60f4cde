import json
import logging
from io import StringIO

import pytest
import structlog

from app.logging import configure_logging


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


pytestmark = pytest.mark.usefixtures("own_log")


def logged(monkeypatch: pytest.MonkeyPatch, stream: StringIO) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    configure_logging()
    structlog.stdlib.get_logger("loupe").info("served", images=3)
    logging.getLogger("uvicorn.error").warning("slow by %d s", 2)
    return stream.getvalue()


def test_logs_are_a_json_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = (json.loads(line) for line in logged(monkeypatch, StringIO()).splitlines())
    assert ours.pop("timestamp").endswith("Z")
    assert ours == {"event": "served", "images": 3, "level": "info", "logger": "loupe"}
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("slow by 2 s", "warning", "uvicorn.error")


def test_logs_on_a_terminal_are_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = logged(monkeypatch, Terminal()).splitlines()
    assert "served" in ours
    assert "slow by 2 s" in theirs
    assert "{" not in ours + theirs
