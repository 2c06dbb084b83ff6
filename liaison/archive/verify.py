#!/usr/bin/env python3
"""核验归档包 / Check an archive, with Python 3.8 or newer and nothing else.

    python3 verify.py                       the folder in which this file lies
    python3 verify.py ARCHIVE.zip           the ZIP as it was downloaded, or a folder
      --manifest HASH                       the fingerprint of manifest.json, as the download page or the audit trail showed it
      --head N:HASH                         a head of the audit trail known otherwise (issued minutes, another archive); may be repeated

退出码 / exit code: 0 一致 right, 1 不一致 wrong, 2 用法错误 wrong usage, 3 未能全部核验 nothing wrong was found, but not everything can be verified.

能证明 / It proves: the files are those that manifest.json names, byte for byte; the lines of the audit trail follow each other up to the head;
what the agencies signed is the text that lies here. With --manifest: nothing was changed, left out or cut off since it was noted. With --head:
no line up to that head says anything but what the server had noted; lines may have been left out at the beginning, or told less of.
不能证明 / It does not prove: that what was entered was true, that the server entered everything, who sat at the keyboard, what is told of a
line in part ("facts"), nor, without a fingerprint or head known from elsewhere, that nobody made the whole archive anew.
Use a copy of this program that you trust.

旧日志 / Older lines: of lines of others in the form used until 2026 there is the bare hash alone. It is taken as it stands, so whoever changed the archive
may have put any lines before it. No head tells; then 0 needs --manifest, and without it the exit code is 3. Every newer line can be
computed, and a bare hash after such a line is wrong."""

import argparse
import datetime
import hashlib
import io
import json
import os
import sys
import unicodedata
import zipfile
from typing import Any

MANIFEST = "manifest.json"
TRAIL = "audit/trail.jsonl"
GENESIS = "0" * 64
CHUNK = 1 << 20
OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", ".ds_store")
CONSENTS = ("agreed", "deemed", "paper")


class Wrong(Exception):
    """What is wrong, in Chinese and English."""


def sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class Archive:
    """A ZIP or a folder, read member by member."""

    def __init__(self, place):
        self.place, self.zip = place, None
        if os.path.isdir(place):
            self.names = []
            for folder, _, files in os.walk(place):
                for name in files:
                    path = os.path.relpath(os.path.join(folder, name), place).replace(os.sep, "/")
                    self.names.append(unicodedata.normalize("NFC", path))
            self.names = [name for name in self.names if name.rpartition("/")[2].lower() not in OF_THE_SYSTEM]
        else:
            self.zip = zipfile.ZipFile(place)
            self.names = self.zip.namelist()

    def open(self, name):
        if self.zip is not None:
            return self.zip.open(name)
        return open(os.path.join(self.place, *name.split("/")), "rb")

    def read(self, name):
        with self.open(name) as file:
            return file.read()

    def digest(self, name):
        found, size = hashlib.sha256(), 0
        with self.open(name) as file:
            while True:
                piece = file.read(CHUNK)
                if not piece:
                    return found.hexdigest(), size
                found.update(piece)
                size += len(piece)


def canonical(value):
    """The one form of a JSON value: NFC, sorted, without spaces and without fractions."""
    return json.dumps(
        normal(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def normal(value):
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(one) for one in value]
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): normal(one) for key, one in value.items()}
    if isinstance(value, float):
        raise Wrong("数据格式不符 / not in the canonical form")
    return value


def check_files(archive, manifest):
    """Yield what is wrong with the files: changed, missing, added, twice."""
    expected = manifest["files"]
    seen = set()
    for name in archive.names:
        if name in seen:
            yield "文件重复 / the same file twice: %s" % name
        seen.add(name)
        parts = name.split("/")
        if name.startswith("/") or "\\" in name or ".." in parts or ":" in name:
            yield "文件名不安全 / unsafe name: %s" % name
        elif name != MANIFEST and name not in expected:
            yield "多出的文件 / a file that was added: %s" % name
    for name, facts in sorted(expected.items()):
        if name not in seen:
            yield "缺少的文件 / a file is missing: %s" % name
            continue
        try:
            digest, size = archive.digest(name)
        except Exception as error:
            yield "无法读取 / cannot be read: %s (%s)" % (name, error.__class__.__name__)
            continue
        if digest != facts["sha256"] or size != facts["bytes"]:
            yield "文件被改动 / a file was changed: %s" % name


def about_hash(line: "dict[str, Any]") -> str:
    return sha256(line["about_salt"], *said(line), line["payload_hash"])


def said(line: "dict[str, Any]") -> "tuple[str, ...]":
    return line["at"], line["verb"], line["object"], str(line["mechanism_id"]), str(line["person_id"]), line["via"]


def link(previous: str, line: "dict[str, Any]") -> "str | None":
    """The hash with which the trail goes on after a line; None where only the server can compute it."""
    number = str(line["n"])
    if "verb" not in line:
        return sha256("line", previous, number, line["about"]) if "about" in line else None
    if line["form"] == 2:
        return sha256("line", previous, number, about_hash(line))
    if line["form"] != 1:
        raise Wrong("日志格式未知，请使用较新的核验程序 / a form of line that this program does not know: %s" % number)
    return sha256(previous, number, *said(line), line["payload_hash"])


def check_trail(archive, manifest, heads, acts, loose):
    """Yield what is wrong with the audit trail; `heads` are (where it comes from, number, hash). What it says in full goes into `acts`, how
    many lines nothing binds to what follows, and the last of them, into `loose`."""
    wanted: "dict[int, list[tuple[str, str]]]" = {}
    for source, number, hash_ in heads:
        wanted.setdefault(number, []).append((source, hash_))
    with archive.open(TRAIL) as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        start = json.loads(lines.readline())
        previous, number = start["previous"], start["first"] - 1
        if previous is None or (previous == GENESIS) != (number == 0):
            yield "操作日志缺行 / a line of the audit trail is missing: %s" % number
            return
        pending, salted = 0, False  # lines since a bare hash or a known head; whether a line of the newer form has come
        compared = set()

        def compare():
            for source, hash_ in wanted.get(number, ()):
                compared.add(number)
                if hash_ != previous:
                    yield "操作日志与已知的日志头不符 / the audit trail differs from a known head: %s (%s)" % (
                        number,
                        source,
                    )

        for problem in compare():
            yield problem
        for text in lines:
            line = json.loads(text)
            if line["n"] != number + 1:
                yield "操作日志缺行 / a line of the audit trail is missing: %s" % (number + 1)
                return
            number = line["n"]
            if "verb" not in line and not set(line) <= {"n", "about", "hash"}:
                yield "操作日志被改动 / the audit trail was changed at line %s" % number
                return
            found = link(previous, line)
            salted = salted or "about" in line or line.get("form") == 2
            if found is None and salted:
                yield (
                    "操作日志被改动：该行应可重新计算 / the audit trail was changed: line %s must not be a bare hash"
                    % number
                )
                return
            if found is None:
                found, pending = line["hash"], pending + 1
                loose["lines"], loose["last"], pending = loose["lines"] + pending, number, -1
            elif "hash" in line and line["hash"] != found:
                yield "操作日志被改动 / the audit trail was changed at line %s" % number
                return
            if line.get("payload") is not None and sha256(line["salt"], line["payload"]) != line["payload_hash"]:
                yield "操作日志内容被改动 / what line %s of the audit trail says was changed" % number
            if "salt" in line and line.get("form") == 2 and sha256("about", line["salt"])[:32] != line["about_salt"]:
                yield "操作日志内容被改动 / what line %s of the audit trail says was changed" % number
            if line.get("payload") is not None:
                facts = json.loads(line["payload"])
                if "root" in facts:
                    key = line["verb"], line["object"], facts["root"], str(facts.get("agency"))
                    acts.setdefault(key, line["at"])
                acts.setdefault("since", line["at"])
            previous, pending = found, pending + 1
            for problem in compare():
                yield problem
            if ("--head", previous) in wanted.get(number, ()):
                pending = 0
    end = "%s:%s" % (number, previous)
    if end != "%s:%s" % (start["head"]["number"], start["head"]["hash"]) or end != manifest["head"]:
        yield "操作日志未到日志头 / the audit trail does not lead to its head"
    for source, known, _ in heads:
        if known not in compared:
            yield "无法比对日志头 / this head cannot be compared, the trail here has lines %s to %s: %s (%s)" % (
                start["first"], number, known, source)  # fmt: skip


def check_signed(archive, name):
    """Yield what is wrong with one countersigned text."""
    text = json.loads(archive.read(name).decode("utf-8"))
    hashes = []
    for one in text["sections"]:
        hashes.append(one["hash"])
        if "text" not in one:
            continue
        stands = {key: one[key] for key in ("salt", "key", "title", "text", "audience", "attachments")}
        stands["schema"] = text["schema"]
        if hashlib.sha256(canonical(stands)).hexdigest() != one["hash"]:
            yield "正文与签署内容不符 / a section is not what was signed: %s, %s" % (name, one["key"])
    root = hashlib.sha256(
        canonical({"schema": text["schema"], "head": text["head"], "sections": hashes})
    ).hexdigest()  # fmt: skip
    if root != text["root"]:
        yield "正文与签署内容不符 / the text is not what was signed: %s" % name
    last = {}
    for one in text["sign_offs"]:
        if one["root"] != root:
            yield "签署的不是该文本 / a sign-off is of another text: %s, %s" % (name, one["agency_id"])
        last[one["agency_id"]] = one["state"]
    if text["in_force"]:
        for one in text["signers"]:
            if one["state"] != "excused" and last.get(one["agency_id"]) not in CONSENTS:
                yield "缺少签署 / a sign-off is missing: %s, %s" % (name, one["name"])


def check_acts(name, text, acts):
    """Yield the sign-offs of a text of which the trail knows nothing, where it says in full how the text came in force."""
    kind, about, root = text["kind"], text["about"], text["root"]
    if ("put_in_force_" + kind, about, root, "None") not in acts:
        return
    since = instant(acts["since"])
    for one in text["sign_offs"]:
        if (one["state"] + "_" + kind, about, root, str(one["agency_id"])) not in acts and instant(one["at"]) >= since:
            yield "操作日志中没有这次签署 / the audit trail knows of no such sign-off: %s, %s" % (
                name,
                one["agency_id"],
            )


def instant(text):
    return datetime.datetime.fromisoformat(text)


def known_head(text):
    number, _, hash_ = text.partition(":")
    if not number.isdigit() or len(hash_) != 64:
        raise argparse.ArgumentTypeError("N:HASH")
    return int(number), hash_.lower()


def check(archive, known_manifest, known_heads, loose):
    """Yield everything that is wrong; what cannot be verified goes into `loose`."""
    raw = archive.read(MANIFEST)
    fingerprint = hashlib.sha256(raw).hexdigest()
    manifest = json.loads(raw.decode("utf-8"))
    print("归档 ARCHIVE  %s  %s  %s" % (manifest["mechanism"], manifest["year"] or "", manifest["as_of"]))
    print("持有 COPY OF  %s  %s" % (manifest["copy_of"]["agency"], manifest["copy_of"]["person"]))
    print("清单 MANIFEST %s" % fingerprint)
    print("日志头 HEAD     %s" % manifest["head"])
    if known_manifest is not None and known_manifest.lower().replace(" ", "") != fingerprint:
        yield "清单与已知指纹不符 / manifest.json is not the one whose fingerprint is known"
    for problem in check_files(archive, manifest):
        yield problem
    heads = [("--head", number, hash_) for number, hash_ in known_heads]
    texts = []
    for name in manifest["signed"]:
        for problem in check_signed(archive, name):
            yield problem
        texts.append((name, json.loads(archive.read(name).decode("utf-8"))))
        printed = texts[-1][1].get("printed_head")
        if printed and int(printed.partition(":")[0]) >= manifest["first_line"] - 1:
            heads.append((name, int(printed.partition(":")[0]), printed.partition(":")[2]))
    acts: "dict[Any, str]" = {}
    for problem in check_trail(archive, manifest, heads, acts, loose):
        yield problem
    for name, text in texts:
        for problem in check_acts(name, text, acts):
            yield problem


def main(arguments: "list[str] | None" = None) -> int:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("archive", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    asks.add_argument("--manifest", metavar="HASH")
    asks.add_argument("--head", metavar="N:HASH", action="append", type=known_head, default=[])
    given = asks.parse_args(arguments)
    wrong, loose = 0, {"lines": 0, "last": 0}
    try:
        for problem in check(Archive(given.archive), given.manifest, given.head, loose):
            wrong += 1
            print("错误 WRONG  %s" % problem)
    except Exception as error:  # whatever a damaged file makes Python stumble over
        wrong += 1
        print(
            "错误 WRONG  归档包已损坏或不完整 / the archive is damaged or not whole: %s: %s"
            % (error.__class__.__name__, error)
        )
    if wrong:
        print("不一致 NOT RIGHT  %s" % wrong)
        return 1
    if loose["lines"]:
        print(
            "提示 NOTE  至第 %s 行止，有 %s 行旧日志无法在此重新计算 / %s older lines, up to line %s, cannot be computed again here"
            % (loose["last"], loose["lines"], loose["lines"], loose["last"])
        )
        if given.manifest is None:
            print(
                "未能全部核验 NOT ALL VERIFIED  请用 --manifest 给出清单指纹 / please give the manifest's fingerprint with --manifest"
            )
            return 3
    print("一致 RIGHT")
    if given.manifest is None:
        print(
            "提示 NOTE  请与下载页或操作日志所示的清单指纹比对 / compare the manifest's fingerprint with the download page or the audit trail"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
