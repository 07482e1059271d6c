"""The document security object: hashes of the data groups, signed (ICAO 9303-10, 4.6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from vnid import der
from vnid.chip.lds import FILE_TAGS, MOST, SOD
from vnid.errors import TrustError
from vnid.hashing import digest
from vnid.trust.algorithms import hash_of
from vnid.trust.cms import Signed, Signer, Span, parse_signed

_SECURITY_OBJECT: Final = bytes.fromhex("678108010101")
_MOST_GROUPS: Final = 16
_MOST_LENGTHS: Final = 64
_MOST_ALIKE: Final = 16


class Sod(NamedTuple):
    """What was signed: the hash of each data group by its number."""

    hashed: str
    hashes: Mapping[int, bytes]
    signed: Signed

    def fits(self, number: int, file: bytes) -> bool:
        """Whether a data group's file, as read, is the one that was signed."""
        return self.hashes.get(number) == digest(self.hashed, file)


def parse_sod(data: bytes) -> Sod:
    """Read EF.SOD. Raises TrustError: `too_large`, `sod`, `cms`, `algorithm`; DerError."""
    if len(data) > MOST:
        raise TrustError("too_large", SOD, limit=MOST)
    return _recognised(data) or _walked(data)


def _walked(data: bytes) -> Sod:
    """Read it object by object, and remember its shape for the next card of the same signer."""
    outer = der.whole(data, tag=FILE_TAGS[SOD], where=SOD, ber=True)
    signed = parse_signed(data[outer.begin :], where=SOD)
    if signed.content_type != _SECURITY_OBJECT:
        raise TrustError("sod", SOD)
    content = signed.content
    node = der.whole(content, tag=der.SEQUENCE, where=SOD)
    _version, algorithm, listed = der.inside(
        content, node, der.INTEGER, der.SEQUENCE, der.SEQUENCE, where=SOD
    )
    hashes: dict[int, Span] = {}
    for each in der.children(content, listed, where=SOD, limit=_MOST_GROUPS):
        number, value = der.inside(content, each, der.INTEGER, der.OCTET_STRING, where=SOD)
        group = der.integer(content, number, where=SOD)
        if not 1 <= group <= _MOST_GROUPS or group in hashes:
            raise TrustError("sod", SOD)
        hashes[group] = value.begin, value.end
    values = {group: content[slice(*span)] for group, span in hashes.items()}
    sod = Sod(hash_of(content, algorithm), values, signed)
    if len(signed.signers) == 1:
        _remember(_Seen(data, sod, outer.begin, hashes))
    return sod


@dataclass(frozen=True, slots=True)
class _Shape:
    """A file that was walked: all that was looked at, and the places whose bytes may be any.

    Those places are contents that walking takes over unread: of octet strings, of the signer's serial number
    and certificate, of attributes nobody asks for. A file of the same length with the same bytes elsewhere
    would be walked in the same way, to the same places.
    """

    model: Sod
    fixed: tuple[tuple[slice, bytes], ...]
    hashes: tuple[tuple[int, slice], ...]
    content: slice
    certificates: tuple[slice, ...]
    serial: slice
    attributes: slice
    message_digest: slice
    signature: slice

    def filled(self, data: bytes) -> Sod | None:
        """The file as walking it would read it; None where it is of another shape."""
        for place, same in self.fixed:
            if data[place] != same:
                return None
        model = self.model.signed
        signer = model.signers[0]
        attributes = b"\x31" + data[self.attributes] if signer.attributes else b""
        filled = Signer(
            signer.issuer,
            data[self.serial],
            signer.subject_key,
            signer.hashed,
            attributes,
            signer.content_type,
            data[self.message_digest],
            signer.algorithm,
            data[self.signature],
            signer.places,
        )
        signed = Signed(
            model.content_type,
            data[self.content],
            tuple([data[place] for place in self.certificates]),
            (filled,),
            model.place,
            model.certificate_places,
        )
        return Sod(self.model.hashed, {group: data[place] for group, place in self.hashes}, signed)


@dataclass(slots=True)
class _Seen:
    """A file that was walked, and its shape from the day on which another of its length comes."""

    data: bytes
    sod: Sod
    start: int  # of the signed data in the file
    hashes: Mapping[int, Span]  # where each stands in the content
    shape: _Shape | None = None

    def filled(self, data: bytes) -> Sod | None:
        """As `_Shape.filled`."""
        if self.shape is None:
            self.shape = self._shape()
        return self.shape.filled(data)

    def _shape(self) -> _Shape:
        signed, start = self.sod.signed, self.start
        places = signed.signers[0].places
        inner = start + signed.place[0]
        hashes = [(group, _shifted(span, inner)) for group, span in self.hashes.items()]
        digested, signature = _shifted(places.message_digest, start), _shifted(places.signature, start)
        any_bytes = [place for _group, place in hashes]
        serial = _shifted(places.serial, start)
        unread = [*places.unread, *((node.begin, node.end) for node in signed.certificate_places)]
        any_bytes += [digested, signature, serial, *(_shifted(span, start) for span in unread)]
        return _Shape(
            self.sod,
            _between(self.data, any_bytes),
            tuple(hashes),
            _shifted(signed.place, start),
            tuple(_shifted((node.start, node.end), start) for node in signed.certificate_places),
            serial,
            _shifted(places.attributes, start),
            digested,
            signature,
        )


_seen: dict[int, tuple[_Seen, ...]] = {}
"""By length, the latest first: all cards of an issuer are made alike."""


def _recognised(data: bytes) -> Sod | None:
    for one in _seen.get(len(data), ()):
        if (found := one.filled(data)) is not None:
            return found
    return None


def _remember(one: _Seen) -> None:
    length = len(one.data)
    if len(_seen) >= _MOST_LENGTHS and length not in _seen:
        _seen.clear()
    _seen[length] = (one, *_seen.get(length, ())[: _MOST_ALIKE - 1])


def _shifted(span: Span, by: int) -> slice:
    return slice(span[0] + by, span[1] + by)


def _between(data: bytes, any_bytes: list[slice]) -> tuple[tuple[slice, bytes], ...]:
    """What lies between these places."""
    at, fixed = 0, []
    for place in [*sorted(any_bytes, key=lambda place: place.start), slice(len(data), len(data))]:
        between = slice(at, place.start)
        fixed.append((between, data[between]))
        at = max(at, place.stop)
    return tuple(fixed)
