"""Importing history: `import_history` and `check_history` read a `Source` and return a `Report`.

From file to database: `source` reads raw lines, `reading` types them, `loading` loads all that they name into a cache,
`replay` applies them by the rules, and `writing` writes a batch of them in one transaction. `session` drives all that.
"""

from app.services.imports.conflicts import AccountMoved
from app.services.imports.report import Listener, Report
from app.services.imports.session import check_history, import_history
from app.services.imports.source import Source, SourceUnreadable, open_source

__all__ = [
    "AccountMoved",
    "Listener",
    "Report",
    "Source",
    "SourceUnreadable",
    "check_history",
    "import_history",
    "open_source",
]
