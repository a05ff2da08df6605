"""What the tests of REST calls share: a client, and how a call of it fails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from binance_ws.errors import BinanceWsError
from binance_ws.net.network import Network
from binance_ws.net.rest import Rest
from tests.peer import SECONDS

SIGNATURE = {"signature": "c0ffee"}


@contextlib.contextmanager
def rest(network: Network | None = None, headers: dict[str, str] | None = None) -> Iterator[Rest]:
    """A client for the length of a test."""
    with contextlib.closing(Rest(network or Network(SECONDS), headers)) as made:
        yield made


def failure(url: str, network: Network | None = None) -> BinanceWsError:
    """The error of a signed call; the signature is nowhere in what would be printed of it."""
    with rest(network) as client, pytest.raises(BinanceWsError) as caught:
        client.call("GET", url, SIGNATURE)
    shown: BaseException | None = caught.value
    while shown is not None:
        assert SIGNATURE["signature"] not in str(shown) + repr(shown)
        shown = shown.__cause__ if shown.__suppress_context__ else shown.__context__
    return caught.value
