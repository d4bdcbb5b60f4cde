"""A copy of the clients in a folder of its own, in which their files are made."""

from pathlib import Path
from shutil import copy, copytree, ignore_patterns

from tools.clients import make
from tools.node import ROOT, install_packages

_MADE = ignore_patterns("generated", "__generated__", "node_modules")


def make_clients(folder: Path) -> None:
    """Copy the schema and the clients to a folder, and make the clients' files."""
    install_packages()
    for name in ("schema.graphql", "eslint.config.mjs"):
        copy(ROOT / name, folder)
    copytree(ROOT / "clients", folder / "clients", ignore=_MADE)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    make(folder)
