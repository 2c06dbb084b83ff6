"""Whether the site's own mail server vouches for the From of a mail: its Authentication-Results field (RFC 8601), nobody else's."""

import re
from collections.abc import Sequence
from typing import Literal

from liaison.mail.parts import MOST_FIELD

_SAID_OF = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail"),
}
"""Which property of a result names the domain it speaks of; `smtp.mail` is Coremail's."""
_ADDRESSES = frozenset(("smtp.mailfrom", "smtp.mail", "smtp.auth", "header.i"))
_METHOD = re.compile(r"([a-z0-9-]{1,30})(?:/[0-9]{1,9})?\s?=\s?([a-z]{1,30})(.*)", re.IGNORECASE | re.DOTALL)
_FOLD = re.compile(r"\r\n|[\r\n]")
_HALF_A_NAME = re.compile(r";\s{0,9}[a-z]{1,9}\Z", re.IGNORECASE)


def vouched_for(
    checked_by: Sequence[str], *, own_server: str, sender: str
) -> Literal["authenticated", "none", "failed"]:
    """What the server named `own_server` says of this From (RFC 8601 5): DMARC passed, or DKIM or SPF passed for the From's own domain,
    or the sender signed in there as this From; it found the mail forged; or it says nothing of use.

    Of several fields that bear its name only the first in `checked_by` is read, which it added last: whether it removed the ones that came with
    the mail, nobody knows. Fields of other servers, which anybody can write, are not read."""
    name = own_server.strip().lower()
    field = next((bare for each in checked_by if name and _named(bare := _bare(each)) == name), None)
    domain = sender.rpartition("@")[2].lower()
    if field is None or not domain:
        return "none"
    results = _results(field)
    if any(method == "dmarc" and result == "fail" for method, result, _ in results):
        return "failed"
    passed = [(method, properties) for method, result, properties in results if result == "pass"]
    return "authenticated" if any(_speaks_of(sender.lower(), *each) for each in passed) else "none"


def unfolded(field: str) -> str:
    """The field with a line feed where it was folded, or nothing where it was folded within a word, as Coremail does."""
    pieces = [piece.strip() for piece in _FOLD.split(field[:MOST_FIELD])]
    text = pieces[0]
    for piece in pieces[1:]:
        word = piece.split(maxsplit=1)[0] if piece else ""
        within = word[:1] not in ("", "(", ";") and text[-1:] not in ("", ";", ")")
        divided = within and ("=" not in word.partition(";")[0] or _HALF_A_NAME.search(text[-20:]))
        text += piece if divided else "\n" + piece
    return text


def _speaks_of(sender: str, method: str, properties: str) -> bool:
    """Whether what passed was this From, or its domain."""
    domain = sender.rpartition("@")[2]
    if method == "dmarc":
        return _value(properties, "header.from", default=domain).rpartition("@")[2] == domain
    if method == "auth":
        account = _value(properties, "smtp.auth")
        return account == (sender if "@" in account else sender.rpartition("@")[0])
    for name in _SAID_OF.get(method, ()):
        claimed = _value(properties, name).rpartition("@")[2]
        if claimed:
            return (
                claimed == domain
                or claimed.endswith("." + domain)
                or (domain.endswith("." + claimed) and "." in claimed)
            )
    return False


def _bare(field: str) -> str:
    """Without quoted strings and comments: a sender writes into both what they like, “; dmarc=pass” for example. Empty if one of
    them does not end."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in field[:MOST_FIELD]:
        if escaped:
            escaped = False
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = sign != '"'
        elif sign == "(":
            depth += 1
            kept.append(" ")
        elif depth:
            depth -= sign == ")"
        elif sign == '"':
            quoted = True
        else:
            kept.append(sign)
    return "" if quoted or depth or ")" in kept else "".join(kept)


def server_of(field: str) -> str:
    """Who wrote this Authentication-Results field, by its own account: its authserv-id in lower case."""
    return _named(_bare(field))


def _named(bare: str) -> str:
    words = bare.partition(";")[0].split()
    return words[0].lower() if words else ""


def _results(bare: str) -> list[tuple[str, str, str]]:
    found = []
    for part in bare.split(";")[1:30]:
        if match := _METHOD.fullmatch(part.strip()):
            found.append((match[1].lower(), match[2].lower(), match[3]))
    return found


def _value(properties: str, name: str, *, default: str = "") -> str:
    """What a property says, in lower case. An address that ends at a fold before its @ is none: it may go on on the next line."""
    match = re.search(rf"(?:^|\s){re.escape(name)}\s?=\s?([^\s;]{{1,320}})(\n?)", properties, re.IGNORECASE)
    if match is None:
        return default
    goes_on = match[2] and "@" not in match[1] and name in _ADDRESSES
    return "" if goes_on else match[1].lower()
