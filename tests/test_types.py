"""The types of messages: what the exchange's pages show and the simulated exchange sends is exactly of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, get_origin

import pytest

from binance_ws import BinanceSocketManager, Client, Environment, types
from binance_ws.core.account_shapes import FuturesShape, Shape, SpotShape
from binance_ws.core.backfill import SOURCES
from binance_ws.enums import Market
from binance_ws.streams.accounts import Account
from binance_ws.streams.catalogue import CATALOGUE, KINDS
from binance_ws.streams.kinds import Kind
from binance_ws.streams.lookup import classify, examples
from binance_ws.types import OF_EVENT, OF_KIND
from tests.core.test_recovered import futures_row, spot_account, spot_row
from tests.payloads import COMBINED, INDEX, MARKET, SHUTDOWNS, load, patterns
from tests.simulator import futures
from tests.simulator.markets import REST, Watched, seeded
from tests.simulator.test_orders import Ear, opened
from tests.typed import faults, inside, keys, members
from tests.waiting import Inbox

ROOT = Path(__file__).parents[1]
ACCOUNTS = {
    "spot user data": "spot",
    "margin user data": "margin",
    "margin risk stream": "margin_risk",
    "usdm user data": "usdm",
    "coinm user data": "coinm",
    "options user data": "options",
    "portfolio margin user data": "portfolio",
    "portfolio margin pro": "portfolio_pro",
}
"""How the index of examples calls the accounts."""

OWNERS = {
    "usdm": "Usdm",
    "coinm": "Coinm",
    "options": "Options",
    "portfolio": "Portfolio",
    "portfolio_pro": "PortfolioPro",
}
"""What types of accounts begin with; those of spot and margin with nothing."""

RETIRED = ("coinm_index_price_pre_2026_06_30.json",)
"""Examples of shapes that the exchange sends no more."""


def account_of(name: str) -> str | None:
    """The account of an example, if it is an event of one."""
    return ACCOUNTS.get(INDEX[name]["market"].split(" (")[0])


EVENTS = [name for name in INDEX if account_of(name)]


def kind_of(name: str) -> Kind:
    """The kind of stream that an example is of."""
    template = patterns(name)[0][0]
    return next(k for k in CATALOGUE if (k.market, k.template) == (INDEX[name]["market"], template))


def bare(message: Any) -> Any:
    """An event without its envelope."""
    return message.get("event", message.get("data", message))


# ---- the examples of the exchange's pages -----------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in MARKET if name not in RETIRED])
def test_a_market_message_is_of_its_type(name: str) -> None:
    """It has the required keys, no unknown ones, and values of the types, all the way down."""
    kind = kind_of(name)
    assert faults(load(name), OF_KIND[kind.market, kind.name]) == []


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_an_account_is_of_its_type(name: str) -> None:
    """Likewise for accounts."""
    event = bare(load(name))
    assert faults(event, OF_EVENT[account_of(name) or ""][event["e"]]) == []


@pytest.mark.parametrize("name", [*COMBINED, "spot_server_shutdown_combined.json"])
def test_a_message_with_its_stream_is_of_its_type(name: str) -> None:
    """It is ``Combined``, and what is inside is of the stream's type."""
    message = load(name)
    assert faults(message, types.Combined) == []
    if name in COMBINED:
        kind = classify(message["stream"], INDEX[name]["market"]).kind
        assert faults(message["data"], OF_KIND[kind.market, kind.name]) == []


@pytest.mark.parametrize("name", SHUTDOWNS)
def test_word_of_a_shutdown_is_of_its_type(name: str) -> None:
    """In each of its envelopes."""
    assert faults(bare(load(name)), types.ServerShutdown) == []


def test_faults_are_found() -> None:
    """The check finds what it is there for."""
    trade = load("spot_trade.json")
    assert faults({**trade, "new": 1}, types.Trade) == ["message has 'new', which Trade has not"]
    assert faults({k: v for k, v in trade.items() if k != "p"}, types.Trade) == ["message lacks 'p'"]
    assert faults({**trade, "p": 1.5}, types.Trade) == ["message['p'] is 1.5, no <class 'str'>"]
    assert len(faults({**trade, "t": True, "e": "aggTrade"}, types.Trade)) == 2
    assert faults([trade, {}], list[types.Trade]) != []
    assert faults(load("spot_kline.json"), types.Trade | types.Kline) == []
    assert faults(load("spot_depth_diff.json"), types.Trade | types.Kline) != []
    assert faults(load(RETIRED[0]), types.CoinmIndexPrice) != []


# ---- what the simulated exchange sends --------------------------------------------------------------------


def spot() -> tuple[Watched, list[str]]:
    """Every stream of a spot symbol, after half a minute."""
    names = sorted(set(examples(Market.SPOT, "bnbbtc")))
    watched = seeded(*names, whole_market=True)
    watched.run(31)
    return watched, names


def contracts(product: Market, *symbols: str) -> tuple[Watched, list[str]]:
    """A stream of each kind of futures or options, after a minute."""
    world = futures.world()
    market = world.options if product is Market.OPTIONS else world.futures
    served = (name for name in futures.names(product, *symbols) if market.stream(name))
    names = list({classify(name, product).kind.name: name for name in served}.values())
    return futures.watched(market, names, 61), names


@pytest.mark.parametrize(
    ("market", "symbols"),
    [
        (Market.SPOT, ()),
        (Market.USDM, ("btcusdt",)),
        (Market.COINM, ("btcusd_perp", "btcusd")),
        (Market.OPTIONS, ("btc-261225-60000-c", "btcusdt")),
    ],
)
def test_the_simulated_exchange_sends_messages_of_these_types(
    market: Market, symbols: tuple[str, ...]
) -> None:
    """Of every kind of stream, on every message."""
    watched, names = contracts(market, *symbols) if symbols else spot()
    kinds = {name: classify(name, market).kind.name for name in names}
    assert set(kinds.values()) == {kind.name for kind in CATALOGUE if kind.market is market}
    for name, kind in kinds.items():
        messages = watched.messages(name)
        assert messages, name
        assert [fault for each in messages for fault in faults(each, OF_KIND[market, kind], name)] == []


@pytest.mark.parametrize(
    ("account", "symbol"),
    [
        ("spot", "BNBUSDT"),
        ("margin", "BNBUSDT"),
        ("isolated_margin:BNBUSDT", "BNBUSDT"),
        ("usdm", "BTCUSDT"),
        ("coinm", "BTCUSD_PERP"),
        ("options", "BTC-251123-126000-C"),
        ("portfolio", "BTCUSDT"),
    ],
)
def test_simulated_accounts_send_events_of_these_types(account: str, symbol: str) -> None:
    """Orders at a limit and at the market, fills, cancellations, deposits, funding."""
    trader = opened(account)
    ear = Ear(trader)
    trader.fill(trader.order(symbol, "BUY", 2, 500), 1)
    trader.fill(trader.order(symbol, "BUY", 1), price=400)
    trader.cancel(trader.order(symbol, "SELL", 1, 600))
    trader.expire(trader.order(symbol, "SELL", 1, 600))
    trader.deposit("USDT", 5)
    if hasattr(trader, "funding"):
        trader.funding("USDT", 1)
    types_ = OF_EVENT[account.partition(":")[0]]
    assert len({event["e"] for event in ear.events}) > 1
    assert [fault for event in ear.events for fault in faults(event, types_[event["e"]])] == []


# ---- what the library makes itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "row", "answer", "name", "account"),
    [
        (SpotShape(), spot_row(1, "FILLED", "5.00", "50.00"), spot_account(BNB="1.0"), ("BNB",), "spot"),
        (
            FuturesShape(),
            futures_row(1, "FILLED", "2"),
            {
                "assets": [{"asset": "USDT", "walletBalance": "1", "crossWalletBalance": "1"}],
                "positions": [{"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "2"}],
            },
            ("BTCUSDT", "BOTH"),
            "usdm",
        ),
    ],
)
def test_recovered_events_are_of_these_types(
    shape: Shape, row: Any, answer: Any, name: tuple[str, ...], account: str
) -> None:
    """What ``reconcile=True`` delivers has the type of the event that it stands for."""
    for event in (shape.order_event(row, None), shape.balance_event(answer, [name], 1)):
        assert faults(event, OF_EVENT[account][event["e"]]) == []
        assert event["recovered"] is True


BACKFILLED = {
    (Market.SPOT, "trade"): ("bnbbtc@trade", "spot_rest_trades"),
    (Market.SPOT, "agg_trade"): ("bnbbtc@aggTrade", "spot_rest_agg_trades"),
    (Market.SPOT, "kline"): ("bnbbtc@kline_1m", "spot_rest_klines"),
    (Market.USDM, "trade"): ("btcusdt@trade", "usdm_rest_historical_trades"),
    (Market.USDM, "agg_trade"): ("btcusdt@aggTrade", "usdm_rest_agg_trades"),
    (Market.USDM, "kline"): ("btcusdt@kline_1m", "usdm_rest_klines"),
    (Market.COINM, "agg_trade"): ("btcusd_perp@aggTrade", "coinm_rest_agg_trades"),
    (Market.COINM, "kline"): ("btcusd_perp@kline_1m", "usdm_rest_klines"),
}


@pytest.mark.parametrize("kind", SOURCES, ids=lambda kind: "-".join(kind))
def test_fetched_messages_are_of_these_types(kind: tuple[Market, str]) -> None:
    """What fills a gap has the type of what was missed."""
    stream, file = BACKFILLED[kind]
    rows = REST[file]
    made = [SOURCES[kind].message(classify(stream, kind[0]), row) for row in rows]
    assert [fault for each in made for fault in faults(each, OF_KIND[kind])] == []
    assert made


def test_the_error_message_is_of_its_type() -> None:
    """The last word of a socket that is given up."""
    inbox = Inbox()
    client = Client(environment=Environment.local("127.0.0.1:9"))  # where nobody listens
    with BinanceSocketManager(client, max_retries=0) as manager:
        manager.start_trade_socket("BNBBTC", inbox)
        [message] = inbox.wait()
    assert faults(message, types.ErrorMessage) == []


# ---- that nothing is forgotten ----------------------------------------------------------------------------


def test_every_kind_of_stream_has_a_type() -> None:
    """A list for those that send lists."""
    assert set(OF_KIND) == set(KINDS)
    assert {kind for kind, type_ in OF_KIND.items() if get_origin(type_) is list} == {
        kind for kind, row in KINDS.items() if row.array
    }


def test_every_event_of_every_account_has_a_type_and_an_example() -> None:
    """Each account ends as its listen key does, though not all pages show it."""
    seen: dict[str, set[str]] = {account.value: {"listenKeyExpired", "error"} for account in Account}
    for name in EVENTS:
        seen[account_of(name) or ""].add(bare(load(name))["e"])
    seen["margin"] = seen["isolated_margin"] = seen["margin"] | seen["spot"]
    assert {account: set(events) for account, events in OF_EVENT.items()} == seen


def camel(name: str) -> str:
    """``agg_trade``, ``ACCOUNT_UPDATE`` and ``balanceUpdate`` in the manner of classes."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)
    return "".join(word[:1].upper() + word[1:].lower() for word in words)


def test_types_are_called_as_their_kinds() -> None:
    """The kind of stream in the manner of classes, the product before it; of a list in the singular."""
    for (market, name), type_ in OF_KIND.items():
        word = camel(re.sub(r"^(all|pair|expiry|option)_", "", name))
        allowed = {
            OWNERS.get(market, "") + each for each in (word, word.removesuffix("s"), word.removesuffix("es"))
        }
        assert allowed & {each.__name__ for each in members(type_)}, name


def test_types_are_called_as_their_events() -> None:
    """The event in the manner of classes, the account before it."""
    for account, of_event in OF_EVENT.items():
        for event in of_event.keys() - {"error"}:
            word = camel(event.removeprefix("PM_PRO_"))
            assert of_event[event].__name__ == OWNERS.get(account, "") + word


def test_all_types_are_given_away() -> None:
    """What stands in a table, and what stands inside that, can be imported from the package."""
    tables: list[dict[Any, Any]] = [OF_KIND, *OF_EVENT.values()]
    used = {each for table in tables for type_ in table.values() for each in inside(type_)}
    assert {each.__name__ for each in used} - set(types.__all__) == set()
    assert all(getattr(types, each.__name__) is each for each in used)


def test_required_and_optional_keys_are_known_at_run_time() -> None:
    """Also on Python 3.10, where optional keys come from a base."""
    assert keys(types.ExecutionReport).keys() > types.ExecutionReport.__required_keys__
    assert {"eR", "W", "I", "recovered"} <= types.ExecutionReport.__optional_keys__
    assert "or" in types.UsdmConditionalOrderTriggerReject.__required_keys__
    assert types.Trade.__optional_keys__ == frozenset()


@pytest.mark.parametrize("path", sorted((ROOT / "binance_ws" / "types").glob("*.py")), ids=lambda p: p.stem)
def test_every_key_says_what_it_means(path: Path) -> None:
    """Below each key stands its meaning, which editors show; ``e`` is the event's name."""
    found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ClassDef)]
    for owner in found:
        if owner.name == "Combined":
            continue
        for node, following in zip(owner.body, [*owner.body[1:], None], strict=True):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) != "e":
                assert isinstance(following, ast.Expr), f"{owner.name}.{ast.unparse(node.target)}"
