"""Fuzz target: any bytes through the decoder, and any object that they describe through ``messages.py``.

``python -m tests.fuzz.fuzz_messages [SECONDS]``
"""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps

from binance_ws.net.decode import loads
from binance_ws.streams.messages import Reply, is_shutdown, reply
from tests.fuzz.harness import main

_KEYS = ("id", "result", "error", "code", "msg", "stream", "data", "event", "e", "status")
_VALUES = (*_KEYS, "serverShutdown", "!serverShutdown", None, True, 0, -1121, 1.5, "")
_DEEPEST = 4


def target(data: bytes) -> None:
    """Text that is no JSON may only raise ``ValueError``; an object of any shape is looked at and left alone."""
    try:
        _check(loads(data))
    except ValueError:
        pass
    _check(_described(iter(data)))


def _described(codes: Iterator[int], depth: int = 0) -> object:
    """What a string of bytes describes: each byte begins an object, a list, or is a value."""
    kind, number = next(codes, 0) % 3, next(codes, 0)
    if kind == 0 and depth < _DEEPEST:
        return {_KEYS[next(codes, 0) % len(_KEYS)]: _described(codes, depth + 1) for _ in range(number % 5)}
    if kind == 1 and depth < _DEEPEST:
        return [_described(codes, depth + 1) for _ in range(number % 3)]
    return _VALUES[number % len(_VALUES)]


def _check(message: object) -> None:
    if not isinstance(message, dict):
        return
    before = dumps(message)
    answer = reply(message)
    assert answer is None or (isinstance(answer, Reply) and isinstance(answer.failed, bool))
    assert isinstance(is_shutdown(message), bool)
    assert dumps(message) == before


if __name__ == "__main__":
    main(target)
