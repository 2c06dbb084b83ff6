"""What may be written to at all."""

import pytest

from liaison.addresses import ADDRESS_PROBLEMS, bad_address, name_and_address, wire_address


@pytest.mark.parametrize(
    "address", ["a@b.example", "a.b+c@sub.b.example", "root@localhost", "O'Neil@b.example", "wm@例子.example"]
)
def test_an_ordinary_address_is_good(address: str) -> None:
    assert bad_address(address) is None
    assert wire_address(address).isascii()


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "address_missing"),
        ("nobody", "address_malformed"),
        ("@b.example", "address_malformed"),
        ("a@", "address_malformed"),
        ("a b@c.example", "address_malformed"),
        ("a@b..example", "address_malformed"),
        ("a@-b.example", "address_malformed"),
        (".a@b.example", "address_malformed"),
        ("a<x@b.example", "address_malformed"),
        ("a@b@c.example", "address_malformed"),
        ("a@b.example\r\nRCPT TO:<x@y.example>", "address_control_characters"),
        ("a\0@b.example", "address_control_characters"),
        ("a@b.example\u2028", "address_control_characters"),
        ("王敏@b.example", "address_not_ascii"),
        ("a" * 65 + "@b.example", "address_too_long"),
        ("a@" + "b." * 126 + "example", "address_malformed"),
        ("a" * 60 + "@" + "b." * 100 + "example", "address_too_long"),
    ],
)
def test_a_bad_address_is_refused_with_its_reason(address: str, problem: str) -> None:
    assert bad_address(address) == problem
    assert problem in ADDRESS_PROBLEMS
    with pytest.raises(ValueError, match=problem):
        wire_address(address)


@pytest.mark.parametrize(
    ("display", "parts"),
    [
        ("王敏 <wm@b.example>", ("王敏", "wm@b.example")),
        ("wm@b.example", ("", "wm@b.example")),
        ('"Wang, Min" <wm@b.example>', ("Wang, Min", "wm@b.example")),
        ("<wm@b.example>", ("", "wm@b.example")),
    ],
)
def test_a_name_and_its_address_are_told_apart(display: str, parts: tuple[str, str]) -> None:
    assert name_and_address(display) == parts
