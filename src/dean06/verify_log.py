"""Checks an exported log by itself: `python verify_log.py FILE`. Format: docs/audit.md.

One file, standard library only, no database, no secret, no code of the writer. Where installed,
`cryptography` checks the signature and `rfc3161-client` the time stamps; where not, the answer says so.
Exit code: 0 intact, 1 tampered with (the first bad record is named), 2 unreadable.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

LONGEST_LINE = 16_000_000
RECORD = re.compile(
    rb'\{"stream":"([a-z]{1,8}-\d{1,3})","seq":([1-9]\d{0,17}),"prev":"([0-9a-f]{64})",'
    rb'"hash":"([0-9a-f]{64})",(?:"payload":(".*")|"digest":"([0-9a-f]{64})")\}\n',
    re.DOTALL,  # a line holds one line feed, at its end; not looking for others is faster
)
HEAD = re.compile(r"([a-z]{1,8}-\d{1,3}) ([1-9]\d{0,17}) ([0-9a-f]{64})", re.ASCII)
UNREADABLE = "Không phải tệp nhật ký đọc được bằng chương trình này, hoặc tệp bị cắt ngay ở phần đầu."


class Bad(Exception):
    """What is wrong, the record or line where it first shows, and the exit code."""

    def __init__(self, what: str, line: int = 0, stream: str = "", seq: int = 0, code: int = 1) -> None:
        self.code, self.place = code, {"line": line, "stream": stream, "seq": seq}
        where = [f"bản ghi {seq} của luồng {stream}"] * bool(stream) + [f"dòng {line}"] * bool(line)
        super().__init__(f"{', '.join(where)}: {what}" if where else what)


class Log:
    """One pass over an export; `told` is what is said about it afterwards."""

    def __init__(self, file: BinaryIO, tsa: str = "", key: str = "") -> None:
        self.file, self.tsa, self.key = file, tsa, key
        self.whole, self.line, self.records, self.withheld = sha256(), 0, 0, 0
        self.first, self.state = dict[str, int](), dict[str, list[Any]]()  # seq, hash, at, unstamped at
        self.watch: dict[tuple[str, int], list[tuple[str, str, str]]] = {}  # hash, what to say, time stamp
        self.newest: tuple[str, str, dict[str, int]] = ("", "none", {})  # time stamp: moment, check, heads
        self.signature, self.anchors, self.backwards, self.late = "none", 0, list[str](), 0

    def check(self, since: dict[str, Any]) -> None:
        """The whole file; `since`: how the streams of an earlier export ended. Raises Bad."""
        lines = self.lines()
        self.header(next(lines, b""))
        for stream, end in since.items():
            if end["last"] < self.first.get(stream, 1) - 1:
                raise Bad("không nối với tệp xuất trước: thiếu bản ghi này", 1, stream, end["last"] + 1)
            self.expect(stream, end["last"], end["hash"], "không khớp tệp xuất trước")
        self.footer(self.body(lines))
        for (stream, seq), waiting in self.watch.items():
            raise Bad(f"{waiting[0][1]}: tệp không có bản ghi này", 0, stream, seq)
        if self.tsa and not self.anchors:
            raise Bad("không có mốc neo thời gian nào trong tệp")

    def lines(self) -> Iterator[bytes]:
        while line := self.file.readline(LONGEST_LINE):
            self.line += 1
            if line[-1] != 10:
                raise Bad("tệp bị cắt giữa dòng", self.line, code=1 if self.line > 1 else 2)
            yield line

    def header(self, line: bytes) -> None:
        self.head = parsed(line)
        if self.head.get("format") != "dean06-log-1":
            raise Bad(UNREADABLE, code=2)
        self.whole.update(line)
        for stream, start in self.head["streams"].items():
            self.first[stream], before = int(start["first"]), str(start["prev"])
            if not HEAD.fullmatch(f"{stream} {self.first[stream]} {before}"):
                raise Bad(UNREADABLE, code=2)
            self.state[stream] = [self.first[stream] - 1, before.encode(), b"", b""]
            genesis = f"dean06-genesis-1 {self.head['installation']} {stream}"
            if self.first[stream] == 1 and before != sha256(genesis.encode()).hexdigest():
                raise Bad("luồng không bắt đầu từ mốc của hệ thống đã nêu", 1, stream, 1)

    def expect(self, stream: str, seq: int, digest: str, otherwise: str, at: str = "") -> None:
        """Have the hash of a record compared when it comes, or now when it stands just before the first."""
        if seq == self.first.get(stream, 0) - 1 and self.state[stream][1] != digest.encode():
            raise Bad(otherwise, self.line, stream, seq)
        if seq >= self.first.get(stream, 1):
            self.watch.setdefault((stream, seq), []).append((digest, otherwise, at))

    def body(self, lines: Iterator[bytes]) -> bytes:
        """Every time stamp and every record; gives the footer's line."""
        match, record, update = RECORD.fullmatch, self.record, self.whole.update
        for line in lines:
            if found := match(line):
                record(found)
            elif line.startswith(b'{"type":"anchor"'):
                self.anchor(parsed(line))
            elif line.startswith(b'{"type":"footer"'):
                return line
            else:
                raise Bad("không đúng dạng một bản ghi", self.line)
            update(line)
        raise Bad("tệp bị cắt: thiếu phần cuối", self.line + 1)

    def record(self, found: re.Match[bytes]) -> None:
        name, number, prev, given, payload, digest = found.groups()
        stream, seq = name.decode(), int(number)
        if (known := self.state.get(stream)) is None or prev != known[1] or seq != known[0] + 1:
            raise Bad("không nối tiếp bản ghi đứng trước", self.line, stream, seq)
        if payload is not None:
            digest = self.payload(payload, known, stream, seq)
        if sha256(b"dean06-link-1 %b %b %b %b" % (name, number, prev, digest)).hexdigest().encode() != given:
            raise Bad("nội dung không khớp mã băm", self.line, stream, seq)
        known[0], known[1], known[3] = seq, given, known[3] or (payload and known[2])
        for wanted, otherwise, at in self.watch.pop((stream, seq), ()) if self.watch else ():
            if wanted.encode() != given:
                raise Bad(otherwise, self.line, stream, seq)
            if at and known[3]:
                days = date.fromisoformat(at[:10]) - date.fromisoformat(known[3][:10].decode())
                self.late = max(self.late, days.days)
                known[3] = b""
        self.records, self.withheld = self.records + 1, self.withheld + (payload is None)

    def payload(self, raw: bytes, known: list[Any], stream: str, seq: int) -> bytes:
        """The digest of a payload; notes a clock that went back."""
        data = raw[1:-1].replace(b'\\"', b'"')  # the only escape of most payloads
        if b"\\" in data or data.count(b'"') != len(raw) - 2 - len(data):
            try:
                data = json.loads(raw).encode()
            except ValueError as error:
                raise Bad("nội dung không đọc được", self.line, stream, seq) from error
        if data.startswith(b'{"at": "'):
            at = data[8:34].partition(b"+")[0]
            if at < known[2]:
                told = f"{at.decode('latin-1')!a} sau {known[2].decode('latin-1')!a}"
                self.backwards.append(f"bản ghi {seq} của luồng {stream}: {told}")
            known[2] = at
        return sha256(data).hexdigest().encode()

    def anchor(self, told: dict[str, Any]) -> None:
        first, *rest = str(told.get("heads", "")).split("\n")
        found = [match for each in rest if (match := HEAD.fullmatch(each))]
        if first != f"dean06-heads-1 {self.head['installation']}" or len(found) != len(rest):
            raise Bad("nội dung được neo không đúng dạng", self.line)
        at, level = stamped(str(told.get("token")), told["heads"].encode(), self.tsa, self.line)
        for each in found:
            self.expect(each[1], int(each[2]), each[3], f"không khớp mốc neo thời gian {at}".rstrip(), at)
        self.anchors += 1
        if at >= self.newest[0]:
            self.newest = at, level, {each[1]: int(each[2]) for each in found}

    def footer(self, line: bytes) -> None:
        told = parsed(line)
        ends = {s: {"last": seq, "hash": digest.decode()} for s, (seq, digest, *_) in self.state.items()}
        if told.get("streams") != ends or told.get("records") != self.records:
            raise Bad("phần cuối không khớp các bản ghi: thiếu hoặc thừa bản ghi", self.line)
        if told.get("sha256") != self.whole.hexdigest() or plain(told) != line or self.file.read(1):
            raise Bad("có dòng bị đổi hoặc thêm: mã băm của cả tệp không khớp", self.line)
        public, signature = str(self.head.get("key") or ""), str(told.pop("signature", None) or "")
        if self.key and public != self.key:
            raise Bad("tệp không được ký bằng khóa đã biết", self.line)
        if public or signature:
            self.signature = signed(public, signature, plain(told), bool(self.key), self.line)

    def told(self) -> dict[str, Any]:
        at, level, heads = self.newest
        ends = [(s, min(seq, self.state[s][0])) for s, seq in heads.items() if s in self.state]
        return {
            "records": self.records,
            "withheld": self.withheld,
            "from_the_start": set(self.first.values()) <= {1},
            "signature": self.signature,  # none, unchecked, own (the key that the file names itself), pinned
            "anchors": self.anchors,
            "anchored_until": at or None,
            "anchor_checked": level,  # none, heads (not the token), imprint (not who issued it), authority
            "anchored_records": sum(max(0, seq - self.first[s] + 1) for s, seq in ends),
            "stamped_late": self.late,  # days, the most from a record to the first stamp over it
            "clock_went_back": self.backwards,
        }


def plain(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "replace")


def parsed(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def signed(public: str, signature: str, message: bytes, pinned: bool, line: int) -> str:
    """How far the signature was checked; raises Bad."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        if pinned:
            raise Bad("Cần thư viện cryptography để kiểm chữ ký.", code=2) from error
        return "unchecked"
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError) as error:
        raise Bad("chữ ký của tệp không khớp", line) from error
    return "pinned" if pinned else "own"


def stamped(token: str, heads: bytes, tsa: str, line: int) -> tuple[str, str]:
    """(moment, how far it was checked) of a time stamp over `heads`; raises Bad."""
    try:
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError as error:
        if tsa:
            raise Bad("Cần thư viện rfc3161-client để kiểm mốc neo.", code=2) from error
        return "", "heads"
    roots = load_pem_x509_certificates(Path(tsa).read_bytes()) if tsa else []
    try:
        response = decode_timestamp_response(base64.b64decode(token, validate=True))
        if response.tst_info.message_imprint.message != sha256(heads).digest():
            raise Bad("mốc neo thời gian là của nội dung khác", line)
        if tsa:
            VerifierBuilder(roots=roots).build().verify_message(response, heads)
    except (ValueError, VerificationError) as error:
        raise Bad(f"mốc neo thời gian không hợp lệ: {error}", line) from error
    return response.tst_info.gen_time.isoformat(), "authority" if tsa else "imprint"


def verify(path: str, tsa: str = "", key: str = "", since: str = "") -> tuple[int, dict[str, Any]]:
    """(exit code, what was found) of the export at `path`."""
    try:
        end = parsed(Path(since).read_bytes().rstrip(b"\n").rpartition(b"\n")[2])["streams"] if since else {}
        pinned = Path(key).read_text("ascii").strip() if key and len(key) != 64 else key
        with Path(path).open("rb") as file:
            log = Log(file, tsa, pinned)
            log.check(end)
    except Bad as bad:
        return bad.code, {"ok": False, "problem": str(bad), **bad.place}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        said = f"Không mở được tệp: {error}" if isinstance(error, OSError) else UNREADABLE
        return 2, {"ok": False, "problem": said, "line": 0, "stream": "", "seq": 0}
    return 0, {"ok": True, "problem": "", **log.told()}


SIGNED = {
    "none": "tệp không được ký",
    "unchecked": "chưa kiểm chữ ký (thiếu thư viện cryptography)",
    "own": "chữ ký khớp khóa ghi trong chính tệp; chưa đối chiếu với khóa đã biết (--key)",
    "pinned": "chữ ký khớp khóa đã biết",
}
ANCHORED = {
    "none": "nối chuỗi, chưa neo thời gian: người giữ cơ sở dữ liệu vẫn có thể viết lại cả chuỗi",
    "heads": "có mốc neo khớp chuỗi, chưa kiểm mốc neo (thiếu thư viện rfc3161-client)",
    "imprint": "có mốc neo khớp chuỗi, chưa kiểm cơ quan cấp (--tsa-cert)",
    "authority": "đã neo thời gian, chứng thư của cơ quan cấp hợp lệ",
}


def sentences(code: int, told: dict[str, Any]) -> list[str]:
    """The answer for people: what is proved, and what is not."""
    if code:
        return [f"{'KHÔNG NGUYÊN VẸN' if code == 1 else 'KHÔNG ĐỌC ĐƯỢC'}: {told['problem']}"]
    said = [f"Nguyên vẹn: {told['records']} bản ghi nối chuỗi.", f"Chữ ký: {SIGNED[told['signature']]}."]
    said.append(f"Thời gian: {ANCHORED[told['anchor_checked']]}.")
    if told["anchors"]:
        rest = f"{told['records'] - told['anchored_records']} bản ghi sau mốc này chưa neo"
        said.append(f"Mốc neo mới nhất: {told['anchored_until'] or 'chưa đọc'}; {rest}.")
    if not told["from_the_start"]:
        said.append("Tệp không bắt đầu từ bản ghi đầu tiên: phần trước đó không được chứng minh.")
    if told["withheld"]:
        said.append(f"{told['withheld']} bản ghi chỉ có mã băm (ngoài phạm vi xuất, hoặc đã hết hạn lưu).")
    if days := told["stamped_late"]:
        said.append(f"Lưu ý, có bản ghi được neo muộn {days} ngày: chuỗi viết lại rồi neo lại lộ ra như vậy.")
    return said + [f"Lưu ý, đồng hồ lùi (không phải sửa): {each}." for each in told["clock_went_back"][:5]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of the check."""
    parser = argparse.ArgumentParser(description="Kiểm tra tệp nhật ký / check a log export.")
    parser.add_argument("file")
    parser.add_argument("--tsa-cert", default="", help="chứng thư gốc của cơ quan cấp dấu thời gian (PEM)")
    parser.add_argument("--key", default="", help="khóa công khai đã biết: 64 chữ số hex, hoặc tệp chứa nó")
    parser.add_argument("--since", default="", help="tệp xuất trước, đã được kiểm: phải nối với nó")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    code, told = verify(given.file, given.tsa_cert, given.key, given.since)
    said = [json.dumps(told, ensure_ascii=False)] if given.json else sentences(code, told)
    for each in said:  # what a file says must not steer a terminal
        sys.stdout.write("".join(sign if sign.isprintable() else "\ufffd" for sign in each) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
