"""The example in `docs/import-format.md` is the one that `tests/services/imports/test_example.py` imports."""

import json
import re
from pathlib import Path

from tests.services.imports.test_example import EXAMPLE

PAGE = Path(__file__).parents[2] / "docs" / "import-format.md"


def test_the_example_of_the_page_is_the_imported_one() -> None:
    [block] = re.findall(r"^```jsonl\n(.*?)\n```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    lines = [json.loads(line) for line in block.splitlines()]
    assert [{"expedite": False, **line} if line["type"] == "order" else line for line in lines] == [
        {"expedite": False, **line} if line["type"] == "order" else line for line in EXAMPLE
    ]
