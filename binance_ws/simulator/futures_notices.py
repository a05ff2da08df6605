"""What happens on the futures besides trading: liquidations, contracts and their brackets, opening hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .candles import DAY, Trade
from .contracts import TRADFI

if TYPE_CHECKING:
    from .contracts import Contract
    from .instrument import Instrument

# One in so many trades is a liquidation.
_FORCED = 53
_SESSIONS = ("EquityUpdate", "CommodityUpdate", "KR_EquityUpdate", "HK_EquityUpdate", "CN_EquityUpdate")


class Liquidations:
    """Finds the largest liquidation of a symbol since it was asked last."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def largest(self, instrument: Instrument) -> Trade | None:
        """The one that is told, if there was any."""
        last = instrument.last_trade
        seen = self._seen.get(instrument.name)
        if last is None or seen == last.id:
            return None
        self._seen[instrument.name] = last.id
        fresh = instrument.trades.since(last.id if seen is None else seen + 1, 1_000)
        return max((t for t in fresh if t.id % _FORCED == 0), key=lambda t: t.quantity, default=None)


def force_order(of: Contract, each: Trade, now: int, everyone: bool) -> dict[str, Any]:
    """``<symbol>@forceOrder``; in ``!forceOrder@arr`` it says of which product it is."""
    quantity, price = of.lot_text(each.quantity), of.price_text(each.price)
    order = {
        "s": of.name,
        **({} if of.linear else {"ps": of.pair}),
        "S": "SELL" if each.maker else "BUY",
        "o": "LIMIT",
        "f": "IOC",
        "q": quantity,
        "p": price,
        "ap": price,
        "X": "FILLED",
        "l": quantity,
        "z": quantity,
        "T": each.time,
    }
    product = {**({"ps": of.pair} if of.linear else {}), "st": of.st}
    return {"e": "forceOrder", "E": now, "o": order, **(product if everyone else {})}


def contract_info(of: Contract, now: int) -> dict[str, Any]:
    """``!contractInfo``: a contract whose brackets have changed."""
    bracket = {"bs": 1, "bnf": 0, "bnc": 5_000, "mmr": 0.01, "cf": 0, "mi": 21, "ma": 50}
    return {
        "e": "contractInfo",
        "E": now,
        "s": of.name,
        **({} if of.linear else {"ps": of.pair}),
        "ct": of.contract,
        "dt": of.delivery,
        "ot": 1_569_398_400_000,
        "cs": of.status,
        "bks": [bracket],
        "st": of.st,
    }


def sessions(now: int) -> list[dict[str, Any]]:
    """``tradingSession``: a message for each market whose hours matter."""
    start = now - now % DAY
    times = {"E": now, "t": start, "T": start + DAY}
    return [{"e": event, **times, "S": "REGULAR"} for event in _SESSIONS]


def group(of: Contract) -> int:
    """Contracts of one number share an array of mark prices; those on other goods than coins have their own."""
    return 0 if of.contract == TRADFI else of.st
