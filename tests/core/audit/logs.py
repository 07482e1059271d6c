"""Made-up exports by the words of docs/audit.md, and what a forger does to them; no code of the program.

`Forge` keeps an export as parts and writes it with everything that needs no secret made right again: hashes,
counts, the hash of the file, and a signature by a key of the forger's own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st

INSTALLATION = "7b0f6d7e-5b7e-4ac1-9c3c-0d7e6d1f2a11"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
Stamper = Callable[[bytes], bytes]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


@dataclass
class Record:
    stream: str
    seq: int
    payload: str
    prev: str = ""
    hash: str = ""
    withheld: bool = False

    @property
    def digest(self) -> str:
        return sha(self.payload)

    def link(self) -> str:
        return sha(f"dean06-link-1 {self.stream} {self.seq} {self.prev} {self.digest}")

    def line(self) -> bytes:
        told: dict[str, object] = {
            "stream": self.stream,
            "seq": self.seq,
            "prev": self.prev,
            "hash": self.hash,
        }
        return plain(told | ({"digest": self.digest} if self.withheld else {"payload": self.payload}))


@dataclass
class Log:
    """Records by stream, the time stamps over them, and the key that signs the file."""

    streams: dict[str, list[Record]]
    starts: dict[str, tuple[int, str]] = field(default_factory=dict)
    anchors: list[tuple[str, bytes]] = field(default_factory=list)
    key: Ed25519PrivateKey = KEY

    def rechain(self) -> Log:
        """Every link after the one before it."""
        for stream, records in self.streams.items():
            first, before = self.starts.get(stream, (1, sha(f"dean06-genesis-1 {INSTALLATION} {stream}")))
            self.starts[stream] = (first, before)
            for seq, record in enumerate(records, start=first):
                record.seq, record.prev = seq, before
                before = record.hash = record.link()
        return self

    def heads(self) -> str:
        last = [
            (s, records[-1].seq, records[-1].hash) for s, records in sorted(self.streams.items()) if records
        ]
        lines = [f"{stream} {seq} {digest}" for stream, seq, digest in last]
        return "\n".join([f"dean06-heads-1 {INSTALLATION}", *lines])

    def anchor(self, stamper: Stamper) -> Log:
        self.anchors.append((self.heads(), stamper(self.heads().encode())))
        return self

    def copy(self) -> Log:
        """For a forger, who has another key."""
        return Log(deepcopy(self.streams), dict(self.starts), list(self.anchors), FORGER)

    @property
    def every(self) -> list[Record]:
        return [record for records in self.streams.values() for record in records]

    def write(self) -> bytes:
        """The file; `starts` and the ends are those of the records that are there."""
        streams = {s: {"first": first, "prev": prev} for s, (first, prev) in self.starts.items()}
        head = {"type": "header", "format": "dean06-log-1", "installation": INSTALLATION}
        body = plain(head | {"key": public(self.key), "streams": streams})
        for heads, token in self.anchors:
            body += plain({"type": "anchor", "heads": heads, "token": base64.b64encode(token).decode()})
        body += b"".join(record.line() for record in self.every)
        ends = {s: self._end(s) for s in self.starts}
        footer = {"type": "footer", "streams": ends, "records": len(self.every)}
        footer["sha256"] = hashlib.sha256(body).hexdigest()
        return body + plain(footer | {"signature": self.key.sign(plain(footer)).hex()})

    def _end(self, stream: str) -> dict[str, object]:
        records = self.streams[stream]
        first, prev = self.starts[stream]
        return (
            {"last": records[-1].seq, "hash": records[-1].hash}
            if records
            else {"last": first - 1, "hash": prev}
        )


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12
)


@st.composite
def logs(
    draw: st.DrawFn, *, least: int = 1, streams: Sequence[str] = ("action-0", "action-7", "usage-3")
) -> Log:
    """Some streams with some records, payloads as the database writes them."""
    made: dict[str, list[Record]] = {}
    for place, stream in enumerate(streams):
        texts = draw(st.lists(TEXTS, min_size=least if place == 0 else 0, max_size=6))
        made[stream] = [
            Record(
                stream,
                seq,
                json.dumps({"at": f"2023-12-{seq:02}T03:00:00+00:00", "n": text}, ensure_ascii=False),
            )
            for seq, text in enumerate(texts, start=1)
        ]
        for record in made[stream]:
            record.withheld = draw(st.integers(0, 9)) == 0
    return Log(made).rechain()
