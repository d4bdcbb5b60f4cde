"""Where `loupe serve` and `loupe demo` serve: options and settings."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn import Server

from app.cli.server import config_for
from app.settings import SettingsError, read_settings
from app.web.connections import Connections, Limits
from tests.support.listening import listen

OTHERS = "choose others by --host and --port, or LOUPE_HOST and LOUPE_PORT"
NOT_OURS = "Cannot assign requested address"
NO_HOST = "is no host such as localhost, 0.0.0.0 or ::1, without a port"
TOO_LARGE = "--port is wrong: it should be at most 65535."


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--port", "99999"), TOO_LARGE),
        (("--port", "-1"), "--port is wrong: it should be at least 0."),
        (("--host", ""), f"--host is wrong: '' {NO_HOST}."),
        (("--host", "\u00e6.."), f"--host is wrong: '\u00e6..' {NO_HOST}."),
        (("--host", "192.0.2.1"), f"Port 8123 of 192.0.2.1 cannot be bound ({NOT_OURS}): {OTHERS}."),
    ],
)
def test_a_wrong_option_is_one_sentence_that_names_it(
    refused: Callable[..., str], command: str, option: tuple[str, str], sentence: str
) -> None:
    assert refused(command, *option, LOUPE_PORT="8123") == sentence


def test_a_port_that_is_no_number_names_the_option(refused: Callable[..., str]) -> None:
    assert refused("serve", "--port", "tcp://10.0.0.1:80") == "--port is wrong: it should be a whole number."


def test_options_override_settings_also_wrong_ones(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("LOUPE_HOST", "::1")
    unset.setenv("LOUPE_PORT", "http")
    with pytest.raises(SettingsError, match=r"^LOUPE_PORT is wrong: "):
        read_settings(host="0.0.0.0", port=None)  # noqa: S104
    settings = read_settings(host=None, port=9000)
    assert (settings.host, settings.port) == ("::1", 9000)


UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n"
)


async def teapot(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(status_code=418)(scope, receive, send)


async def test_a_request_for_a_websocket_is_answered_as_any_other_without_advice_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = config_for(teapot, Connections(Limits()))
    config.lifespan = "off"
    listener, _ = listen()
    server = Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    with caplog.at_level(logging.WARNING):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(UPGRADE)
        assert (await reader.readline()).startswith(b"HTTP/1.1 418 ")
        writer.close()
        server.should_exit = True
        await serving
    assert caplog.messages == []
