"""The log of a command that keeps one."""

import logging
from typing import Final

from app.cli.database import embedded_folder
from app.logging import configure_logging
from app.settings import Settings, ignored_variables
from db.address import shown

_log: Final = logging.getLogger("loupe.database")


def begin_log(settings: Settings) -> None:
    """Keep a log from here on; it begins with which database is used."""
    configure_logging()
    url = settings.database_url
    used = f"the embedded PostgreSQL in {embedded_folder(settings)}" if url is None else shown(url)
    _log.info("Database: %s.", used)
    for sentence in ignored_variables():
        _log.warning(sentence)
