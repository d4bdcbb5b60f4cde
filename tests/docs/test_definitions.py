"""The definitions of KPIs are quoted in `docs/domain.md`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.domain.pulse import definitions

PAGE: Final = (Path(__file__).parents[2] / "docs" / "domain.md").read_text()
DEFINITIONS: Final = {
    "Productivity": definitions.PRODUCTIVITY,
    "Quality": definitions.QUALITY,
    "Time savings": definitions.TIME_SAVINGS,
    "Productivity streak": definitions.PRODUCTIVITY_STREAK,
    "Reliability": definitions.RELIABILITY,
    "Average lead time": definitions.AVERAGE_LEAD_TIME,
}


def _quoted() -> Iterator[tuple[str, str]]:
    """Yield the title of each rule that begins with a quotation, and its words."""
    for title, quotation in re.findall(r"^### [\d.]+ (.+)\n\n((?:> .+\n)+)", PAGE, re.MULTILINE):
        yield title, " ".join(quotation.replace("> ", "").split())


def test_the_rules_quote_the_definition_of_each_kpi() -> None:
    assert dict(_quoted()) == DEFINITIONS
