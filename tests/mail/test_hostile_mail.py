"""No mail can stop the server (promise 10): each is understood in 2 s and 200 MB, ends as held or ignored with a reason, and the next
good one is applied. What they may take is what the operating system lets a process have; no clock is read."""

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.opening import open_database
from liaison.postroom.reading import read_mail
from liaison.postroom.sorting import receive
from liaison.postroom.wording import REASONS
from tests.conftest import migrated_settings
from tests.mail.hostile import HOSTILE
from tests.mail.test_replies import AT, FILES, announced, taken_off
from tests.statements import hurried


@pytest.fixture(scope="module")
def ends() -> dict[str, str]:
    """How reading each mail ended, each in a process of its own, from one program: starting Python for each would take minutes."""
    done = subprocess.run([sys.executable, "-m", "tests.mail.hostile"], capture_output=True, check=True, text=True)
    print(done.stderr)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Where a meeting is announced."""
    with migrated_settings(tmp_path_factory.mktemp("hostile"), request) as settings:
        asyncio.run(announced(settings))
        yield settings


@pytest.mark.parametrize("name", HOSTILE)
def test_any_mail_is_understood_within_two_seconds_and_200_mb(name: str, ends: dict[str, str]) -> None:
    assert ends[name] == ""


async def test_each_waits_or_is_ignored_with_a_reason_and_the_next_good_one_is_applied(site: Settings) -> None:
    good = taken_off(FILES["exchange-bare-calendar"], "X-Expected")[1]
    database = hurried(open_database(site, Clock(as_of=AT)))
    async with database.writing() as db:
        for number, (name, make) in enumerate(HOSTILE.items()):
            row = await receive(db, read_mail(make()), door="stdin", received_at=AT)
            await db.flush()
            assert (row.verdict in ("held", "ignored"), row.reason in REASONS) == (True, True), name
            head, _, body = good.partition(b"\r\n\r\n")
            newer = base64.b64decode(body).replace(b"20261123T033001Z", b"20261123T00%02d%02dZ" % divmod(number, 60))
            sent = (
                head.replace(b"Message-ID: <", b"Message-ID: <%d." % number) + b"\r\n\r\n" + base64.encodebytes(newer)
            )
            after = await receive(db, read_mail(sent), door="stdin", received_at=AT)
            assert (after.verdict, after.reason) == ("applied", "answered"), name
    await database.dispose()
