"""An import of two accounts that is held while its second account is written."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import pytest

from app.services.imports import destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.writer import Writer
from tests.support.import_files import ACCOUNT, SPECIFICATION, order

DELIVERED: Final = "2026-03-04T07:00:00Z"
BETA: Final = (ACCOUNT | {"ref": "beta", "name": "Beta"}, SPECIFICATION | {"account": "beta"})
DONE: Final = order("b-1", [{"filename": "b", "deliveredAt": DELIVERED}]) | {"account": "beta"}


@dataclass(slots=True)
class HeldImport:
    """An import of two accounts that waits before its second batch, which is of the other one."""

    began: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        if run.accounts:
            self.began.set()
            await self.goes_on.wait()
        await write(writer, prepared, run)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldImport:
    made = HeldImport()
    monkeypatch.setattr(destination, "write", made.write)
    return made
