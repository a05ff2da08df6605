"""The simulated exchange as one object: start it, connect to it, look into it, break it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, overload

from ..config import Environment
from ..enums import Market
from ..errors import ArgumentError
from .accounts import Account
from .fault import Fault
from .faults import Faults
from .futures_account import FuturesAccount
from .inspection import Connection, Request
from .keys import API_KEY, API_SECRET, HMAC, USER, Key
from .listen_keys import ListenKeyInfo
from .made import made
from .pace import Pace
from .recording import Recording
from .rules import Rules
from .server import Server
from .symbols import DEFAULT, Symbol
from .tokens import ListenToken
from .wallet import Wallet
from .world import World, listed

_MS = 1_000_000


class Exchange:
    """A Binance on this machine: one port for sockets and REST, one thread for everything.

    It plays a recording byte for byte, or a random market that is the same for the same seed; whatever a
    recording lacks is derived from it (klines, tickers, partial books) or random (other symbols)::

        with Exchange("demo", speed=10) as exchange:
            client = Client(environment=exchange.environment)

    Accounts do what a script says, and tell whoever has subscribed them; REST agrees::

        client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
        order = exchange.account("spot").order("BNBBTC", "BUY", 1, "0.01")
        exchange.account("spot").fill(order)

    Args:
        recording: a capture (``.jsonl`` or ``.jsonl.gz``), ``"demo"`` or ``"demo-usdm"`` for a shipped one;
            one for each market where it is a list; ``None`` for none.
        port: 0 for a free one.
        host: the address to listen on.
        speed: how many times faster than real the market runs; ``None`` or ``"max"`` for as fast as clients read.
        loop: whether the recording begins again at its end, ids and times rising.
        seed: of the random markets.
        symbols: names or :class:`Symbol` objects listed besides those of the recording, or a number of them.
            USD-M lists a perpetual contract of each that is quoted in dollars; a few more contracts
            and options are always there.
        whole_market: whether spot serves ``!ticker@arr`` and ``!bookTicker``.
        user_data: ``"today"`` or ``"listen_key"``: how the events of accounts are subscribed.
        rules: what clients may do.
        epoch: where the market's clock starts, in ms; ``None`` for the recording's own time, or else now.

    Raises:
        ArgumentError: a recording that cannot be read, or another argument that cannot be used.
    """

    def __init__(
        self,
        recording: str | Path | Sequence[str | Path] | None = None,
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
        names = [recording] if isinstance(recording, (str, Path)) else recording or ()
        start = None if epoch is None else epoch * _MS
        world = World(listed(symbols), seed, start, [*map(Recording, names)], loop, whole_market)
        self._server = Server(world, rules or Rules(), Pace(speed), user_data)
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
    def messages(self) -> int:
        """How many messages of streams were sent, each as often as somebody listened."""
        return self._server.loop.ask(lambda: self._server.world.sent)

    @property
    def errors(self) -> list[BaseException]:
        """Mistakes of the simulator itself; empty, one hopes."""
        return list(self._server.loop.errors)

    @property
    def rounds(self) -> int:
        """How often the recording has begun again."""
        return min((replay.rounds for replay in self._server.world.replays), default=0)

    @property
    def finished(self) -> bool:
        """Whether a recording that is not looped has been played to its end."""
        replays = self._server.world.replays
        return bool(replays) and all(replay.due is None for replay in replays)

    @property
    def market_time(self) -> int:
        """The market's clock, in ms."""
        return self._server.world.now // _MS

    def sent(self, stream: str, market: Market | str = Market.SPOT) -> list[Any]:
        """The last payloads (20,000, or 4 MiB) of a stream that were sent to anybody, parsed, oldest first."""
        return [json.loads(payload) for payload in self.sent_bytes(stream, market)]

    def sent_bytes(self, stream: str, market: Market | str = Market.SPOT) -> list[bytes]:
        """The same as they were sent: raw, times in ms."""
        channel = self._server.world.of(Market(market)).opened(stream)
        return self._server.loop.ask(lambda: channel.record) if channel else []

    def made(self, stream: str, market: Market | str = Market.SPOT) -> list[range]:
        """What a stream had to tell since the start, whether or not anybody was told.

        Args:
            stream: one of trades, aggregate trades or klines.
            market: whose stream.

        Returns:
            the trade ids, aggregate ids, or opening times of the closed klines, each run of them as a range.

        Raises:
            ArgumentError: the market has no such stream, or it is of another kind.
        """
        return self._server.loop.ask(lambda: made(self._server.world.of(Market(market)), stream))

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0) -> bool:
        """Wait until something about this exchange is true.

        Args:
            predicate: called on the exchange's thread whenever something happened to the exchange.
            timeout: seconds.

        Returns:
            whether it became true in time.
        """
        return self._server.loop.wait_for(predicate, timeout)

    # Whose accounts.

    @property
    def api_key(self) -> str:
        """An API key that the exchange knows."""
        return API_KEY

    @property
    def api_secret(self) -> str:
        """The secret that belongs to :attr:`api_key`."""
        return API_SECRET

    def add_key(self, kind: str = HMAC, *, user: str = USER, public_key: str | None = None) -> Key:
        """One more API key.

        Args:
            kind: ``"hmac"``, ``"rsa"`` or ``"ed25519"``.
            user: whose accounts it opens; ``"user"`` is the one of :attr:`api_key`.
            public_key: PEM text, where a client has the private key already; ``None`` makes a pair.

        Raises:
            ArgumentError: the kind is unknown, or the public key is not of it.
        """
        return self._server.loop.ask(lambda: self._server.desk.keys.add(kind, user, public_key))

    @overload
    def account(self, name: Literal["spot", "margin"], user: str = USER) -> Wallet: ...

    @overload
    def account(
        self, name: Literal["usdm", "coinm", "options", "portfolio"], user: str = USER
    ) -> FuturesAccount: ...

    @overload
    def account(self, name: str, user: str = USER) -> Any: ...

    def account(self, name: str, user: str = USER) -> Account:
        """An account, to script its orders and balances.

        Args:
            name: ``"spot"``, ``"margin"``, ``"isolated_margin:BNBUSDT"``, ``"margin_risk"``, ``"usdm"``,
                ``"coinm"``, ``"options"``, ``"portfolio"`` or ``"portfolio_pro"``.
            user: whose.

        Raises:
            ArgumentError: there is no such account.
        """
        return self._server.loop.ask(lambda: self._server.desk.accounts.of(name, user))

    @property
    def time(self) -> int:
        """The clock that accounts go by, in ms: that of this machine, unless it is skewed."""
        return self._server.now()

    @property
    def listen_keys(self) -> list[ListenKeyInfo]:
        """The listen keys that are alive, oldest first."""
        return self._server.loop.ask(lambda: [key.told() for key in self._server.desk.listen_keys.alive()])

    @property
    def listen_tokens(self) -> list[ListenToken]:
        """The listen tokens that are valid, oldest first."""
        return self._server.loop.ask(self._server.desk.tokens.alive)

    def skew(self, seconds: float) -> Fault:
        """Let the exchange's clock be ahead of this machine's; the handle sets it back.

        Args:
            seconds: below 0 for behind.
        """
        return self.faults.skew(seconds)

    def pardon(self) -> None:
        """Forget bans, request weights and connection attempts."""
        self._server.loop.ask(self._server.guard.pardon)
