"""The addresses of pictures, which Loupe stores and shows but never fetches (domain rules, section 5.24)."""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from app.domain.bounds import MAX_URL

_NOT_IN_URLS: Final = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]|%(?![0-9A-Fa-f]{2})")

_NO_URL: Final = "must be a URL such as https://pictures.example/a.jpg, with http only where the host is loopback"


def url_problem(url: str) -> str | None:
    """Return the problem of an address, None without one: https, or http where the host is loopback.

    It has the characters of RFC 3986, so that every reader takes the same part of it for the host.
    """
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL:,} characters"
    if _NOT_IN_URLS.search(url):
        return "has a character that a URL has to have percent-encoded"
    try:
        parts = urlsplit(url)
        host, has_user, _ = parts.hostname or "", parts.username is not None, parts.port
    except ValueError:
        return _NO_URL
    if has_user:
        return "has a user name"
    is_allowed = host and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))
    return None if is_allowed else _NO_URL


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
