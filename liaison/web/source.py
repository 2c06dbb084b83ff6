"""Which network address a request comes from, and how many tries one of them has."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from liaison.accounts import throttle
from liaison.accounts.throttle import Allowance
from liaison.web.pages import AnyRequest, settings_of


def source_of(request: AnyRequest) -> str:
    """The caller's address; what X-Forwarded-For says counts only as far as TRUSTED_PROXIES wrote it."""
    client = request.client.host if request.client else "local"
    return nearest_untrusted(client, request.headers.get("x-forwarded-for", ""), settings_of(request).trusted_proxies)


def nearest_untrusted(client: str, forwarded: str, trusted: str) -> str:
    """From the connection outward, the first address that is no trusted proxy (`trusted`: addresses or networks, by commas or spaces)."""
    networks = trusted.replace(",", " ").split()
    hops = [client, *reversed([hop.strip() for hop in forwarded.split(",") if hop.strip()])]
    for hop in hops[:20]:
        if not _is_in(hop, networks):
            return hop[:60]
    return hops[-1][:60]


def _is_in(address: str, networks: Sequence[str]) -> bool:
    try:
        return any(network == "*" or ip_address(address) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


async def count(request: AnyRequest, *tries: tuple[Allowance, str]) -> None:
    """Count one try against each allowance, and keep the count whatever becomes of the request. Raises TooMany."""
    async with request.app.state.database.writing() as db:
        for allowance, whose in tries:
            await throttle.take(db, allowance, whose)
