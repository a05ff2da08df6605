"""The manager: a thread's life, keys, closing from anywhere."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from binance_ws import BinanceSocketManager, Client, Environment, events
from binance_ws.enums import Market
from binance_ws.errors import (
    ArgumentError,
    CallbackError,
    GaveUp,
    NotConnected,
    UnknownStream,
)

from .peer import PING, PONG, SECONDS, Link, Peer, frame, peer
from .waiting import Inbox, in_thread, wait_event

TRADE = '{"e":"trade","E":1,"s":"BNBBTC","t":%d,"p":"1.0","q":"2.0","T":1,"m":true}'


@pytest.fixture
def exchange() -> Iterator[Peer]:
    """A scripted exchange."""
    with peer() as made:
        yield made


@pytest.fixture
def manager(exchange: Peer) -> Iterator[BinanceSocketManager]:
    """A manager for it, closed at the end."""
    made = BinanceSocketManager(Client(environment=Environment.local(exchange.host), timeout=SECONDS))
    yield made
    made.close()
    made.join(SECONDS)


def opened(exchange: Peer, path: str) -> Link:
    """The next connection, which must ask for a path."""
    link = exchange.accept()
    assert link.upgrade() == path
    return link


def test_messages_reach_the_callback(exchange: Peer, manager: BinanceSocketManager) -> None:
    """A trade socket asks for its path and delivers fresh dicts on its own thread; pings are answered."""
    inbox = Inbox()
    assert manager.start_trade_socket("BNBBTC", inbox) == "bnbbtc@trade"
    manager.start()
    link = opened(exchange, "/ws/bnbbtc@trade")
    link.send(frame(TRADE % 1) + frame(b"now", PING) + frame(TRADE % 2))
    first, second = inbox.wait(2)
    assert (first["t"], second["t"], first["p"]) == (1, 2, "1.0")
    assert inbox.threads == {"binance_ws bnbbtc@trade"}
    assert link.read_frame() == (PONG, b"now")


def test_nothing_connects_before_start(exchange: Peer, manager: BinanceSocketManager) -> None:
    """Sockets wait for start(); after it one connects at once."""
    manager.start_trade_socket("BNBBTC", print)
    assert manager.sockets()[0].state == "new"
    manager.start()
    opened(exchange, "/ws/bnbbtc@trade")
    manager.start_aggtrade_socket("BNBBTC", print)
    opened(exchange, "/ws/bnbbtc@aggTrade")


def test_one_socket_a_key(manager: BinanceSocketManager) -> None:
    """Of threads that race for a key one gets it and the others False; other streams are not in the way."""
    barrier = threading.Barrier(8)
    results: list[object] = []

    def race() -> None:
        barrier.wait()
        results.append(manager.start_trade_socket("BNBBTC", print))

    threads = [in_thread(race) for _ in range(8)]
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(map(str, results)) == ["False"] * 7 + ["bnbbtc@trade"]
    assert manager.start_depth_socket("BNBBTC", print) == "bnbbtc@depth"


def test_keys_of_two_markets(manager: BinanceSocketManager) -> None:
    """Where a path is another market's key, the newer one is the market and the path, whoever stops first."""
    assert manager.start_aggtrade_socket("BTCUSDT", print) == "btcusdt@aggTrade"
    assert manager.start_aggtrade_futures_socket("BTCUSDT", print) == "usdm:btcusdt@aggTrade"
    assert manager.start_aggtrade_futures_socket("BTCUSDT", print) is False
    manager.stop_socket("btcusdt@aggTrade")
    assert manager.start_aggtrade_futures_socket("BTCUSDT", print) is False
    assert manager.start_aggtrade_socket("BTCUSDT", print) == "btcusdt@aggTrade"


def test_stop_frees_the_key(exchange: Peer, manager: BinanceSocketManager) -> None:
    """After stop_socket no callback runs, the peer hears a close frame, and the key can be used again."""
    inbox = Inbox()
    key = manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    link = opened(exchange, "/ws/bnbbtc@trade")
    manager.wait_connected(key, SECONDS)
    manager.stop_socket(key)
    assert link.read_frame() == (0x8, b"\x03\xe8")
    assert manager.start_trade_socket("BNBBTC", inbox) == key
    opened(exchange, "/ws/bnbbtc@trade")


@pytest.mark.parametrize("key", [None, False, "nobody", "", 7])
def test_stopping_nothing_is_silent(manager: BinanceSocketManager, key: Any) -> None:
    """What is no key is ignored."""
    manager.stop_socket(key)
    manager.close()
    manager.close()


@pytest.mark.parametrize("stop", ["stop_socket", "close"])
def test_ending_from_inside_the_callback(exchange: Peer, manager: BinanceSocketManager, stop: str) -> None:
    """A callback may stop its own socket or close the manager; it is called no more, even in mid-chunk."""
    returned = threading.Event()

    def end(message: Any) -> None:
        if stop == "close":
            manager.close()
        else:
            manager.stop_socket("bnbbtc@trade")
        returned.set()

    inbox = Inbox(end)
    manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    link = opened(exchange, "/ws/bnbbtc@trade")
    link.send(frame(TRADE % 1) + frame(TRADE % 2))
    wait_event(returned)
    assert link.read_frame()[0] == 0x8
    assert len(inbox.messages) == 1
    assert manager.sockets() == []


def test_close_and_start_anew_inside_a_callback(exchange: Peer, manager: BinanceSocketManager) -> None:
    """An old script may close, open sockets and start again, all in one callback."""
    second = Inbox()

    def again(message: Any) -> None:
        manager.close()
        manager.start_aggtrade_socket("BNBBTC", second)
        manager.start()

    manager.start_trade_socket("BNBBTC", Inbox(again))
    manager.start()
    opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1))
    opened(exchange, "/ws/bnbbtc@aggTrade").send(frame(TRADE % 2))
    assert second.wait()[0]["t"] == 2
    assert manager.is_alive()


def test_own_thread_outlives_the_callback_that_closed(exchange: Peer, manager: BinanceSocketManager) -> None:
    """The manager's thread waits for a callback that closed it, so that a process does not end under it."""
    closed, go_on = threading.Event(), threading.Event()

    def end(message: Any) -> None:
        manager.close()
        closed.set()
        go_on.wait(SECONDS)

    manager.start_trade_socket("BNBBTC", end)
    manager.start()
    opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1))
    wait_event(closed)
    assert manager.is_alive()
    go_on.set()
    manager.join(SECONDS)
    assert not manager.is_alive()


def test_it_starts_any_number_of_times(exchange: Peer, manager: BinanceSocketManager) -> None:
    """start() twice does no harm; after close() it works again, on the same object."""
    for _ in range(3):
        manager.start_trade_socket("BNBBTC", print)
        manager.start()
        manager.start()
        opened(exchange, "/ws/bnbbtc@trade")
        manager.wait_connected(timeout=SECONDS)
        manager.close()
        manager.join(SECONDS)
        assert not manager.is_alive()


def test_run_blocks_until_close(exchange: Peer, manager: BinanceSocketManager) -> None:
    """run() starts the sockets and blocks, as a thread's own run does."""
    inbox = Inbox(lambda _: manager.close())
    manager.start_trade_socket("BNBBTC", inbox)
    thread = in_thread(manager.run)
    opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1))
    thread.join(SECONDS)
    assert not thread.is_alive()


def test_context_manager(exchange: Peer) -> None:
    """``with`` starts and closes."""
    client = Client(environment=Environment.local(exchange.host))
    inbox = Inbox()
    with BinanceSocketManager(client) as manager:
        manager.start_trade_socket("BNBBTC", inbox)
        opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1))
        inbox.wait()
    manager.join(SECONDS)
    assert repr(manager) == "<BinanceSocketManager not started, 0 sockets>"


def test_giving_up(exchange: Peer) -> None:
    """The last failure ends in one error message; the key is free before the callback hears of it."""
    told: list[events.Event] = []
    keys: list[object] = []
    over = threading.Event()
    client = Client(environment=Environment.local(exchange.host))
    manager = BinanceSocketManager(client, max_retries=0, on_event=told.append)

    def process(message: Any) -> None:
        keys.append(manager.start_trade_socket("BNBBTC", print))
        manager.close()
        over.set()

    inbox = Inbox(process)
    manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    exchange.accept().answer("503 Service Unavailable")
    message = inbox.wait()[0]
    wait_event(over)
    manager.join(SECONDS)
    assert (message["e"], message["m"]) == ("error", "Max reconnect retries reached")
    assert "503" in message["cause"]
    assert keys == ["bnbbtc@trade"]
    assert [type(event) for event in told[-2:]] == [events.GivenUp, events.Stopped]


def test_raising_callback_goes_on(
    exchange: Peer, manager: BinanceSocketManager, caplog: pytest.LogCaptureFixture
) -> None:
    """What a callback raises is logged with its traceback and counted; the stream goes on."""

    def fail(message: Any) -> None:
        raise ZeroDivisionError("mine")

    inbox = Inbox(fail)
    manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1) + frame("no json") + frame(TRADE % 2))
    inbox.wait(2)
    manager.close()
    assert "ZeroDivisionError: mine" in caplog.text
    assert "is not JSON" in caplog.text


def test_numbers(exchange: Peer, manager: BinanceSocketManager) -> None:
    """sockets() tells what came."""
    inbox = Inbox()
    manager.start_multiplex_socket(["bnbbtc@trade", "neobtc@ticker"], inbox)
    manager.start()
    link = opened(exchange, "/stream?streams=bnbbtc@trade/neobtc@ticker")
    link.send(frame('{"stream":"bnbbtc@trade","data":%s}' % (TRADE % 1)))
    assert inbox.wait()[0]["stream"] == "bnbbtc@trade"
    (info,) = manager.sockets()
    assert (info.key, info.state, info.streams) == ("streams=bnbbtc@trade/neobtc@ticker", "open", 2)
    assert (info.messages, info.reconnects, info.malformed, info.errors) == (1, 0, 0, 0)
    assert info.bytes > 100
    assert info.last is not None


def test_wait_connected_says_why(exchange: Peer, manager: BinanceSocketManager) -> None:
    """It raises the real cause, also before start and for a key that nobody has."""
    with pytest.raises(NotConnected, match="start"):
        manager.wait_connected()
    refused = BinanceSocketManager(Client(environment=Environment.local("127.0.0.1:1")), max_retries=0)
    key = refused.start_trade_socket("BNBBTC", print)
    refused.start()
    with pytest.raises((NotConnected, ArgumentError)) as caught:
        refused.wait_connected(key, SECONDS)
    refused.close()
    refused.join(SECONDS)
    assert isinstance(caught.value.__cause__, GaveUp) or "no open socket" in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"user_timeout": None},
        {"user_timeout": "60"},
        {"max_retries": "5"},
        {"max_retries": 2.5},
        {"max_retries": -1},
        {"stale_after": 0},
        {"stale_after": -5},
        {"stale_after": "x"},
        {"backfill_limit": -1},
        {"backfill_limit": "x"},
        {"on_event": lambda: 1},
        {"on_event": 5},
    ],
)
def test_options_that_cannot_be(options: dict[str, Any]) -> None:
    """They raise where they are passed; the sentence names the option, or says what a callback is."""
    (name,) = options
    with pytest.raises(ArgumentError, match="one event" if name == "on_event" else name):
        BinanceSocketManager(**options)


def test_a_false_depth_is_none(manager: BinanceSocketManager) -> None:
    """As it was in python-binance 0.7: the changes of the book."""
    assert manager.start_depth_socket("BNBBTC", print, depth=0) == "bnbbtc@depth"
    assert manager.start_depth_socket("BNBBTC", print, depth="") is False


@pytest.fixture
def given_up(exchange: Peer) -> Iterator[BinanceSocketManager]:
    """A manager whose socket bnbbtc@trade was given up."""
    made = BinanceSocketManager(Client(environment=Environment.local(exchange.host)), max_retries=0)
    inbox = Inbox()
    made.start_trade_socket("BNBBTC", inbox)
    made.start()
    exchange.accept().answer("503 Service Unavailable")
    inbox.wait()
    yield made
    made.close()
    made.join(SECONDS)


def test_wait_connected_after_a_socket_was_given_up(exchange: Peer, given_up: BinanceSocketManager) -> None:
    """Who waits later hears of it, whatever he waits for, until it is started again."""
    key = "bnbbtc@trade"
    for waited in (None, key):
        with pytest.raises(NotConnected, match=f"{key} is given up: .*503") as caught:
            given_up.wait_connected(waited, SECONDS)
        assert isinstance(caught.value.__cause__, GaveUp)
    with pytest.raises(ArgumentError, match="no open socket"):
        given_up.wait_connected("nobody", SECONDS)
    assert given_up.start_trade_socket("BNBBTC", print) == key
    opened(exchange, "/ws/bnbbtc@trade")
    given_up.wait_connected(timeout=SECONDS)
    given_up.wait_connected(key, SECONDS)


def test_a_socket_that_was_given_up_can_be_stopped(given_up: BinanceSocketManager) -> None:
    """Then nobody waits for it any more."""
    given_up.stop_socket("bnbbtc@trade")
    given_up.wait_connected(timeout=SECONDS)


def test_the_next_run_knows_nothing_of_what_was_given_up(given_up: BinanceSocketManager) -> None:
    """A manager that is started again begins anew."""
    given_up.close()
    given_up.join(SECONDS)
    given_up.start()
    given_up.wait_connected(timeout=SECONDS)


def test_wait_connected_says_how_long_it_waited(exchange: Peer, manager: BinanceSocketManager) -> None:
    """All that the caller had, and not what was left of it for this socket."""
    manager.start_aggtrade_socket("BNBBTC", print)
    manager.start_trade_socket("BNBBTC", print)
    manager.start()
    links = {link.read_request(): link for link in (exchange.accept(), exchange.accept())}
    links["/ws/bnbbtc@aggTrade"].upgrade()
    with pytest.raises(NotConnected, match=r"bnbbtc@trade was not connected within 0\.3 s$"):
        manager.wait_connected(timeout=0.3)


def test_a_number_is_no_key(manager: BinanceSocketManager) -> None:
    """It was meant as the timeout."""
    manager.start()
    with pytest.raises(ArgumentError, match=r"did you mean timeout=10\?"):
        manager.wait_connected(10)
    with pytest.raises(ArgumentError, match="key False; a start answers False"):
        manager.wait_connected(False)


def test_the_last_word_is_not_said_to_go_on(exchange: Peer, caplog: pytest.LogCaptureFixture) -> None:
    """A callback that raises at our last message has no stream any more."""

    def fail(message: Any) -> None:
        raise KeyError("p")

    manager = BinanceSocketManager(Client(environment=Environment.local(exchange.host)), max_retries=0)
    inbox = Inbox(fail)
    manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    exchange.accept().answer("503 Service Unavailable")
    inbox.wait()
    manager.close()
    manager.join(SECONDS)
    assert "the callback of bnbbtc@trade raised" in caplog.text
    assert "goes on" not in caplog.text


def test_stream_url_on_an_instance(exchange: Peer) -> None:
    """STREAM_URL may be set on the instance and is read at each start."""
    manager = BinanceSocketManager()
    manager.STREAM_URL = f"ws://{exchange.host}/elsewhere/"
    manager.start_trade_socket("BNBBTC", print)
    manager.start()
    opened(exchange, "/elsewhere/ws/bnbbtc@trade")
    manager.close()
    manager.join(SECONDS)


def test_subclass_may_use_plain_names(exchange: Peer) -> None:
    """Heirs may call their own attributes callback, lock, symbol, client, streams and data."""

    class Mine(BinanceSocketManager):
        def __init__(self) -> None:
            super().__init__(Client(environment=Environment.local(exchange.host)))
            for name in ("callback", "lock", "symbol", "symbols", "client", "streams", "data"):
                setattr(self, name, name)

    manager = Mine()
    inbox = Inbox()
    manager.start_trade_socket("BNBBTC", inbox)
    manager.start()
    opened(exchange, "/ws/bnbbtc@trade").send(frame(TRADE % 1))
    inbox.wait()
    manager.close()
    manager.join(SECONDS)


@pytest.mark.parametrize(
    ("start", "error", "says"),
    [
        (lambda m: m.start_kline_socket("BNBBTC", print, "7m"), ArgumentError, "1m, 3m"),
        (
            lambda m: m.start_depth_socket("BNBBTC", print, depth=7),
            ArgumentError,
            "a depth of 7 .* 5, 10, 20",
        ),
        (
            lambda m: m.start_depth_socket("BNBBTC", print, interval=500),
            ArgumentError,
            "100 or None, not 500",
        ),
        (lambda m: m.start_trade_socket("", print), ArgumentError, "BNBBTC"),
        (lambda m: m.start_trade_socket("BNB/BTC", print), ArgumentError, "letters and digits"),
        (lambda m: m.start_trade_socket(None, print), ArgumentError, "BNBBTC"),
        (lambda m: m.start_trade_socket(print, "BNBBTC"), ArgumentError, "the symbol comes first"),
        (lambda m: m.start_trade_socket("BNBBTC", None), CallbackError, "function"),
        (lambda m: m.start_trade_socket("BNBBTC", lambda: 1), CallbackError, "one message"),
        (lambda m: m.start_order_book("BNBBTC", lambda: 1), CallbackError, "one book"),
        (lambda m: m.start_order_book("BNBBTC", depth="20"), ArgumentError, "depth is a whole number"),
        (lambda m: m.start_order_book("BNBBTC", depth=-1), ArgumentError, "1 or more, or None"),
        (lambda m: m.start_multiplex_socket(None, print), ArgumentError, "list such as"),
        (lambda m: m.start_multiplex_socket(print, ["bnbbtc@trade"]), ArgumentError, "streams come first"),
        (lambda m: m.start_socket(print, ["bnbbtc@trade"]), UnknownStream, r"put a \* before it"),
        (lambda m: m.start_trade_socket("BNBBTC", "x"), TypeError, "function"),
        (lambda m: m.start_multiplex_socket([], print), ArgumentError, "at least one"),
        (lambda m: m.start_multiplex_socket(["bnbbtc@agTrade"], print), UnknownStream, "bnbbtc@aggTrade"),
        (lambda m: m.start_multiplex_socket(["!ticker@arr"], print), UnknownStream, "start_ticker_socket"),
        (lambda m: m.start_miniticker_socket(print, 0), ArgumentError, "update_time .* 1 or more"),
        (lambda m: m.start_miniticker_socket(print, True), ArgumentError, "update_time"),
        (
            lambda m: m.start_user_socket(print),
            ArgumentError,
            "api_key.*BINANCE_API_KEY and BINANCE_API_SECRET",
        ),
        (lambda m: m.start_socket(print), ArgumentError, "at least one"),
        (lambda m: m.start_socket(print, "x", market="moon"), ArgumentError, "spot, usdm"),
    ],
)
def test_bad_arguments_raise_at_once(
    manager: BinanceSocketManager, start: Any, error: type[Exception], says: str
) -> None:
    """Each raises in the caller, with what is allowed, and leaves nothing behind."""
    with pytest.raises(error, match=says):
        start(manager)
    assert manager.sockets() == []


def test_start_socket_takes_any_streams(exchange: Peer, manager: BinanceSocketManager) -> None:
    """One stream comes bare, several wrapped, raw ones as bytes; routes get connections of their own."""
    inbox = Inbox()
    key = manager.start_socket(inbox, "btcusdt@aggTrade", "btcusdt@bookTicker", market=Market.USDM)
    assert key == "streams=usdm:btcusdt@aggTrade/usdm:btcusdt@bookTicker"
    raw = Inbox()
    manager.start_socket(raw, "bnbbtc@trade", raw=True)
    manager.start()
    links = {link.upgrade(): link for link in (exchange.accept() for _ in range(3))}
    links["/ws/bnbbtc@trade"].send(frame(TRADE % 1))
    assert raw.wait() == [(TRADE % 1).encode()]
    for path in (
        "/fstream/market/stream?streams=btcusdt@aggTrade",
        "/fstream/public/stream?streams=btcusdt@bookTicker",
    ):
        name = path.split("=")[1]
        links[path].send(frame('{"stream":' + f'"{name}"' + ',"data":{"u":1}}'))
    assert {message["stream"] for message in inbox.wait(2)} == {"btcusdt@aggTrade", "btcusdt@bookTicker"}


def test_many_random_lives(exchange: Peer) -> None:
    """A thousand start, stop and close in random order from eight threads leave no thread, socket or key."""
    client = Client(environment=Environment.local(exchange.host, connects=None), timeout=SECONDS)
    manager = BinanceSocketManager(client)

    def serve() -> None:
        while True:
            try:
                exchange.accept().upgrade()
            except (OSError, EOFError, StopIteration):
                if exchange.closed:
                    return

    def live(seed: int) -> None:
        chance = random.Random(seed)
        acts: list[Callable[[str], object]] = [
            lambda symbol: manager.start_trade_socket(symbol, print),
            lambda symbol: manager.start_kline_socket(symbol, print),
            lambda symbol: manager.stop_socket(f"{symbol.lower()}@trade"),
            lambda _: manager.start(),
            lambda _: manager.close(),
        ]
        for _ in range(125):
            chance.choice(acts)(f"S{chance.randrange(5)}")

    server = in_thread(serve)
    lives = [in_thread(partial(live, seed)) for seed in range(8)]
    for thread in lives:
        thread.join(SECONDS)
        assert not thread.is_alive()
    manager.close()
    manager.join(SECONDS)
    exchange.close()
    server.join(SECONDS)
    assert manager.sockets() == []
    left = [t.name for t in threading.enumerate() if t.name.startswith("binance_ws")]
    assert left == []
