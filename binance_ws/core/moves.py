"""Where the names that old scripts import are to be found today, and what to say of those that are nowhere."""

from __future__ import annotations

from .. import enums

HERE = "binance_ws"

MODULES = {
    "binance.websockets": HERE,
    "binance.depthcache": HERE,
    "binance.enums": f"{HERE}.enums",
}
"""Modules of python-binance 0.7 whose place another one takes, names as before."""

STARS = {"binance.websockets": "BinanceSocketManager", "binance.depthcache": "DepthCacheManager"}
"""What ``import *`` is meant to bring from modules that are not all the same here."""

REACTOR = ("twisted.internet", "reactor")
REACTOR_HERE = f"{HERE}.compat"
REACTOR_USES = frozenset(("stop", "run", "running", "callFromThread", "callLater"))
"""What the stand-in for Twisted's reactor can do."""

CLIENTS = (("binance.client", "Client"), ("binance", "Client"))
"""Where python-binance's client is imported from."""

INTERNALS = frozenset(
    "_client _conns _timers _listen_keys _account_callbacks _start_socket _start_futures_socket "
    "_start_account_socket _check_account_socket_open _start_socket_timer _keepalive_account_socket "
    "_stop_account_socket _user_timer _user_listen_key _user_callback _start_user_timer "
    "_keepalive_user_socket".split()
)
"""Attributes of the old manager that it did not mean for others."""

_ASYNC = "is for asyncio and has no place here"
_PAGE = "see docs/migrate.md"

NAMES = {
    "ThreadedWebsocketManager": f"is of python-binance 1.0: BinanceSocketManager takes its place, {_PAGE}",
    "ThreadedDepthCacheManager": f"is of python-binance 1.0: DepthCacheManager takes its place, {_PAGE}",
    "BinanceSocketManager": f"of python-binance 1.0 {_ASYNC}; the manager here calls functions, {_PAGE}",
    "AsyncClient": f"{_ASYNC}; Client takes its place, {_PAGE}",
    "FuturesType": f"is of python-binance 1.0; methods here are of one market, {_PAGE}",
    "ContractType": "is of python-binance 1.0; names.continuous_kline takes its values as text",
    "BinanceClientProtocol": "is a class of Twisted's; start_socket takes any stream",
    "BinanceClientFactory": "is a class of Twisted's; max_retries says how often to try again",
    "BinanceReconnectingClientFactory": "is a class of Twisted's; max_retries says how often to try again",
}
"""What to say of names of python-binance that are nowhere."""

FOREIGN = {
    "binance.websocket": f"is binance-connector's: start_socket takes its streams, {_PAGE}",
    "binance_sdk_spot": f"{_ASYNC}: start_socket takes its streams, {_PAGE}",
    "unicorn_binance_websocket_api": f"is another library: start_socket takes its streams, {_PAGE}",
}
"""What to say of other libraries' modules, by the beginning of their names."""


def moved(module: str, name: str, offered: frozenset[str]) -> str | None:
    """The module that has a name of another one today, or ``None``.

    Args:
        module: where it was imported from.
        name: the name, or ``"*"``.
        offered: the names that ``binance_ws`` has.
    """
    if module == "binance" and f"binance.{name}" in MODULES:
        return MODULES[f"binance.{name}"]
    here = MODULES.get(module)
    if here is None:
        return None
    if name == "*":
        name = STARS.get(module, enums.__all__[0])
    return here if name in (offered if here == HERE else enums.__all__) else None


def advice(module: str, name: str) -> str | None:
    """What to say of a name that has no place here; ``None`` where it is none of our business."""
    for prefix, text in FOREIGN.items():
        if f"{module}.".startswith(f"{prefix}."):
            return f"{module} {text}"
    if module.split(".")[0] != "binance":
        return None
    if name in NAMES:
        return f"{name} {NAMES[name]}"
    return f"{name} of {module} has no place here" if module in MODULES else None
