"""The URL of a database, and its form for people: without the password, wherever in the URL that is."""

import re
from typing import Final
from urllib.parse import quote, unquote

_HOST: Final = r"(?:\[[^\]]*\]|[^/?#@:,\[]*)(?::\d*)?"
_HOSTS: Final = rf"{_HOST}(?:,{_HOST})*"
_PARAMETER: Final = "[^=&#]+=[^&#]*"
_URL: Final = re.compile(
    r"postgres(?:ql)?://"
    # After user and password, a name and the text after a colon are a host and its port; else maybe those two.
    rf"(?:[^/?#]*@(?P<hosts>[^/?#@]*)|(?P<only_hosts>{_HOSTS}))"
    r"(?P<database>/[^?#@]*)?"
    rf"(?:\?(?P<query>(?:{_PARAMETER}(?:&{_PARAMETER})*)?))?"
)
_DIGITS: Final = re.compile("[0-9]+")
_PORTS: Final = range(1, 2**16)
_LONGEST_PORT: Final = 5  # digits
_FILES: Final = ("sslcert=", "sslcrl=", "sslkey=", "sslrootcert=")
_SHOWN: Final = ("host=", "port=", "dbname=", "sslmode=")  # of the query


def is_well_formed(url: str) -> bool:
    """Return True if a URL has the form of a database's; one without it may have a password anywhere."""
    return _URL.fullmatch(url) is not None


def has_possible_ports(url: str) -> bool:
    """Return True if each port that a well-formed URL names is one."""
    found = _URL.fullmatch(url)
    if found is None:
        return True
    named = [
        each.rpartition(":")[2] for each in (found["hosts"] or found["only_hosts"] or "").split(",") if ":" in each
    ]
    for parameter in (found["query"] or "").split("&"):
        if parameter.startswith("port="):
            named += parameter.removeprefix("port=").split(",")
    return all(len(each) <= _LONGEST_PORT and int(each) in _PORTS for each in named if _DIGITS.fullmatch(each))


def shown(url: str) -> str:
    """Return the URL without user and password, and only with the parameters that locate the database.

    A part that could also belong to a password is left out: after an @ there, for example.
    """
    found = _URL.fullmatch(url)
    parameters = "" if found is None else found["query"] or ""
    if found is None or "@" in parameters:
        return "postgresql://..."
    query = "&".join(each for each in parameters.split("&") if each.startswith(_SHOWN))
    return f"postgresql://{found['hosts'] or found['only_hosts'] or ''}{found['database'] or ''}{query and '?' + query}"


def files(url: str) -> list[str]:
    """Return the parameters of a well-formed URL that name files, decoded: sslrootcert=/etc/ca.pem."""
    return [unquote(each) for each in url.partition("?")[2].split("&") if each.startswith(_FILES)]


def with_parameter(url: str, name: str, value: str) -> str:
    """Return the URL with a parameter of connections, in place of one of that name: the last one counts."""
    separator = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{separator}{name}={quote(value, safe='')}"
