"""Fuzz target: any bytes through the decoder, and what it makes of them through ``messages.py``.

``python -m tests.fuzz.fuzz_messages [SECONDS]``
"""

from __future__ import annotations

from json import dumps

from binance_ws.net.decode import loads
from binance_ws.streams.messages import Reply, is_shutdown, reply
from tests.fuzz.harness import main

_SHAPES = (
    b"%b",
    b'{"result": %b, "id": 1}',
    b'{"id": %b, "error": %b}',
    b'{"code": %b, "msg": %b}',
    b'{"stream": "!serverShutdown", "data": %b}',
    b'{"event": %b}',
    b'{"e": %b}',
)
"""So that mere bytes get past the decoder and meet each of the envelopes."""


def target(data: bytes) -> None:
    """The first byte chooses an envelope; text that is no JSON may only raise ``ValueError``."""
    shape = _SHAPES[data[0] % len(_SHAPES)] if data else b"%b"
    text = shape.replace(b"%b", data[1:] or b"{}")
    try:
        message = loads(text)
    except ValueError:
        return
    if isinstance(message, dict):
        _check(message)


def _check(message: dict[str, object]) -> None:
    before = dumps(message)
    answer = reply(message)
    assert answer is None or isinstance(answer, Reply)
    assert isinstance(is_shutdown(message), bool)
    assert answer is None or isinstance(answer.failed, bool)
    assert dumps(message) == before


if __name__ == "__main__":
    main(target)
