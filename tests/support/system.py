"""Programs of the system that tests need; `tests/system-packages` installs them."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Return the path of a program; if it is missing, skip the test, or fail it if LOUPE_TEST_REQUIRE is set."""
    path = shutil.which(name)
    if path is not None:
        return path
    missing = f"There is no {name} on this machine: tests/system-packages installs the programs that tests need."
    if os.environ.get("LOUPE_TEST_REQUIRE"):
        pytest.fail(missing)
    pytest.skip(missing)
