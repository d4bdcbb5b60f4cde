"""`schema.graphql`, parsed once in a process."""

from pathlib import Path
from typing import Final

from graphql import build_schema

TEXT: Final = (Path(__file__).parents[2] / "schema.graphql").read_text()
SCHEMA: Final = build_schema(TEXT)
