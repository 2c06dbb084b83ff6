"""What a mail address must be so that a mail can go to it: the one rule for settings, forms, imports and the wire."""

import re

from liaison.errors import N_

MAX_ADDRESS = 254
MAX_LOCAL_PART = 64

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""No header may hold one of these: a line break would begin a header of somebody else's choosing (CVE-2026-1299)."""

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")

ADDRESS_PROBLEMS = {
    "address_missing": N_("There is no mail address."),
    "address_control_characters": N_("The mail address contains control characters."),
    "address_too_long": N_("The mail address is too long."),
    "address_malformed": N_("This is not a mail address."),
    "address_not_ascii": N_("The part before the @ contains letters that mail servers do not take."),
}


def bad_address(text: str) -> str | None:
    """Why no mail can go to this address, as a code of ADDRESS_PROBLEMS; None when it can.

    aiosmtplib would silently cut an address at a control character, so everything odd is refused here. A local part outside ASCII is
    refused too: few servers have SMTPUTF8, and our mails are 7-bit."""
    if not text:
        return "address_missing"
    if CONTROL.search(text):
        return "address_control_characters"
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or " " in text:
        return "address_malformed"
    if not local.isascii():
        return "address_not_ascii"
    wire = _wire_domain(domain)
    if wire is None or not _LOCAL.fullmatch(local) or ".." in local or local[0] == "." or local[-1] == ".":
        return "address_malformed"
    if len(local) > MAX_LOCAL_PART or len(local) + 1 + len(wire) > MAX_ADDRESS:
        return "address_too_long"
    return None


def wire_address(address: str) -> str:
    """The address in ASCII, its domain in Punycode if it is written in another script. ValueError for a bad one."""
    if problem := bad_address(address):
        raise ValueError(problem)
    local, _, domain = address.rpartition("@")
    return f"{local}@{_wire_domain(domain)}"


def name_and_address(display: str) -> tuple[str, str]:
    """("Name", "address") of "Name <address>" or of a bare address; the name is empty when there is none."""
    if match := _NAMED.fullmatch(display):
        name = match["name"].strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        return name, match["address"].strip()
    return "", display.strip()


def _wire_domain(domain: str) -> str | None:
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    labels = domain.split(".")
    return domain if len(domain) <= 253 and all(_LABEL.fullmatch(label) for label in labels) else None
