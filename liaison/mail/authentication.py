"""Whether the site's own mail server vouches for the From of a mail: its Authentication-Results field (RFC 8601), nobody else's."""

import re
from collections.abc import Sequence
from typing import Literal

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_MOST_NESTED = 5
_SAID_OF = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "auth": ("smtp.auth", "smtp.mailfrom")}
"""Which property of a result names the domain it speaks of."""
_METHOD = re.compile(r"\s*([a-z0-9-]+)(?:/\d+)?\s*=\s*([a-z]+)\s*(.*)", re.IGNORECASE | re.DOTALL)


def vouched_for(
    checked_by: Sequence[str], *, own_server: str, sender: str
) -> Literal["authenticated", "none", "failed"]:
    """What the server named `own_server` says of this From (RFC 8601 5): DMARC passed, or DKIM or SPF passed for the From's own domain;
    it found the mail forged; or it says nothing of use. Fields of other servers, which anybody can write, are not read."""
    name = own_server.strip().lower()
    field = next((each for each in checked_by if name and server_of(each) == name), None)
    domain = sender.rpartition("@")[2].lower()
    if field is None or not domain:
        return "none"
    results = _results(field)
    if any(method == "dmarc" and result == "fail" for method, result, _ in results):
        return "failed"
    for method, result, rest in results:
        if result != "pass":
            continue
        if method == "dmarc":
            return "authenticated"
        claimed = _domain(rest, _SAID_OF.get(method, ()))
        if claimed and (claimed == domain or domain.endswith("." + claimed) or claimed.endswith("." + domain)):
            return "authenticated"
    return "none"


def _bare(field: str) -> str:
    """Without quoted strings and comments: a sender writes into both what they like, “; dmarc=pass” for example."""
    field = _QUOTED.sub("", field)
    for _ in range(_MOST_NESTED):
        field = _COMMENT.sub(" ", field)
    return "" if any(sign in field for sign in '"()') else field


def server_of(field: str) -> str:
    """Who wrote this Authentication-Results field, by its own account: its authserv-id in lower case."""
    words = _bare(field).partition(";")[0].split()
    return words[0].lower() if words else ""


def _results(field: str) -> list[tuple[str, str, str]]:
    found = []
    for part in _bare(field).split(";")[1:30]:
        if match := _METHOD.fullmatch(part.strip()):
            found.append((match[1].lower(), match[2].lower(), match[3]))
    return found


def _domain(properties: str, names: Sequence[str]) -> str:
    for name in names:
        if match := re.search(rf"(?:^|\s){re.escape(name)}\s*=\s*\"?([^\s\";]+)", properties, re.IGNORECASE):
            return match[1].rpartition("@")[2].lower()
    return ""
