"""A database's URL, and what of it may be shown: never the password, wherever in the URL it is."""

import re
from typing import Final

_HOST: Final = r"(?:\[[^\]]*\]|[^/?#@:,\[]*)(?::\d*)?"
_HOSTS: Final = rf"{_HOST}(?:,{_HOST})*"
_PARAMETER: Final = "[^=&#]+=[^&#]*"
_URL: Final = re.compile(
    r"postgres(?:ql)?://"
    # A name and what follows a colon are a host and its port after user and password, else maybe these two themselves.
    rf"(?:[^/?#]*@(?P<hosts>[^/?#@]*)|(?P<only_hosts>{_HOSTS}))"
    r"(?P<database>/[^?#@]*)?"
    rf"(?:\?(?P<query>(?:{_PARAMETER}(?:&{_PARAMETER})*)?))?"
)
_SHOWN: Final = ("host=", "port=", "dbname=", "sslmode=")  # of the query


def is_well_formed(url: str) -> bool:
    """Say whether a URL has the form of a database's: a password may be anywhere in one that has not."""
    return _URL.fullmatch(url) is not None


def shown(url: str) -> str:
    """Return the URL without user and password, and with those parameters only that say where the database is.

    Nothing is shown where a part could also be read as one of a password: after an @ there, for example.
    """
    found = _URL.fullmatch(url)
    parameters = "" if found is None else found["query"] or ""
    if found is None or "@" in parameters:
        return "postgresql://..."
    query = "&".join(each for each in parameters.split("&") if each.startswith(_SHOWN))
    return f"postgresql://{found['hosts'] or found['only_hosts'] or ''}{found['database'] or ''}{query and '?' + query}"
