"""The README says for whom Loupe is, and Loupe accepts its operation and import lines."""

import re
import textwrap
from pathlib import Path
from typing import Final

from graphql import build_schema, parse, validate

from db.connections import Pool
from tests.support.import_files import run_import

ROOT: Final = Path(__file__).parents[2]
README: Final = (ROOT / "README.md").read_text()


def test_the_first_sentence_names_the_audience() -> None:
    assert README.removeprefix("# Loupe\n\n").startswith("Loupe is for ")


def test_dgi_is_spelt_out_where_it_first_occurs() -> None:
    first = README.index("DGI")
    assert README[:first].endswith("Daily Guarantee of Images (")


def test_the_operations_are_valid_in_the_schema() -> None:
    operations = re.findall(r"^    (?:mutation|query) .*\n(?:    .*\n)+", README, re.MULTILINE)
    schema = build_schema((ROOT / "schema.graphql").read_text())
    assert [validate(schema, parse(textwrap.dedent(operation))) for operation in operations] == [[]] * 4


async def test_the_lines_are_imported(pool: Pool) -> None:
    lines = re.findall(r'^    (\{"type": .*\})$', README, re.MULTILINE)
    outcome = await run_import(pool, lines)
    assert (outcome.problems, outcome.report.lines) == ([], 3)
