"""Databases for a run, on an embedded server in a temporary folder that is deleted at the end."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from db.connections import connect
from db.embedded.server import embedded_server
from db.migrate import migrate
from tests.support.folders import run_folder

_SETTINGS = {"max_wal_size": "4GB", "shared_buffers": "512MB"}


@dataclass(frozen=True, slots=True)
class Scratch:
    """A server for one run and a folder for files."""

    server: str
    folder: Path

    @property
    def log(self) -> Path:
        """The server's log."""
        return next(self.folder.rglob("postgres.log"))

    @property
    def process(self) -> int:
        """The process id of the server."""
        return int(next(self.folder.rglob("postmaster.pid")).read_text().split()[0])

    def url(self, database: str) -> str:
        """Name a database of the server."""
        return urlsplit(self.server)._replace(path=f"/{database}").geturl()

    async def execute(self, sql: str) -> None:
        """Run a statement about databases."""
        connection = await connect(self.server)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def new_database(self, name: str) -> str:
        """Make a migrated database and return its URL."""
        url = await self.empty_database(name)
        await migrate(url)
        return url

    async def empty_database(self, name: str) -> str:
        """Make a database without tables and return its URL."""
        await self.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextmanager
def scratch() -> Generator[Scratch]:
    """Run the server with its usual settings, except memory and fewer checkpoints; nothing outlives the run."""
    on_disk = Path(tempfile.gettempdir())
    with run_folder(on_disk) as folder, embedded_server(folder / "data", settings=_SETTINGS) as server:
        yield Scratch(server, folder)
