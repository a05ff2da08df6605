"""What front ends are told."""

from __future__ import annotations

from binance_ws.notebook.panes import Candles, Price
from binance_ws.notebook.teller import Teller
from binance_ws.streams.lookup import classify
from tests.notebook.making import kline


def test_everything_at_first_and_then_what_changed() -> None:
    """A series goes on from its newest moment, which may have changed."""
    candles, price = Candles(classify("btcusdt@kline_1m")), Price(classify("btcusdt@trade"))
    candles.take(kline(0, "1"))
    candles.take(kline(60_000, "2"))
    teller = Teller([candles, price])
    first = teller.news("open", "")
    assert (first["all"], first["state"]) == (True, "open")
    assert [at for at, _ in first["panes"][0]["series"]] == [0, 60_000]
    assert first["panes"][1] == {"lag": None, "price": None, "change": None, "note": "", "rate": None}

    candles.take(kline(60_000, "3"))
    second = teller.news("waiting", "why")
    assert (second["all"], second["state"], second["note"]) == (False, "waiting", "why")
    assert second["panes"][0]["series"] == [[60_000, ["1", "3", "0.5", "3", "10"]]]
    assert "price" not in second["panes"][1]

    teller.repeat([0])
    assert len(teller.news("open", "")["panes"][0]["series"]) == 2
