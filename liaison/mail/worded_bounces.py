"""Mails that came back with a report for people instead of programs: as qmail, Exim, old Sendmail, Coremail, QQ and NetEase write them. Pure.

What is read here is a guess at words, so that it counts only for the address that the quoted mail of ours went to (`mail.bounces`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from liaison.mail.headings import Heading

_DAEMONS: Final = frozenset(("mailer-daemon", "mail-daemon", "maildaemon", "postmaster", "mdaemon"))
_RETURNED: Final = re.compile(
    r"hi\. this is the|this (?:message|report|is an automatically) .{0,40}(?:automatically|generated)|failure notice|returned mail"
    r"|(?:mail|message) delivery (?:failed|failure|subsystem)|undeliver(?:able|ed)|delivery (?:status notification|has failed|failure)"
    r"|.{0,20}(?:系统退信|退信通知|邮件被退回|退回邮件|无法投递|投递失败|無法投遞|退信)",
    re.IGNORECASE,
)
"""How the subject or the text of a mail begins that came back."""
_FAILED: Final = re.compile(
    r"(?:not|n't) (?:be )?(?:able to )?(?:be )?deliver|undeliver|delivery .{0,40}fail|permanent(?:ly)? .{0,20}(?:error|fail)|failed permanently"
    r"|permanent fatal error|gave up|giving up|returned to sender|could not be (?:sent|delivered)"
    r"|退信|退回|投递失败|无法投递|未能送达|無法投遞|发送失败|不能送达|无法送达",
    re.IGNORECASE,
)
_ONLY_LATE: Final = re.compile(
    r"this is a warning message only|(?:do|you) not need to resend|warning: (?:could not|message)|has been delayed|delayed mail|still being retried"
    r"|(?:will|continue to) (?:be retried|retry|keep trying|try again)|delivery .{0,30}delayed|延迟投递|投递延迟|(?:继续|再次|稍后)(?:尝试|重试|投递)"
    r"|暂时(?:无法|未能|不能)",
    re.IGNORECASE,
)
_GAVE_UP: Final = re.compile(
    r"retry time(?:out)? (?:exceeded|not reached)|giving up|gave up|too long|(?:no longer|not) (?:be )?(?:retried|try)|停止(?:尝试|投递|重试)|放弃|不再",
    re.IGNORECASE,
)
_COPY_BEGINS: Final = re.compile(
    r"^-{2,80}.{0,60}(?:copy|original|below|unsent|follows|原邮件|原信|原始邮件).{0,60}$|^(?:received|return-path|dkim-signature|message-id|mime-version):",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the mail that came back is quoted: what stands in it is our own."""
_STATUS: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.:/-])([45][0-5]\d)(?=[ \-#:,，;；])")
_WHY: Final = (
    ("5.2.2", r"quota|mailbox .{0,12}full|full mailbox|(?:邮箱|信箱|郵箱|空间|容量).{0,8}(?:已满|满了|不足|已滿)|超出.{0,6}容量"),
    ("5.2.1", r"(?:account|mailbox|user) .{0,20}(?:disabled|inactive|suspended|locked)|(?:停用|冻结|禁用|锁定|注销)"),
    ("5.1.2", r"host (?:or domain name )?not found|unrouteable address|(?:find|no) any host|unknown host|no such domain|域名.{0,10}(?:不存在|解析|无效)"),
    ("5.1.1", r"(?:user|recipient|address|account|mailbox) .{0,20}(?:unknown|not (?:found|exist)|unavailable|invalid)|(?:unknown|no such|invalid) (?:user|recipient|address|mailbox|local)|doesn't (?:have|exist)|does not exist|no mailbox here|(?:用户|收件人|地址|帐号|账号|邮箱|郵箱).{0,12}(?:不存在|无效|有误|错误|未找到)|无此(?:用户|人)|查无此"),
    ("5.7.1", r"spam|blocked|blacklist|policy|not authori[sz]ed|access denied|垃圾|拒收|黑名单|反垃圾|策略"),
)  # fmt: skip
"""Why, in the words of many servers, as a status of RFC 3463."""
_WHY_PATTERNS: Final = tuple((status, re.compile(words, re.IGNORECASE)) for status, words in _WHY)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,190}")
_MESSAGE_ID: Final = re.compile(
    r"^[> \t]{0,9}message-id:[ \t\r\n]{0,9}(<[^<>\s]{1,400}>)", re.IGNORECASE | re.MULTILINE
)
_MOST_ADDRESSES: Final = 50


@dataclass(frozen=True, slots=True)
class Worded:
    """What a report says in words: of which mail (its Message-ID), the addresses it names, failed or delayed, and why."""

    about: str
    addresses: tuple[str, ...]
    action: str
    status: str
    words: str


def read_worded(heading: Heading, text: str, returned: Iterable[str], failed_recipients: str) -> Worded | None:
    """The report in this mail's text, or None if it is none, or quotes no Message-ID: anybody could have written it then.

    `returned` are the beginnings of what is attached to it, `failed_recipients` Exim's field X-Failed-Recipients."""
    text = text[:50_000]
    if not heading.automatic or not _is_report(heading, text, failed_recipients):
        return None
    begins = _COPY_BEGINS.search(text)
    said, copy = (text[: begins.start()], text[begins.start() :]) if begins else (text, "")
    quoted = next((found[1] for each in (copy, *returned) if (found := _MESSAGE_ID.search(each[:64_000]))), "")
    about = quoted or next(iter(heading.refers_to), "")
    addresses = _ADDRESS.findall(failed_recipients) or _ADDRESS.findall(said) or _ADDRESS.findall(copy)
    if not about or not addresses:
        return None
    named = dict.fromkeys(each.lower().strip(".'`") for each in addresses)
    is_late = _ONLY_LATE.search(f"{heading.subject}\n{said}") and not _GAVE_UP.search(said)
    status, why = _why(said)
    return Worded(about, tuple(named)[:_MOST_ADDRESSES], "delayed" if is_late else "failed", status, why)


def _is_report(heading: Heading, text: str, failed_recipients: str) -> bool:
    """Somebody's note that they are away comes from no daemon, and does not begin as a report does."""
    begins_so = _RETURNED.match(heading.subject.lstrip("【[ ")) or _RETURNED.match(text.lstrip())
    daemon = heading.sender.partition("@")[0] in _DAEMONS
    return bool(failed_recipients or begins_so or (daemon and _FAILED.search(text)))


def _why(said: str) -> tuple[str, str]:
    """A status, by its number or by the words, and the line that says so."""
    lines = [" ".join(line.split()) for line in said.splitlines()]
    for line in lines:
        if found := _STATUS.search(line):
            return found[1], line[:500]
    for line in lines:
        for status, words in _WHY_PATTERNS:
            if words.search(line):
                return status, line[:500]
    coded = next((line for line in lines if _CODE.search(line)), "")
    return "", (coded or next((line for line in lines if _FAILED.search(line)), ""))[:500]
