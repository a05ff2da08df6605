"""What happens to an account while its stream is down is told afterwards, as the exchange's REST has it."""

from __future__ import annotations

import pytest

from binance_ws import BinanceSocketManager, Client
from binance_ws.config import Environment
from binance_ws.simulator import OFF, Exchange, Rules

from ..peer import SECONDS
from ..waiting import Inbox

CASES = [
    ("spot", "BNBUSDT", "executionReport", "outboundAccountPosition"),
    ("margin", "BNBUSDT", "executionReport", "outboundAccountPosition"),
    ("isolated_margin:BNBUSDT", "BNBUSDT", "executionReport", "outboundAccountPosition"),
    ("usdm", "BTCUSDT", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"),
    ("coinm", "BTCUSD_PERP", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"),
]


@pytest.mark.parametrize("user_data", ["today", "listen_key"])
@pytest.mark.parametrize(("name", "symbol", "order_event", "balance_event"), CASES, ids=[c[0] for c in CASES])
def test_orders_and_balances_are_recovered(
    user_data: str, name: str, symbol: str, order_event: str, balance_event: str
) -> None:
    """Orders that were filled, cancelled and made meanwhile, each once, and the balances; then it goes on live."""
    inbox = Inbox()
    with Exchange(user_data=user_data, rules=Rules(connects=OFF)) as exchange:
        place = Environment.local(exchange.host, user_data=user_data, connects=None)
        client = Client(exchange.api_key, exchange.api_secret, environment=place, timeout=2)
        manager = BinanceSocketManager(client, max_retries=None)
        account = exchange.account(name)
        for asset in ("USDT", "BNB", "BTC"):
            if not name.startswith("isolated") or asset in symbol:
                account.deposit(asset, 1000)
        old = account.order(symbol, "BUY", 1, 10)
        kind, _, own = name.partition(":")
        manager.start_account_socket(inbox, kind, own or None, reconcile=True)
        manager.start()
        manager.wait_connected(timeout=SECONDS)
        assert exchange.wait_for(lambda: any("ccount" in r.target for r in exchange.requests))
        heard, gone = account.order(symbol, "BUY", 2, 10), account.order(symbol, "BUY", 3, 10)
        inbox.wait_for(lambda messages: sum(order_event == m["e"] for m in messages) >= 2)
        refusal = exchange.faults.refuse()
        exchange.faults.reset()
        assert exchange.wait_for(lambda: not exchange.connections)
        before = len(inbox.messages)
        account.fill(old)
        account.fill(heard, 1)
        account.cancel(gone)
        made = account.order(symbol, "BUY", 4, 10)
        account.fill(made)
        refusal.stop()
        messages = inbox.wait_for(lambda messages: len(messages) >= before + 5)[before:]
        live = account.order(symbol, "BUY", 1, 10)
        inbox.wait_for(lambda messages: messages[-1]["e"] != balance_event or "recovered" not in messages[-1])
        manager.close()
        manager.join(SECONDS)
        client.close()
    assert all(message["recovered"] for message in messages)
    assert [message["e"] for message in messages] == [order_event] * 4 + [balance_event]
    orders = [message.get("o") if order_event != "executionReport" else message for message in messages[:4]]
    told = {order["i"]: (order["X"], float(order["z"])) for order in orders}
    assert told == {
        old.id: ("FILLED", 1.0),
        heard.id: ("PARTIALLY_FILLED", 1.0),
        gone.id: ("CANCELED", 0.0),
        made.id: ("FILLED", 4.0),
    }
    assert live.id not in told
