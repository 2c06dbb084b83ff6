"""Settings of one installation: `LIAISON_*` from the environment or a `liaison.env` file, read once at start."""

import os
import re
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from liaison.addresses import bad_address, name_and_address
from liaison.errors import N_, CannotRun
from liaison.zones import zone_names

VERSION = "0.1.0"
_PREFIX = "LIAISON_"


class SettingsError(CannotRun, ValueError):
    """One clear line that says which setting is wrong and what it should be; the start stops with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this site runs; each field is the setting `LIAISON_<NAME>` of README's table."""

    data_dir: Path = Path("liaison-data")
    database_url: str = ""
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    secret_key_previous: str = ""
    site_name: str = "联络台"
    smtp_url: str = ""
    mail_from: str = "liaison@localhost"
    inbox_url: str = ""
    lmtp_listen: str = ""
    scanner: str = ""
    timezone: str = "Asia/Shanghai"
    locale: str = "zh_CN"
    region: str = "CN"
    trusted_proxies: str = ""
    log_format: str = "text"
    demo: bool = False
    """Set by `liaison demo` alone, never from the environment: links in the outbox are shown unmasked."""

    @property
    def sqlite_path(self) -> Path | None:
        """The embedded database's file; None with PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None

    @property
    def mail_dir(self) -> Path:
        """The Maildir that takes the mails while no SMTP server is set."""
        return self.data_dir / "mail"

    @property
    def papers_dir(self) -> Path:
        """Where the files of papers lie."""
        return self.data_dir / "papers"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None, file: Path = Path("liaison.env")) -> Settings:
    """The settings in force; the environment wins over the file. Raises SettingsError in one clear line."""
    given = _file_values(file) if file.is_file() else {}
    given |= {k: v for k, v in (os.environ if environ is None else environ).items() if k.startswith(_PREFIX)}
    known = {f"{_PREFIX}{f.name.upper()}": f.name for f in fields(Settings) if f.name != "demo"}
    if unknown := sorted(set(given) - set(known)):
        raise SettingsError(N_("%(name)s is not a setting of liaison; the README lists them all."), name=unknown[0])
    values: dict[str, object] = {known[name]: value.strip() for name, value in given.items() if value.strip()}
    if "data_dir" in values:
        values["data_dir"] = Path(str(values["data_dir"])).expanduser()
    return checked(Settings(**values))  # type: ignore[arg-type]


def checked(settings: Settings) -> Settings:
    """The same settings with derived defaults filled in; raises SettingsError naming the first wrong one."""
    _check_url("BASE_URL", settings.base_url, {"http", "https"})
    if settings.smtp_url:
        _check_url("SMTP_URL", settings.smtp_url, {"smtp", "smtps", "smtp+starttls"})
    if settings.timezone not in zone_names():
        raise _wrong(
            "TIMEZONE", N_("%(name)s must be a zone name such as Asia/Shanghai, not “%(given)s”."), settings.timezone
        )
    if settings.locale not in ("zh_CN", "en"):
        raise _wrong("LOCALE", N_("%(name)s must be zh_CN or en, not “%(given)s”."), settings.locale)
    if settings.log_format not in ("text", "json"):
        raise _wrong("LOG_FORMAT", N_("%(name)s must be text or json, not “%(given)s”."), settings.log_format)
    if bad_address(name_and_address(settings.mail_from)[1]):
        raise _wrong(
            "MAIL_FROM", N_("%(name)s must be an address or “Name <address>”, not “%(given)s”."), settings.mail_from
        )
    for network in proxies(settings):
        if network != "*" and not _is_network(network):
            raise _wrong("TRUSTED_PROXIES", N_("%(name)s must be addresses or networks such as 10.0.0.5 or 10.0.0.0/8, not “%(given)s”."), network)  # fmt: skip
    for inbox in settings.inbox_url.split():
        _check_inbox(inbox)
    if settings.lmtp_listen and not _is_listening_address(settings.lmtp_listen):
        raise _wrong("LMTP_LISTEN", N_("%(name)s must be an address of this machine itself and a port, such as 127.0.0.1:2424, not “%(given)s”: LMTP knows no sign-in."), settings.lmtp_listen)  # fmt: skip
    if settings.scanner and not _is_command(settings.scanner):
        raise _wrong("SCANNER", N_("%(name)s must be a command with {} where the file goes, such as clamdscan --fdpass {}, not “%(given)s”."), settings.scanner)  # fmt: skip
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", settings.region, re.ASCII):
        raise wrong_region(settings)
    url = settings.database_url or f"sqlite:///{settings.data_dir / 'liaison.db'}"
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise _wrong("DATABASE_URL", N_("%(name)s must start with sqlite:/// or postgresql://."))
    if url in ("sqlite:///", "sqlite:///:memory:"):
        raise _wrong("DATABASE_URL", N_("%(name)s must name a file: data in memory end with the program."))
    if url.startswith("postgresql://") and not settings.secret_key:
        raise _wrong(
            "SECRET_KEY", N_("%(name)s is required with PostgreSQL: the same on every host, 32 characters or more.")
        )
    if settings.secret_key and len(settings.secret_key) < 32:
        raise _wrong("SECRET_KEY", N_("%(name)s must have 32 characters or more."))
    return replace(settings, database_url=url, base_url=settings.base_url.rstrip("/"))


def proxies(settings: Settings) -> list[str]:
    """The addresses and networks of TRUSTED_PROXIES, by commas or spaces."""
    return settings.trusted_proxies.replace(",", " ").split()


def wrong_region(settings: Settings) -> SettingsError:
    """The refusal of a REGION whose working days nobody knows; found out by the command line, which knows the calendars."""
    return _wrong("REGION", N_("%(name)s must be a region such as CN or GB-ENG, not “%(given)s”."), settings.region)


def with_secret_key(settings: Settings) -> Settings:
    """The same settings with a SECRET_KEY, made on first start into DATA_DIR (mode 0600) and read from there afterwards."""
    if settings.secret_key:
        return settings
    path = settings.data_dir / "secret_key"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
                f.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process of this site made it in the same moment
    return replace(settings, secret_key=path.read_text().strip())


def _check_url(name: str, value: str, schemes: set[str]) -> None:
    cut_off = re.split(r"[/?#]", value.partition("//")[2], maxsplit=1)[1:]
    if cut_off and "@" in cut_off[0]:  # else the rest of a password would be taken for host and path, and be shown
        raise _wrong(name, N_("%(name)s: write @ : / ? # and %% in user, password and folder percent-encoded, such as p%%40ss for p@ss; “%(given)s” cannot be read."), _masked(value))  # fmt: skip
    try:
        parts = urlsplit(value)
        fits = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise _wrong(
            name, N_("%(name)s must look like %(scheme)s://host, not “%(given)s”."), _masked(value), scheme=min(schemes)
        )


def _check_inbox(url: str) -> None:
    if url.startswith("maildir:"):
        if not urlsplit(url).path.startswith("/"):
            raise _wrong("INBOX_URL", N_("%(name)s must name a whole path such as maildir:///var/mail/liaison, not “%(given)s”."), url)  # fmt: skip
    else:
        _check_url("INBOX_URL", url, {"imaps"})
        if not urlsplit(url).username:
            raise _wrong("INBOX_URL", N_("%(name)s must name the user as well, such as imaps://user:pass@host/INBOX, not “%(given)s”."), _masked(url))  # fmt: skip


def _is_command(text: str) -> bool:
    """Words as a shell divides them, one after the first naming the file."""
    try:
        return any("{}" in word for word in shlex.split(text)[1:])
    except ValueError:
        return False


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_listening_address(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        host = parts.hostname or ""
        return bool(parts.port) and parts.netloc == text and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _wrong(name: str, msgid: str, given: str = "", **params: str) -> SettingsError:
    return SettingsError(msgid, name=_PREFIX + name, given=given, **params)


def _masked(url: str) -> str:
    return re.sub(r"//.*@", "//…@", url)


def _file_values(file: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(N_("%(file)s is not written in UTF-8."), file=file.name) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise SettingsError(N_("%(file)s line %(line)s: expected NAME=value."), file=file.name, line=number)
        values[name.strip().removeprefix("export ").strip()] = value.strip().strip("\"'")
    return values
