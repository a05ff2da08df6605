"""``binance-ws demo``: the main job, against the simulated exchange, on real frames."""

from __future__ import annotations

import threading
from typing import Any

import typer

from .. import BinanceSocketManager, Client
from ..core.figures import plain
from .ending import polite

EXAMPLES = "binance-ws demo"

SECONDS = 5.0
"""How long messages are shown; the whole demo ends within ten seconds."""

SHOWN = 3
"""How many messages of each stream are shown; the rest is counted."""


class _Printer:
    """Prints the first few messages of each stream, and counts the rest."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def take(self, name: str, line: str) -> None:
        """One message of a stream."""
        count = self.counts.get(name, 0) + 1
        self.counts[name] = count
        if count <= SHOWN:
            typer.echo(f"  {name:<19} {line}")


def demo() -> None:
    """Open a trade, a kline, a partial-depth and a multiplex socket on a replay of real frames, then close."""
    with polite(bounded=True):
        _demonstrate()


def _demonstrate() -> None:
    from ..simulator import Exchange

    printer = _Printer()

    def process_message(msg: dict[str, Any]) -> None:
        printer.take("btcusdt@trade", f"{plain(msg['q'])} at {plain(msg['p'])}")

    def process_kline(msg: dict[str, Any]) -> None:
        open_, high, low, close = (plain(msg["k"][letter]) for letter in "ohlc")
        printer.take("btcusdt@kline_1m", f"open {open_} high {high} low {low} close {close}")

    def process_depth(msg: dict[str, Any]) -> None:
        printer.take("btcusdt@depth5", f"bid {_level(msg['bids'])}, ask {_level(msg['asks'])}")

    def process_many(msg: dict[str, Any]) -> None:
        data = msg["data"]
        trade = "t" in data
        line = (
            f"{plain(data['q'])} at {plain(data['p'])}"
            if trade
            else f"{plain(data['b'])} / {plain(data['a'])}"
        )
        printer.take(msg["stream"], line)

    with Exchange(recording="demo") as exchange:
        typer.echo(f"A simulated exchange replays real frames of 2024-08-08 on {exchange.host}.")
        manager = BinanceSocketManager(Client(environment=exchange.environment))
        key = manager.start_trade_socket("BTCUSDT", process_message)
        manager.start_kline_socket("BTCUSDT", process_kline)
        manager.start_depth_socket("BTCUSDT", process_depth, depth=manager.WEBSOCKET_DEPTH_5)
        manager.start_multiplex_socket(["ethusdt@trade", "ethusdt@bookTicker"], process_many)
        again = manager.start_trade_socket("BTCUSDT", process_message)
        typer.echo(f"The trade socket's key is {key!r}; starting it a second time returns {again}.\n")
        with manager:
            threading.Event().wait(SECONDS)
    typer.echo("\nMessages received:")
    for name, count in sorted(printer.counts.items()):
        typer.echo(f"  {name:<19} {count:>5}")
    typer.echo("Closed.")


def _level(side: list[list[str]]) -> str:
    return f"{plain(side[0][0])} ({plain(side[0][1])})"
