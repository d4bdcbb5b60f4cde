"""Tests whose programs are missing are skipped with the name of the installing script, or fail if all are required."""

import pytest

from tests.support.system import program

SENTENCE = r"^There is no chromium on this machine: tests/system-packages installs the programs that tests need\.$"


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def test_a_missing_program_is_passed_over_by_a_sentence_that_names_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOUPE_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match=SENTENCE):
        program("chromium")


def test_a_missing_program_fails_if_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_TEST_REQUIRE", "1")
    with pytest.raises(pytest.fail.Exception, match=SENTENCE):
        program("chromium")
