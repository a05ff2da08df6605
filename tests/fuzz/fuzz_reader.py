"""Fuzz target: any bytes through the reader, cut as the first ones say, and beside websocket-client's parser.

``python -m tests.fuzz.fuzz_reader [SECONDS]``
"""

from __future__ import annotations

import itertools

from tests.fuzz.harness import main
from tests.net.reference import agree, ours, theirs
from tests.net.wire import Bench, cut

LIMIT = 0xFFFF


def target(data: bytes) -> None:
    """The first byte tells how many of the next ones are distances between cuts; the rest is the stream."""
    count = data[0] % 8 if data else 0
    stream = data[1 + count :]
    pieces = cut(stream, itertools.accumulate(data[1 : 1 + count]))
    agree(ours(pieces, LIMIT), theirs(stream))
    Bench(limit=LIMIT).feed(pieces)


if __name__ == "__main__":
    main(target)
