"""Which type the messages of a stream have, and the events of an account. Pure data."""

from __future__ import annotations

from types import UnionType
from typing import Any, get_args, get_type_hints

from ..enums import Market
from . import coinm, options, spot, spot_statistics, usdm, usdm_notices, usdm_statistics
from .accounts_coinm import CoinmEvent
from .accounts_options import OptionsEvent
from .accounts_portfolio_margin import PortfolioEvent
from .accounts_portfolio_pro import PortfolioProEvent
from .accounts_spot import MarginRiskEvent, SpotEvent
from .accounts_usdm import UsdmEvent

_SPOT: dict[str, Any] = {
    "trade": spot.Trade,
    "agg_trade": spot.AggTrade,
    "block_trade": spot.BlockTrade,
    "reference_price": spot.ReferencePrice,
    "kline": spot_statistics.Kline,
    "mini_ticker": spot_statistics.MiniTicker,
    "all_mini_tickers": list[spot_statistics.MiniTicker],
    "ticker": spot_statistics.Ticker,
    "all_tickers": list[spot_statistics.Ticker],
    "window_ticker": spot_statistics.WindowTicker,
    "all_window_tickers": list[spot_statistics.WindowTicker],
    "book_ticker": spot.BookTicker,
    "all_book_tickers": spot.BookTicker,
    "avg_price": spot.AvgPrice,
    "partial_depth": spot.PartialDepth,
    "depth": spot.Depth,
}

# Streams of the whole market carry the symbols of both futures, wherever they are taken from.
_MERGED: dict[str, Any] = {
    "all_mark_prices": list[usdm.UsdmMarkPrice | coinm.CoinmMarkPrice],
    "all_mini_tickers": list[usdm_statistics.UsdmMiniTicker | coinm.CoinmMiniTicker],
    "all_tickers": list[usdm_statistics.UsdmTicker | coinm.CoinmTicker],
    "all_book_tickers": usdm.UsdmBookTicker | coinm.CoinmBookTicker,
    "all_force_orders": usdm.UsdmForceOrder | coinm.CoinmForceOrder,
    "contract_info": usdm_notices.UsdmContractInfo | coinm.CoinmContractInfo,
}

_USDM: dict[str, Any] = {
    **_MERGED,
    "trade": usdm.UsdmTrade,
    "agg_trade": usdm.UsdmAggTrade,
    "mark_price": usdm.UsdmMarkPrice,
    "kline": usdm_statistics.UsdmKline,
    "continuous_kline": usdm_statistics.UsdmContinuousKline,
    "mini_ticker": usdm_statistics.UsdmMiniTicker,
    "ticker": usdm_statistics.UsdmTicker,
    "book_ticker": usdm.UsdmBookTicker,
    "force_order": usdm.UsdmForceOrder,
    "partial_depth": usdm.UsdmPartialDepth,
    "depth": usdm.UsdmDepth,
    "rpi_depth": usdm.UsdmRpiDepth,
    "composite_index": usdm_notices.UsdmCompositeIndex,
    "asset_index": usdm_notices.UsdmAssetIndex,
    "all_asset_indexes": list[usdm_notices.UsdmAssetIndex],
    "trading_session": usdm_notices.UsdmTradingSession,
}

_COINM: dict[str, Any] = {
    **_MERGED,
    "agg_trade": coinm.CoinmAggTrade,
    "mark_price": coinm.CoinmMarkPrice,
    "pair_mark_prices": list[coinm.CoinmMarkPrice],
    "index_price": coinm.CoinmIndexPrice,
    "kline": coinm.CoinmKline,
    "continuous_kline": coinm.CoinmContinuousKline,
    "index_price_kline": coinm.CoinmIndexPriceKline,
    "mark_price_kline": coinm.CoinmMarkPriceKline,
    "mini_ticker": coinm.CoinmMiniTicker,
    "ticker": coinm.CoinmTicker,
    "book_ticker": coinm.CoinmBookTicker,
    "force_order": coinm.CoinmForceOrder,
    "partial_depth": coinm.CoinmPartialDepth,
    "depth": coinm.CoinmDepth,
}

_OPTIONS: dict[str, Any] = {
    "option_trade": options.OptionsTrade,
    "option_ticker": options.OptionsTicker,
    "expiry_tickers": list[options.OptionsTicker],
    "book_ticker": options.OptionsBookTicker,
    "partial_depth": options.OptionsPartialDepth,
    "depth": options.OptionsDepth,
    "kline": options.OptionsKline,
    "option_mark_prices": list[options.OptionsMarkPrice],
    "open_interest": list[options.OptionsOpenInterest],
    "index_prices": list[options.OptionsIndexPrice],
    "new_symbols": options.OptionsNewSymbol,
}

OF_KIND: dict[tuple[Market, str], Any] = {
    (market, name): type_
    for market, types in (
        (Market.SPOT, _SPOT),
        (Market.USDM, _USDM),
        (Market.COINM, _COINM),
        (Market.OPTIONS, _OPTIONS),
    )
    for name, type_ in types.items()
}
"""The type of the messages of each kind of stream, by market and the kind's name in the streams' catalogue."""


def _by_event(union: UnionType) -> dict[str, Any]:
    """The members of a union by their ``e``."""
    return {event: member for member in get_args(union) for event in get_args(get_type_hints(member)["e"])}


OF_EVENT: dict[str, dict[str, Any]] = {
    "spot": _by_event(SpotEvent),
    "margin": _by_event(SpotEvent),
    "isolated_margin": _by_event(SpotEvent),
    "margin_risk": _by_event(MarginRiskEvent),
    "usdm": _by_event(UsdmEvent),
    "coinm": _by_event(CoinmEvent),
    "options": _by_event(OptionsEvent),
    "portfolio": _by_event(PortfolioEvent),
    "portfolio_pro": _by_event(PortfolioProEvent),
}
"""The type of each event of an account, by the account's value and the event's ``e``."""
