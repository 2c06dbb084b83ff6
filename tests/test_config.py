"""Wrong settings stop the start, each with one clear line that names it."""

from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from liaison.cli import liaison
from liaison.config import Settings, SettingsError, checked, load

ROOT = Path(__file__).resolve().parents[1]
WRONG = [
    ("BASE_URL", "meetings.example"),
    ("BASE_URL", "ftp://meetings.example"),
    ("SMTP_URL", "smtp://"),
    ("SMTP_URL", "mail.example:25"),
    ("MAIL_FROM", "nobody"),
    ("MAIL_FROM", "a..b@meetings.example"),
    ("MAIL_FROM", "联络台 <王敏@meetings.example>"),
    ("INBOX_URL", "imap.example"),
    ("INBOX_URL", "imaps://user:pass@imap.example/INBOX pop3://imap.example"),
    ("INBOX_URL", "maildir:relative"),
    ("INBOX_URL", "imaps://imap.example/INBOX"),
    ("INBOX_URL", "imap://user:pass@imap.example/INBOX"),
    ("INBOX_URL", "imaps://user:pass/word@imap.example/INBOX"),
    ("LMTP_LISTEN", "2424"),
    ("LMTP_LISTEN", "127.0.0.1:x"),
    ("LMTP_LISTEN", "0.0.0.0:2424"),
    ("LMTP_LISTEN", "10.0.0.5:2424"),
    ("TIMEZONE", "Peking"),
    ("LOCALE", "fr"),
    ("REGION", "XX"),
    ("REGION", "China"),
    ("TRUSTED_PROXIES", "10.0.0.5 proxy.example"),
    ("TRUSTED_PROXIES", "10.0.0.5/8"),
    ("LOG_FORMAT", "xml"),
    ("DATABASE_URL", "mysql://db/x"),
    ("SECRET_KEY", "short"),
    ("COLOUR", "red"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_wrong_setting_stops_the_start_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"LIAISON_DATA_DIR": str(tmp_path), f"LIAISON_{name}": value}
    result = CliRunner().invoke(liaison, [command], env=given)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert f"LIAISON_{name}" in result.output
    assert "pass@imap.example" not in result.output
    assert "pass/word" not in result.output


@pytest.mark.parametrize("name", ["SMTP_URL", "INBOX_URL"])
@pytest.mark.parametrize("password", ["p@ss/word", "pass?w@rd", "12#word"])
def test_a_password_that_is_not_percent_encoded_is_told_so_and_never_shown(name: str, password: str) -> None:
    scheme = "smtps" if name == "SMTP_URL" else "imaps"
    with pytest.raises(SettingsError) as refused:
        load(
            {f"LIAISON_{name}": f"{scheme}://liaison@agency.example:{password}@mail.example/INBOX"},
            Path("no-such-file"),
        )
    assert "%40" in refused.value.message.worded(lambda text, **params: text % params if params else text)
    assert refused.value.message.params["given"] == f"{scheme}://…@mail.example/INBOX"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", "联络台 <liaison@meetings.example>"),
        ("INBOX_URL", "imaps://user:pass@imap.example/INBOX maildir:///var/mail/liaison"),
        ("LMTP_LISTEN", "127.0.0.1:2424"),
        ("LMTP_LISTEN", "[::1]:2424"),
        ("REGION", "GB-ENG"),
        ("TRUSTED_PROXIES", "10.0.0.5, 192.168.0.0/16 ::1"),
        ("TRUSTED_PROXIES", "*"),
        ("SMTP_URL", "smtp+starttls://user:pass@mail.example:587"),
        ("INBOX_URL", "imaps://liaison%40agency.example:p%40ss%2Fw%25rd@mail.example/shared%40here"),
    ],
)
def test_what_the_readme_allows_is_taken(name: str, value: str) -> None:
    given = load({f"LIAISON_{name}": value}, Path("no-such-file"))
    assert getattr(given, name.lower()) == value


def test_a_wrong_setting_is_a_settings_error() -> None:
    with pytest.raises(SettingsError):
        checked(Settings(trusted_proxies="nonsense"))


def test_the_example_file_lists_every_setting_commented_out_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = dict(line.removeprefix("#").split("=", 1) for line in lines if line.startswith("#LIAISON_"))
    defaults = {f"LIAISON_{each.name.upper()}": str(each.default) for each in fields(Settings) if each.name != "demo"}
    computed = {"LIAISON_DATABASE_URL": "sqlite:///liaison-data/liaison.db"}
    assert listed == defaults | computed
    assert [line for line in lines if line and not line.startswith("#")] == []
