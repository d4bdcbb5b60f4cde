"""The addresses of pictures, which Loupe stores and shows but never fetches (domain rules, section 5.24)."""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from app.domain.bounds import MAX_URL

_NOT_IN_URLS: Final = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")
_ONLY_BEFORE_PATHS: Final = re.compile(r"[\[\]#]")
_HOST_AND_PORT: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)(?::\d*)?", re.ASCII)

_NO_URL: Final = "must be a URL such as https://pictures.example/a.jpg, with http only where the host is loopback"
_NO_HOST: Final = "must have a host of letters from a to z, digits, hyphens and dots, such as xn--bcher-kva.example"


def url_problem(url: str) -> str | None:
    """Return the problem of an address, None without one: https, or http where the host is loopback.

    It has the characters of RFC 3986, and none in the host is percent-encoded, so that every reader takes the same part
    of it for the same host.
    """
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL:,} characters"
    try:
        parts = urlsplit(url)
        host, has_user, _ = parts.hostname or "", parts.username is not None, parts.port
    except ValueError:
        return _NO_URL
    if _NOT_IN_URLS.search(url) or _ONLY_BEFORE_PATHS.search(parts.path + parts.query + parts.fragment):
        is_host = not parts.netloc.isascii()
        return _NO_HOST if is_host else "has a character that a URL has to have percent-encoded"
    if has_user:
        return "has a user name"
    if host and not _HOST_AND_PORT.fullmatch(parts.netloc):
        return _NO_HOST
    is_allowed = host and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
    return None if is_allowed else _NO_URL


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
