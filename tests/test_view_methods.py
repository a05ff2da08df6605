"""Widgets, data frames and tables of a manager, against the simulated exchange."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.core.told import last_word
from binance_ws.errors import ArgumentError, Closed, GaveUp, NotConnected, OpenError, UnknownStream
from binance_ws.net.mailbox import Mailbox
from binance_ws.notebook import shell
from binance_ws.notebook.panes import Depth
from binance_ws.notebook.shell import Cell
from binance_ws.notebook.view import View
from binance_ws.pull import MessageStream
from binance_ws.simulator import Exchange
from binance_ws.view_methods import _collected
from tests.notebook.making import FakeWidget
from tests.peer import SECONDS


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A market of three symbols, ten times as fast as life."""
    with Exchange(symbols=["BTCUSDT", "ETHUSDT", "BNBBTC"], speed=10) as made:
        yield made


@pytest.fixture
def manager(exchange: Exchange) -> Iterator[BinanceSocketManager]:
    """A manager that runs."""
    with BinanceSocketManager(Client(environment=exchange.environment)) as made:
        yield made


def _looked_at(view: View) -> FakeWidget:
    """A widget in the place of the real one, that somebody sees."""
    view.widget = widget = FakeWidget()
    view.heard("test", True)
    return widget


def _keys(manager: BinanceSocketManager) -> list[str]:
    return [info.key for info in manager.sockets()]


def test_each_kind_of_stream_is_shown_live(manager: BinanceSocketManager) -> None:
    """A price, candles with those before, a ladder; one socket carries them all."""
    view = manager.watch("btcusdt@trade", "ethusdt@kline_1m", "bnbbtc@depth5@100ms", every=0.05)
    widget = _looked_at(view)

    def all_there(told: list[Any]) -> bool:
        seen: list[dict[str, Any]] = [{}, {}, {}]
        for news in told:
            for pane, found in zip(seen, news["panes"], strict=True):
                pane.update(found)
        price, candles, ladder = seen
        return bool(price.get("price") and candles.get("series") and ladder.get("bids") and price["rate"])

    widget.sent.wait_for(all_there)
    assert [about["kind"] for about in view.about] == ["price", "candles", "ladder"]
    assert _keys(manager) == ["watch=btcusdt@trade/ethusdt@kline_1m/bnbbtc@depth5@100ms"]


def test_a_depth_stream_is_a_book(manager: BinanceSocketManager) -> None:
    """The view opens a book of its own, and closes it; a book that is given stays."""
    given = manager.start_order_book("ETHUSDT", depth=20).wait_ready(SECONDS)
    view = manager.watch(given, "btcusdt@depth@100ms", levels=3, every=0.05)
    pane = view.panes[1]
    assert isinstance(pane, Depth)
    widget = _looked_at(view)
    told = widget.sent.wait_for(lambda told: any(news["panes"][1].get("bids") for news in told))
    assert len(told[0]["panes"][0]["bids"]) == 3
    view.close()
    assert (pane.state, given.closed) == ("closed", False)
    with pytest.raises(ArgumentError, match="open already"):
        manager.watch("ethusdt@depth@100ms")
    assert not any(key.startswith("watch") for key in _keys(manager))


def test_shown_again_it_replaces_its_elder(
    manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same streams, or the same cell of a notebook run anew; sockets do not double."""
    first = manager.watch("btcusdt@trade")
    second = manager.watch("btcusdt@trade")
    assert (first.closed, second.closed) == ("closed: it is shown anew", "")
    monkeypatch.setattr(shell, "cell", lambda: Cell("c", "1"))
    third = manager.watch("ethusdt@trade")
    monkeypatch.setattr(shell, "cell", lambda: Cell("c", "2"))
    fourth = manager.watch("bnbbtc@trade")
    assert (bool(third.closed), second.closed, fourth.closed) == (True, "", "")
    assert _keys(manager) == ["watch=btcusdt@trade", "watch=bnbbtc@trade"]


def test_the_same_stream_beside_another_book_is_another_view(manager: BinanceSocketManager) -> None:
    """Both live, and each has a socket."""
    one = manager.watch("btcusdt@trade")
    two = manager.watch("btcusdt@trade", "btcusdt@depth")
    assert not one.closed
    assert not two.closed
    assert len([key for key in _keys(manager) if key.startswith("watch=btcusdt@trade")]) == 2


def test_nothing_shows_every_socket(manager: BinanceSocketManager) -> None:
    """A live table."""
    manager.start_trade_socket("BTCUSDT", print)
    widget = _looked_at(manager.watch(every=0.05))
    [row] = widget.sent.wait(1)[0]["panes"][0]["rows"]
    assert row[0] == "btcusdt@trade"


def test_before_the_start_and_after_the_end(exchange: Exchange) -> None:
    """It says that the manager is not started; closing the manager closes it."""
    manager = BinanceSocketManager(Client(environment=exchange.environment))
    streams, sockets = manager.watch("btcusdt@trade"), manager.watch()
    assert "new" in repr(streams)
    assert "new" in repr(sockets)
    manager.start()
    manager.wait_connected(timeout=SECONDS)
    assert "open" in repr(sockets)
    widget = _looked_at(streams)
    widget.sent.wait(1)
    manager.close()
    widget.sent.wait_for(lambda told: told[-1]["state"] == "closed")
    book = manager.watch(manager.start_order_book("BTCUSDT"))
    assert "stale" in repr(book)
    manager.close()


def test_what_cannot_be_watched(manager: BinanceSocketManager) -> None:
    """Nothing is left open where one thing is wrong."""
    with pytest.raises(UnknownStream):
        manager.watch("btcusdt@depth", "btcusdt@nothing")
    with pytest.raises(ArgumentError, match="every"):
        manager.watch("btcusdt@depth", every=0)
    manager.watch("btcusdt@depth").close()


def test_its_socket_is_stopped(manager: BinanceSocketManager) -> None:
    """By its key, as any other."""
    view = manager.watch("btcusdt@trade")
    manager.stop_socket("watch=btcusdt@trade")
    assert view.closed == "closed"


# ---- data frames --------------------------------------------------------------------------------------------


def test_a_frame_in_one_call(manager: BinanceSocketManager) -> None:
    """So many messages, whatever else is open; its socket is gone afterwards."""
    manager.start_trade_socket("BTCUSDT", lambda message: None)
    frame = manager.frame("btcusdt@trade", "ethusdt@trade", count=20, timeout=SECONDS)
    assert len(frame) == 20
    assert set(frame["symbol"]) <= {"BTCUSDT", "ETHUSDT"}
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"
    assert _keys(manager) == ["btcusdt@trade"]


def test_a_frame_of_some_seconds(manager: BinanceSocketManager) -> None:
    """Whatever came by then."""
    assert len(manager.frame("btcusdt@trade", count=None, seconds=0.5)) > 0


def test_frames_that_cannot_be(manager: BinanceSocketManager, exchange: Exchange) -> None:
    """Without an end, without a start, without a connection, without messages."""
    with pytest.raises(ArgumentError, match="count, seconds or both"):
        manager.frame("btcusdt@trade", count=None)
    silent = exchange.faults.gap("btcusdt@blockTrade", 1000)
    with silent, pytest.raises(TimeoutError, match=r"within 0\.5 s"):
        manager.frame("btcusdt@blockTrade", timeout=0.5)
    with pytest.raises(NotConnected, match="not started"):
        BinanceSocketManager(Client(environment=exchange.environment)).frame("btcusdt@trade")
    with (
        exchange.faults.refuse(),
        BinanceSocketManager(Client(environment=exchange.environment), max_retries=0) as lost,
        pytest.raises((NotConnected, GaveUp)),
    ):
        lost.frame("btcusdt@trade", timeout=SECONDS)


def test_a_frame_of_what_came_before_the_end() -> None:
    """Messages are not lost because the connection is given up behind them."""
    box = Mailbox("box")
    taken = MessageStream(box, None)
    for message in ({"e": "trade", "t": 0}, {"e": "trade", "t": 1}, last_word("k", OpenError("no route"))):
        taken.bring(message)
    assert [message["t"] for message in _collected(taken, 10, None, SECONDS)] == [0, 1]
    taken.bring(last_word("k", OpenError("no route")))
    with pytest.raises(GaveUp, match="no route"):
        _collected(taken, 10, None, SECONDS)
    box.close()
    with pytest.raises(Closed):
        _collected(taken, 10, None, SECONDS)


# ---- tables -------------------------------------------------------------------------------------------------


def test_a_manager_is_a_table(manager: BinanceSocketManager) -> None:
    """A row for each socket."""
    manager.start_trade_socket("BTCUSDT", lambda message: None)
    html = manager._repr_html_()
    assert "BinanceSocketManager running, 1 sockets" in html
    assert ">btcusdt@trade<" in html


def test_an_interrupt_leaves_sockets_alive(
    manager: BinanceSocketManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who interrupts a cell that takes messages can go on with them."""
    stream = manager.stream("btcusdt@trade")
    stream.get(SECONDS)
    with monkeypatch.context() as patch:
        patch.setattr(stream._mailbox, "get", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            next(stream)
    assert stream.get(SECONDS)["s"] == "BTCUSDT"
    assert [str(info.state) for info in manager.sockets()] == ["open"]
