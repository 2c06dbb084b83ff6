"""Whom the site's own mail server vouches for, by the Authentication-Results of servers that are really used and of those who forge."""

import pytest

from liaison.mail.authentication import unfolded, vouched_for

LIU = "liu@sfj.qingzhi.example"
OWN = "mx.qingzhi.example"


def says(*fields: str, sender: str = LIU, own_server: str = OWN) -> str:
    return vouched_for([unfolded(field) for field in fields], own_server=own_server, sender=sender)


@pytest.mark.parametrize(
    "field",
    [
        "mx.qingzhi.example; dmarc=pass (p=none dis=none) header.from=sfj.qingzhi.example",
        "mx.qingzhi.example;\r\n\tdmarc=pass (p=none dis=none) header.from=sfj.qingzhi.example",
        "MX.Qingzhi.Example 1; DMARC=PASS",
        "mx.qingzhi.example; dkim=pass (2048-bit key; unprotected) header.d=sfj.qingzhi.example header.i=@sfj.qingzhi.example\r\n header.b=Zk1q7d2P",
        "mx.qingzhi.example; dkim/1=pass header.i=@mail.sfj.qingzhi.example",
        "mx.qingzhi.example; dkim=pass header.d=qingzhi.example",
        "mx.qingzhi.example; dkim=fail header.d=elsewhere.example; dkim=pass header.d=sfj.qingzhi.example",
        "mx.qingzhi.example; spf=pass (mx.qingzhi.example: domain of liu@sfj.qingzhi.example designates\r\n\t192.0.2.8 as permitted sender)\r\n\tsmtp.mailfrom=liu@sfj.qingzhi.example",
        "mx.qingzhi.example; spf=pass smtp.mailfrom=sfj.qingzhi.example; dkim=none; dmarc=none(permerror) header.from=x",
        "mx.qingzhi.example; spf=pass smtp.mail=liu@sfj.qingzhi.exa\r\n\tmple; dkim=none",
        "mx.qingzhi.example; dk\r\n\tim=pass header.i=@sfj.qingzhi.example",
        "mx.qingzhi.example; auth=pass (login) smtp.auth=liu@sfj.qingzhi.example",
        "mx.qingzhi.example; auth=pass smtp.auth=liu",
    ],
)  # fmt: skip
def test_our_own_server_vouches_for_the_from_or_its_domain(field: str) -> None:
    assert says(field) == "authenticated"


@pytest.mark.parametrize(
    "field",
    [
        "mx.elsewhere.example; dmarc=pass",
        "mx.qingzhi.example.elsewhere.example; dmarc=pass",
        "elsewhere.example (mx.qingzhi.example; dmarc=pass); none",
        '"mx.qingzhi.example; dmarc=pass"; none',
        "mx.qingzhi.example; none",
        "mx.qingzhi.example",
        "mx.qingzhi.example; dmarc=none; spf=fail smtp.mailfrom=sfj.qingzhi.example",
        "mx.qingzhi.example; dmarc=bestguesspass header.from=sfj.qingzhi.example",
        "mx.qingzhi.example; dmarc=pass header.from=elsewhere.example",
        "mx.qingzhi.example; dkim=pass header.d=elsewhere.example header.i=liu@elsewhere.example",
        "mx.qingzhi.example; dkim=pass header.d=notsfj.qingzhi.example",
        "mx.qingzhi.example; dkim=pass header.d=example",
        "mx.qingzhi.example; dkim=pass",
        "mx.qingzhi.example; spf=pass smtp.mailfrom=liu@sfj.qingzhi.example.elsewhere.example",
        "mx.qingzhi.example; spf=pass smtp.helo=sfj.qingzhi.example",
        "mx.qingzhi.example; auth=pass smtp.auth=wang@sfj.qingzhi.example",
        "mx.qingzhi.example; auth=pass smtp.auth=wang",
        "mx.qingzhi.example; iprev=pass policy.iprev=192.0.2.1; arc=pass",
        # Written into by the sender: a reason, a comment, a comment within one, a quote that opens within a comment
        'mx.qingzhi.example; spf=fail reason="x; dmarc=pass"',
        'mx.qingzhi.example; spf=fail reason="x\\"; dmarc=pass; y=\\""',
        "mx.qingzhi.example; spf=fail (x; dmarc=pass; y)",
        "mx.qingzhi.example; spf=fail (a (b) ; dmarc=pass ; c)",
        "mx.qingzhi.example; spf=fail (a \\) ; dmarc=pass ; c)",
        'mx.qingzhi.example; spf=fail (a " b) x=(c ") ; dkim=none (; dmarc=pass)',
        'mx.qingzhi.example; spf=pass smtp.mailfrom="liu@sfj.qingzhi.example"@elsewhere.example',
        # What does not end is not believed at all
        'mx.qingzhi.example; dmarc=pass; spf=fail reason="x',
        "mx.qingzhi.example; dmarc=pass; spf=fail (x",
        "mx.qingzhi.example; spf=fail x) ; dmarc=pass",
        # Folded within the domain of a server that is somebody else's
        "mx.qingzhi.example; spf=pass smtp.mail=x@sfj.qingzhi.example\r\n\t.elsewhere.example; dkim=none",
        "mx.qingzhi.example; dkim=pass header.i=@sfj.qingzhi.example\r\n\t.elsewhere.example",
        "mx.qingzhi.example; spf=pass smtp.mail=sfj.qingzhi.example\r\n\tx=y@elsewhere.example",
        "mx.qingzhi.example; spf=pass smtp.mail=sfj.qingzhi.example\r\n\theader.x=y@elsewhere.example",
        # Exchange Online names no server, so anybody could have written it
        "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=sfj.qingzhi.example; dmarc=pass action=none header.from=sfj.qingzhi.example",
        "",
        ";",
        "; dmarc=pass",
    ],
)  # fmt: skip
def test_nothing_else_does(field: str) -> None:
    assert says(field) == "none"


def test_our_own_server_finds_it_forged_whatever_else_passed() -> None:
    assert (
        says(f"{OWN}; spf=pass smtp.mailfrom=sfj.qingzhi.example; dmarc=fail (p=none) header.from=sfj.qingzhi.example")
        == "failed"
    )
    assert says(f"{OWN}; dmarc=pass; dmarc=fail") == "failed"
    assert says("mx.elsewhere.example; dmarc=fail") == "none"


def test_of_several_fields_the_first_of_our_own_server_counts() -> None:
    passed, nothing, other = f"{OWN}; dmarc=pass", f"{OWN}; dmarc=none", "mx.elsewhere.example; dmarc=fail"
    assert says(other, passed) == "authenticated"
    assert says(nothing, passed) == "none"
    assert says(passed, nothing) == "authenticated"


def test_where_nobody_named_an_own_server_or_nobody_wrote_nobody_vouches() -> None:
    assert says(f"{OWN}; dmarc=pass", own_server="") == "none"
    assert says("; dmarc=pass", own_server=" ") == "none"
    assert says(f"{OWN}; dmarc=pass", sender="") == "none"
