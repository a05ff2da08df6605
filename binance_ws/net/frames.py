"""What RFC 6455 lets a server's frame begin with, and the errors and close codes for what it does not."""

from __future__ import annotations

from websocket import ABNF

from ..errors import ConnectionLost, ProtocolViolation

NORMAL, PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1000, 1002, 1007, 1009
CONTROL, MASK = 0x08, 0x80
_FIN, _RESERVED = 0x80, 0x70


def check(first: int, second: int) -> None:
    """Refuse what section 5.2 does not allow in a header's first two bytes.

    Raises:
        ProtocolViolation: they are not allowed from a server.
    """
    opcode = first & 0x0F
    if first & _RESERVED or opcode not in ABNF.OPCODES:
        raise ProtocolViolation(f"a frame begins with the reserved byte {first:#04x}", PROTOCOL_ERROR)
    if second & MASK:
        raise ProtocolViolation("a server's frame is masked", PROTOCOL_ERROR)
    if opcode & CONTROL and not (first & _FIN and second <= 125):
        raise ProtocolViolation("a control frame is fragmented or too long", PROTOCOL_ERROR)


def not_text(error: UnicodeDecodeError) -> ProtocolViolation:
    """The error for text that is not UTF-8."""
    violation = ProtocolViolation("the exchange sent text that is not UTF-8", BAD_DATA)
    violation.__cause__ = error
    return violation


def broken(error: OSError) -> ConnectionLost:
    """The error for what the system says of a connection."""
    lost = ConnectionLost(f"the connection broke: {error.strerror or error}")
    lost.__cause__ = error
    return lost
