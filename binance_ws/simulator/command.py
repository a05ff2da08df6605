"""The simulated exchange as a command: what it says of itself, and how it runs until it is told to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from ..config import HOST_VARIABLE, USER_DATA_VARIABLE, UserData
from ..errors import ArgumentError
from .exchange import Exchange

PORT = 8765
"""Where the command listens unless it is told otherwise."""


def announcement(exchange: Exchange) -> list[str]:
    """What a person has to know to connect."""
    old = exchange.environment.spot.user_data is UserData.LISTEN_KEY
    user_data = f" {USER_DATA_VARIABLE}={UserData.LISTEN_KEY.value}" if old else ""
    return [
        f"The simulated exchange listens on {exchange.host}; Ctrl-C ends it.",
        f"For clients: export {HOST_VARIABLE}={exchange.host}{user_data}",
        f"For accounts: export BINANCE_API_KEY={exchange.api_key} BINANCE_API_SECRET={exchange.api_secret}",
    ]


@contextmanager
def running(exchange: Exchange, faults: float | None = None, seed: int = 1) -> Iterator[Exchange]:
    """Run an exchange and announce it.

    Args:
        exchange: not yet started.
        faults: seconds between two faults at random; ``None`` for none.
        seed: of the faults.

    Raises:
        ArgumentError: the port cannot be had, or the time between faults is none.
    """
    if faults is not None and not faults > 0:
        raise ArgumentError(f"faults come every so many seconds above 0, not {faults:g}")
    with exchange, exchange.faults.random(seed, faults) if faults else nullcontext():
        print("\n".join(announcement(exchange)), flush=True)
        yield exchange
