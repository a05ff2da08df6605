"""The bytes of outgoing messages: text frames, the combined envelope, microseconds."""

from __future__ import annotations

import re
from functools import lru_cache
from struct import pack

_TEXT = 0x81
_MILLISECONDS = re.compile(rb'"(E|T|O|C|D|W|t|u)":(\d{13,})(?=[,}])')
_KLINES = b'"k":{'

_AMBIGUOUS = {b"t": (_KLINES, b'"e":"referencePrice"'), b"u": (b'"e":"outboundAccountPosition"',)}
"""Fields that are times in the messages with one of these marks, and ids in all others."""


def text_frame(payload: bytes) -> bytes:
    """A whole, unmasked text frame, as servers send them."""
    size = len(payload)
    if size < 126:
        return pack("!BB", _TEXT, size) + payload
    if size < 65536:
        return pack("!BBH", _TEXT, 126, size) + payload
    return pack("!BBQ", _TEXT, 127, size) + payload


def combined(stream: str, payload: bytes) -> bytes:
    """The payload in the envelope of combined streams."""
    return b'{"stream":"%s","data":%s}' % (stream.encode(), payload)


def microseconds(payload: bytes) -> bytes:
    """The payload with its times in microseconds; the end of a kline becomes its last microsecond."""
    is_kline = _KLINES in payload
    ids = [key for key, marks in _AMBIGUOUS.items() if not any(mark in payload for mark in marks)]

    def longer(found: re.Match[bytes]) -> bytes:
        key, digits = found[1], found[2]
        if key in ids:
            return found[0]
        return b'"%s":%s%s' % (key, digits, b"999" if is_kline and key == b"T" else b"000")

    return _MILLISECONDS.sub(longer, payload)


def shifted(payload: bytes, shifts: dict[bytes, int]) -> bytes:
    """The payload with something added to each of the named whole-number fields."""

    def moved(found: re.Match[bytes]) -> bytes:
        key, value = found.groups()
        return b'"%s":%d' % (key, int(value) + shifts[key])

    return _numbers(tuple(shifts)).sub(moved, payload)


@lru_cache(maxsize=64)
def _numbers(names: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb'"(%s)":(\d+)(?=[,}])' % b"|".join(names))
