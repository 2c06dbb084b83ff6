"""Where a request comes from: nobody can write their own address."""

import pytest

from liaison.web.source import nearest_untrusted


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "source"),
    [
        ("203.0.113.9", "", "", "203.0.113.9"),
        ("203.0.113.9", "10.9.9.9", "", "203.0.113.9"),
        ("203.0.113.9", "10.9.9.9", "192.0.2.1", "203.0.113.9"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1", "198.51.100.7"),
        ("192.0.2.1", "1.2.3.4, 198.51.100.7", "192.0.2.1", "198.51.100.7"),
        ("192.0.2.1", "1.2.3.4, 198.51.100.7, 192.0.2.8", "192.0.2.0/24", "198.51.100.7"),
        ("192.0.2.1", "", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "not an address", "192.0.2.1, 2001:db8::/32", "not an address"),
        ("2001:db8::1", "198.51.100.7", "192.0.2.1, 2001:db8::/32", "198.51.100.7"),
        ("192.0.2.1", ", ".join(["192.0.2.1"] * 500), "192.0.2.1", "192.0.2.1"),
    ],
)
def test_forwarded_addresses_count_only_as_far_as_trusted_proxies_wrote_them(
    client: str, forwarded: str, trusted: str, source: str
) -> None:
    assert nearest_untrusted(client, forwarded, trusted) == source


def test_a_source_is_never_longer_than_its_column() -> None:
    assert len(nearest_untrusted("192.0.2.1", "x" * 5000, "192.0.2.1")) == 60
