"""Changes of schema.graphql since the last release: CHANGELOG.md has to name those that break clients.

Usage: python -m tools.schema
"""

import json
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tools.node import ROOT, NodeMissing, PackagesMissing, install_packages, run

SCHEMA: Final = ROOT / "schema.graphql"
RELEASED: Final = ROOT / "tests/released/schema.graphql"
CHANGELOG: Final = ROOT / "CHANGELOG.md"


class Change(NamedTuple):
    """A change of the schema that breaks clients, or may surprise them."""

    level: str
    type: str
    message: str
    path: str


def changes(before: Path, after: Path) -> list[Change]:
    """Return the breaking and the dangerous changes from one schema to another."""
    program = ("tools/schema_changes.mjs", str(before), str(after))
    printed = run("node", *program, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [Change(**change) for change in json.loads(printed)]


def named(changelog: str) -> set[str]:
    """Return the paths that the next release's part names as breaking: in each item, those before the colon."""
    part = changelog.partition("\n## Not released yet\n")[2].partition("\n## ")[0]
    items = part.partition("\n### Breaking\n")[2].partition("\n### ")[0].split("\n- ")[1:]
    return {path for item in items for path in re.findall(r"`([^`]+)`", re.split(r":\s", item)[0])}


def differences(found: list[Change], changelog: str) -> list[str]:
    """Return a sentence for each breaking change that is not named, and for each name without one."""
    paths, breaking = named(changelog), [change for change in found if change.level == "BREAKING"]
    unnamed = [f"{each.message}: name `{each.path}`." for each in breaking if each.path not in paths]
    needless = sorted(paths - {each.path for each in breaking})
    return [*unnamed, *(f"`{path}` is named, but nothing breaks there." for path in needless)]


def dangerous(found: list[Change]) -> list[str]:
    """Return a line for each kind of change that breaks no client, but may surprise one."""
    chosen = sorted((each for each in found if each.level == "DANGEROUS"), key=lambda each: each.type)
    kinds = groupby(chosen, key=lambda each: each.type)
    return [f"{kind.lower().replace('_', ' ')}: {', '.join(each.path for each in group)}" for kind, group in kinds]


def main() -> None:
    """Print the dangerous changes; fail with those that break clients and are not named."""
    try:
        install_packages()
        found = changes(RELEASED, SCHEMA)
    except (NodeMissing, PackagesMissing) as error:
        sys.exit(str(error))
    if lines := dangerous(found):
        print("Dangerous to clients of the last release:", *lines, sep="\n- ")  # noqa: T201 - the output of a command
    if lines := differences(found, CHANGELOG.read_text(encoding="utf-8")):
        sys.exit("\n- ".join(["CHANGELOG.md, Not released yet, Breaking:", *lines]))


if __name__ == "__main__":
    main()
