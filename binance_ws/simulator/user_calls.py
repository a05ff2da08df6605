"""The REST calls about accounts, as a table: security, methods, weight, answer. No sockets here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from . import futures_reports, reports
from .accounts import COINM, ISOLATED_MARGIN, MARGIN, SPOT, USDM
from .answers import Bad
from .doors import PRODUCTS, Product
from .futures_account import FuturesAccount
from .orders import Fill, Order, Trader
from .signed import missing
from .wallet import Wallet

if TYPE_CHECKING:
    from .desk import Desk

T = TypeVar("T", Order, Fill)


@dataclass(frozen=True)
class Asked:
    """A request about an account whose key is good.

    Args:
        desk: where accounts and keys are kept.
        user: whose key it is.
        method: ``"GET"`` and so on.
        given: the parameters.
        unit: how many of the units of time that were asked for are a millisecond.
    """

    desk: Desk
    user: str
    method: str
    given: Mapping[str, str]
    unit: int = 1

    def need(self, name: str) -> str:
        """A parameter that must be there."""
        if not self.given.get(name):
            raise missing(name)
        return self.given[name]

    def number(self, name: str) -> int | None:
        """A whole number, or ``None``."""
        text = self.given.get(name, "")
        if text and not text.isdecimal():
            raise Bad(
                -1100, f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'."
            )
        return int(text) if text else None

    def flag(self, name: str) -> bool:
        """A truth value in any case."""
        return self.given.get(name, "").lower() == "true"

    def wallet(self, name: str) -> Wallet:
        """A spot or margin account of the user."""
        found = self.desk.accounts.of(name, self.user)
        assert isinstance(found, Wallet)
        return found

    def futures(self, name: str) -> FuturesAccount:
        """A futures account of the user."""
        found = self.desk.accounts.of(name, self.user)
        assert isinstance(found, FuturesAccount)
        return found

    def margin(self) -> Wallet:
        """The cross or the isolated margin account that is meant."""
        return self.wallet(self.margin_name("isIsolated"))

    def margin_name(self, flag: str) -> str:
        """The name of the margin account that a flag and ``symbol`` mean."""
        return f"{ISOLATED_MARGIN}:{self.need('symbol')}" if self.flag(flag) else MARGIN


Answer = Callable[[Asked], Any]
Cost = Callable[[str, Mapping[str, str]], int]
"""The weight of a request by its method and its parameters."""


@dataclass(frozen=True)
class UserCall:
    """A call: what it answers, whether it must be signed, its methods, its weight."""

    answer: Answer
    signed: bool = True
    methods: tuple[bytes, ...] = (b"GET",)
    weight: int | Cost = 1

    def cost(self, method: str, given: Mapping[str, str]) -> int:
        """The weight of a request."""
        return self.weight if isinstance(self.weight, int) else self.weight(method, given)


def _with(name: str, one: int, all: int) -> Cost:
    """The weight of a call that names something, and of one that does not."""
    return lambda _, given: one if given.get(name) else all


# Listen keys and tokens.


def _key_call(product: Product) -> UserCall:
    weights = dict(zip(("POST", "PUT", "DELETE"), product.weights, strict=True))
    methods = tuple(method.encode() for method in weights)
    return UserCall(_listen_key(product), False, methods, lambda method, _: weights.get(method, 1))


def _listen_key(product: Product) -> Answer:
    def answer(asked: Asked) -> Any:
        keys, symbol = asked.desk.listen_keys, asked.need("symbol") if product.symbol else ""
        if asked.method == "POST":
            made = keys.create(product, asked.user, symbol)
            return {"listenKey": made.key, **({"expiration": made.expires} if product.tells else {})}
        named = asked.need("listenKey") if product.named else None
        key = keys.find(product, asked.user, symbol, named)
        if asked.method == "DELETE":
            keys.close(key)
            return {}
        keys.renew(key)
        return {"listenKey": key.key} if product.echoes else {}

    return answer


def _listen_token(asked: Asked) -> Any:
    account = asked.desk.accounts.of(asked.margin_name("isIsolated"), asked.user)
    token = asked.desk.tokens.create(account, asked.number("validity"))
    return {"token": token.text, "expirationTime": token.expires}


# Orders and trades of any product.


def _open_orders(asked: Asked, account: Trader) -> list[Order]:
    symbol = asked.given.get("symbol")
    return [order for order in account.open_orders() if symbol in (None, order.symbol)]


def _all_orders(asked: Asked, account: Trader) -> list[Order]:
    symbol, first = asked.need("symbol"), asked.number("orderId")
    mine = [order for order in account.orders.values() if order.symbol == symbol]
    return _page(asked, [order for order in mine if order.id >= (first or 0)], first is not None)


def _trades(asked: Asked, account: Trader) -> list[Fill]:
    symbol, first, order = asked.need("symbol"), asked.number("fromId"), asked.number("orderId")
    mine = [fill for fill in account.fills if fill.order.symbol == symbol]
    mine = [fill for fill in mine if fill.id >= (first or 0) and order in (None, fill.order.id)]
    return _page(asked, mine, first is not None)


def _page(asked: Asked, rows: list[T], forward: bool) -> list[T]:
    """Those within the times that were asked for: the first ones behind a start, the last ones otherwise."""
    start, end, limit = asked.number("startTime"), asked.number("endTime"), asked.number("limit")
    rows = [row for row in rows if (start or 0) <= row.time <= (end or row.time)]
    count = min(500 if limit is None else limit, 1000)
    return rows[:count] if forward or start is not None else rows[max(len(rows) - count, 0) :]


def _spot(asked: Asked) -> Wallet:
    return asked.wallet(SPOT)


def _balances(wallet: Wallet) -> dict[str, Any]:
    return {asset: wallet.balance(asset) for asset in wallet.assets}


def _account(asked: Asked) -> Any:
    wallet = _spot(asked)
    return reports.account(_balances(wallet), wallet.changed * asked.unit)


def _margin_account(asked: Asked) -> Any:
    return reports.margin_account(_balances(asked.wallet(MARGIN)))


def _isolated_account(asked: Asked) -> Any:
    names = [name for name in asked.given.get("symbols", "").split(",") if name]
    mine = [f"{ISOLATED_MARGIN}:{name}" for name in names] or asked.desk.accounts.isolated(asked.user)
    return {"assets": [_isolated(asked.wallet(name)) for name in mine]}


def _isolated(wallet: Wallet) -> dict[str, Any]:
    pair = wallet.pair
    rows = [reports.margin_asset(asset, *wallet.balance(asset)) for asset in pair]
    return reports.isolated_account(wallet.symbol, *rows)


def _wallet_calls(
    prefix: str, account: Callable[[Asked], Wallet], extra: bool, *weights: int | Cost
) -> dict[str, UserCall]:
    def row(asked: Asked, order: Order) -> Any:
        isolated = {"isIsolated": bool(account(asked).symbol)} if extra else {}
        return {**reports.order_row(order, asked.unit), **isolated}

    answers: dict[str, Answer] = {
        "openOrders": lambda a: [row(a, order) for order in _open_orders(a, account(a))],
        "allOrders": lambda a: [row(a, order) for order in _all_orders(a, account(a))],
        "myTrades": lambda a: [reports.trade_row(fill, a.unit) for fill in _trades(a, account(a))],
    }
    return {
        f"{prefix}/{path}": UserCall(answer, weight=weight)
        for (path, answer), weight in zip(answers.items(), weights, strict=True)
    }


def _futures_calls(prefix: str, name: str, light: int) -> dict[str, UserCall]:
    """The calls of a futures account; ``light`` is the weight of its balances and positions."""

    def account(asked: Asked) -> Any:
        mine = asked.futures(name)
        assets = [futures_reports.asset_row(a, amount, mine.changed) for a, amount in mine.wallet.items()]
        return {"assets": assets, "positions": positions(asked), "canTrade": True, "updateTime": mine.changed}

    def balance(asked: Asked) -> Any:
        mine = asked.futures(name)
        return [futures_reports.balance_row(a, amount, mine.changed) for a, amount in mine.wallet.items()]

    def positions(asked: Asked) -> Any:
        symbol = asked.given.get("symbol")
        mine = asked.futures(name).positions.values()
        return [futures_reports.position_row(p) for p in mine if symbol in (None, p.contract.symbol)]

    rows, trades = futures_reports.order_row, futures_reports.trade_row
    calls: dict[str, tuple[Answer, int | Cost]] = {
        **dict.fromkeys(("v1/account", "v2/account", "v3/account"), (account, 5)),
        **dict.fromkeys(("v1/balance", "v2/balance", "v3/balance"), (balance, light)),
        **dict.fromkeys(("v1/positionRisk", "v2/positionRisk", "v3/positionRisk"), (positions, light)),
        "v1/openOrders": (
            lambda a: [rows(order) for order in _open_orders(a, a.futures(name))],
            _with("symbol", 1, 40),
        ),
        "v1/allOrders": (lambda a: [rows(order) for order in _all_orders(a, a.futures(name))], 5),
        "v1/userTrades": (lambda a: [trades(fill) for fill in _trades(a, a.futures(name))], 5),
    }
    return {f"{prefix}/{path}": UserCall(answer, weight=weight) for path, (answer, weight) in calls.items()}


CALLS: dict[str, UserCall] = {
    **{path: _key_call(product) for path, product in PRODUCTS.items()},
    "/sapi/v1/userListenToken": UserCall(_listen_token, False, (b"POST",)),
    "/api/v3/account": UserCall(_account, weight=20),
    "/sapi/v1/margin/account": UserCall(_margin_account, weight=10),
    "/sapi/v1/margin/isolated/account": UserCall(_isolated_account, weight=10),
    **_wallet_calls("/api/v3", _spot, False, _with("symbol", 6, 80), 20, _with("orderId", 5, 20)),
    **_wallet_calls("/sapi/v1/margin", Asked.margin, True, 10, 200, 10),
    **_futures_calls("/fapi", USDM, 5),
    **_futures_calls("/dapi", COINM, 1),
}
"""The calls by path."""
