"""The README says for whom Loupe is, and Loupe accepts its operations and import lines."""

import re
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from graphql import parse, validate

from app.environment import PREFIX
from app.settings import Settings
from db.connections import Pool
from engine.errors import ErrorCode
from tests.support.committed_schema import SCHEMA
from tests.support.examples import Answer, Asker, History, Question, service_after
from tests.support.import_files import run_import

ROOT: Final = Path(__file__).parents[2]
README: Final = (ROOT / "README.md").read_text()
LINES: Final = re.findall(r'^    (\{"type": .*\})$', README, re.MULTILINE)
OPERATIONS: Final = [
    textwrap.dedent(operation)
    for operation in re.findall(r"^    (?:mutation|query) .*\n(?:    .*\n)+", README, re.MULTILINE)
]
ASKER: Final = Asker("acme", "acme", datetime(2026, 3, 3, 7, tzinfo=UTC))

IDS: Final = {"specificationId": "specification", "orderId": "order1", "imageId": "image_b", "accountId": "account"}


def test_the_first_sentence_names_the_audience() -> None:
    assert README.removeprefix("# Loupe\n\n").startswith("Loupe is for ")


def test_dgi_is_spelt_out_where_it_first_occurs() -> None:
    first = README.index("DGI")
    assert README[:first].endswith("Daily Guarantee of Images (")


def test_the_operations_are_valid_in_the_schema() -> None:
    assert [validate(SCHEMA, parse(operation)) for operation in OPERATIONS] == [[]] * 10


def test_every_code_of_an_error_is_named() -> None:
    assert [code for code in ErrorCode if code not in README] == []


def asker_of(operation: str) -> Asker:
    """Return the client or, of lists over all accounts and of production, staff."""
    return replace(ASKER, ref=None) if "atRisk" in operation or "worker" in operation else ASKER


def with_ids(operation: str) -> str:
    """Return an operation with ids in place of "ID"; those of the first order and of its image b.jpg."""
    variables = list[str]()
    for field, variable in IDS.items():
        if f'{field}: "ID"' in operation:
            operation = operation.replace(f'{field}: "ID"', f"{field}: ${variable}")
            variables.append(f"${variable}: ID!")
    return operation.replace("mutation {", f"mutation ({', '.join(variables)}) {{") if variables else operation


def user_errors(answer: Answer) -> list[dict[str, Any]]:
    """Return the user errors of an answer, which has no other errors."""
    assert "errors" not in answer
    return [error for payload in answer["data"].values() for error in payload.get("userErrors", [])]


async def test_the_operations_are_answered_after_the_lines(database: str) -> None:
    questions = [Question("", asker_of(operation), with_ids(operation), {}) for operation in OPERATIONS]
    async with service_after(History("\n".join(LINES), [*questions]), database) as service:
        found = [user_errors(await service.answer(question)) for question in questions]
    no_gain = "The image would not be due earlier than without the expedite."
    refused = {"code": "NO_GAIN", "message": no_gain, "path": ["orderId"], "gaining": 0, "asked": 1}
    assert found == [[], [refused], *([[]] * 8)]


async def test_the_lines_are_imported(pool: Pool) -> None:
    outcome = await run_import(pool, LINES)
    assert (outcome.problems, outcome.report.lines) == ([], 3)


def test_the_table_has_every_setting_once() -> None:
    table = re.findall(r"^\| (`LOUPE_.+?`) \|", README, re.MULTILINE)
    names = [name for row in table for name in re.findall(r"`(\w+)`", row)]
    assert sorted(names) == sorted(PREFIX + name.upper() for name in Settings.model_fields)
