"""A demo whose history ends at the clock of the test."""

from functools import partial
from pathlib import Path

from app.demo.access import create_access
from app.demo.catalogue import set_catalogue
from app.demo.commands import give_commands
from app.demo.folder import Access, DemoFolder
from app.demo.history import generate
from app.demo.studios import STUDIOS
from app.domain.sla.terms import PLAN_TERMS
from app.services.imports.session import import_history
from app.services.imports.source import open_source
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.import_files import Listener
from tests.support.transactions import in_transaction

DAYS = 15


async def start(pool: Pool, clock: FrozenClock, folder: Path, days: int = DAYS, accounts: int = len(STUDIOS)) -> Access:
    """Invent a history up to the clock, import it, and create access, as the first start of the demo does."""
    listener = Listener()
    history = DemoFolder(folder).write_history(1, generate(1, clock.now(), days=days, accounts=accounts))
    with open_source(str(history)) as source:
        await import_history(pool, source, clock=clock, plan_terms=PLAN_TERMS, listener=listener)
    assert listener.problems == []
    refs = [studio.ref for studio in STUDIOS[:accounts]]
    await in_transaction(pool, partial(set_catalogue, clock=clock, currency="USD"))
    await give_commands(pool, clock, refs)
    return await in_transaction(pool, partial(create_access, at=clock.now(), refs=refs))
