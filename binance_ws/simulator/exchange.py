"""The simulated exchange as one object: start it, connect to it, look into it, break it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from ..config import Environment
from ..errors import ArgumentError
from .faults import Faults
from .inspection import Connection, Request
from .market import Market
from .pace import Pace
from .recording import Recording
from .rules import Rules
from .server import Server
from .symbols import DEFAULT, Symbol, listing

_MS = 1_000_000


class Exchange:
    """A Binance on this machine: one port for sockets and REST, one thread for everything.

    It plays a recording byte for byte, or a random market that is the same for the same seed; whatever a
    recording lacks is derived from it (klines, tickers, partial books) or random (other symbols)::

        with Exchange("demo", speed=10) as exchange:
            client = Client(environment=exchange.environment)

    Args:
        recording: a capture (``.jsonl`` or ``.jsonl.gz``), ``"demo"`` for the shipped one, ``None`` for none.
        port: 0 for a free one.
        host: the address to listen on.
        speed: how many times faster than real the market runs; ``None`` or ``"max"`` for as fast as clients read.
        loop: whether the recording begins again at its end, ids and times rising.
        seed: of the random markets.
        symbols: names or :class:`Symbol` objects listed besides those of the recording, or a number of them.
        whole_market: whether spot serves ``!ticker@arr`` and ``!bookTicker``.
        user_data: ``"today"`` or ``"listen_key"``: how the events of accounts are subscribed.
        rules: what clients may do.
        epoch: where the market's clock starts, in ms; ``None`` for the recording's own time, or else now.

    Raises:
        ArgumentError: a recording that cannot be read, or another argument that cannot be used.
    """

    def __init__(
        self,
        recording: str | Path | None = None,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        speed: float | str | None = 1.0,
        loop: bool = True,
        seed: int = 1,
        symbols: int | Iterable[str | Symbol] = DEFAULT,
        whole_market: bool = False,
        user_data: str = "today",
        rules: Rules | None = None,
        epoch: int | None = None,
    ) -> None:
        played = None if recording is None else Recording(recording)
        start = _start(epoch, played is not None)
        market = Market(listing(symbols), seed, start, played, loop, whole_market)
        self._server = Server(market, rules or Rules(), Pace(speed))
        self._address, self._port, self._started = host, port, False
        self._user_data, self._whole_market = user_data, whole_market
        self._local()

    def start(self) -> Exchange:
        """Listen. After :meth:`stop` it listens on the same port again, and the market goes on.

        Raises:
            ArgumentError: the port cannot be had.
        """
        if not self._started:
            try:
                self._port = self._server.bind(self._address, self._port)
            except OSError as error:
                where = f"{self._address}:{self._port}"
                raise ArgumentError(
                    f"the simulated exchange cannot listen on {where}: {error.strerror}"
                ) from error
            self._started = True
            self._server.begin()
        return self

    def stop(self) -> None:
        """Hang up on everybody and end the thread; twice does no harm."""
        if self._started:
            self._started = False
            self._server.end()

    def __enter__(self) -> Exchange:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Where it is.

    @property
    def host(self) -> str:
        """``"127.0.0.1:8765"``."""
        address = f"[{self._address}]" if ":" in self._address else self._address
        return f"{address}:{self._port}"

    @property
    def url(self) -> str:
        """``"http://127.0.0.1:8765"``."""
        return f"http://{self.host}"

    @property
    def environment(self) -> Environment:
        """The environment that a client of this exchange needs."""
        return self._local()

    def _local(self) -> Environment:
        return Environment.local(self.host, user_data=self._user_data, whole_market=self._whole_market)

    # What it knows.

    @property
    def faults(self) -> Faults:
        """What can go wrong on purpose."""
        return self._server.faults

    @property
    def requests(self) -> list[Request]:
        """What clients asked, upgrades and REST calls, oldest first."""
        return self._server.loop.ask(lambda: list(self._server.requests))

    @property
    def connections(self) -> list[Connection]:
        """The open WebSocket connections, oldest first."""
        return self._server.loop.ask(lambda: [each.told() for each in self._server.sessions.values()])

    @property
    def errors(self) -> list[BaseException]:
        """Mistakes of the simulator itself; empty, one hopes."""
        return list(self._server.loop.errors)

    @property
    def rounds(self) -> int:
        """How often the recording has begun again."""
        replay = self._server.market.replay
        return replay.rounds if replay else 0

    @property
    def finished(self) -> bool:
        """Whether a recording that is not looped has been played to its end."""
        replay = self._server.market.replay
        return replay is not None and replay.due is None

    @property
    def market_time(self) -> int:
        """The market's clock, in ms."""
        return self._server.market.now // _MS

    def sent(self, stream: str) -> list[Any]:
        """The last payloads (20,000 at most) of a stream that were sent to anybody, parsed, oldest first."""
        return [json.loads(payload) for payload in self.sent_bytes(stream)]

    def sent_bytes(self, stream: str) -> list[bytes]:
        """The same as they were sent: raw, times in ms."""
        channel = self._server.market.opened(stream)
        return self._server.loop.ask(lambda: channel.record) if channel else []

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0) -> bool:
        """Wait until something about this exchange is true.

        Args:
            predicate: called on the exchange's thread whenever something happened to the exchange.
            timeout: seconds.

        Returns:
            whether it became true in time.
        """
        return self._server.loop.wait_for(predicate, timeout)

    def pardon(self) -> None:
        """Forget bans, request weights and connection attempts."""
        self._server.loop.ask(self._server.guard.pardon)


def _start(epoch: int | None, recorded: bool) -> int | None:
    if epoch is not None:
        return epoch * _MS
    return None if recorded else time.time_ns() // 1_000_000_000 * 1_000_000_000
