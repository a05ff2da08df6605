"""The exchange's pools of request weight: which one a call draws from, and what it holds a minute.

Sources: the exchange's pages "Limits" of spot, margin, futures, options and portfolio margin.
"""

from __future__ import annotations

SPOT, FUTURES, OPTIONS, PORTFOLIO = "spot", "futures", "options", "portfolio"

_POOLS = {"fapi": FUTURES, "dapi": FUTURES, "eapi": OPTIONS, "papi": PORTFOLIO}
_OWN = "sapi"
"""Each call below this has a pool of its own."""

_WEIGHTS = {SPOT: 6000, FUTURES: 2400, OPTIONS: 2400, PORTFOLIO: 6000}
_CALL, _CALL_OF_ACCOUNT = 12_000, 180_000

BY_ACCOUNT = frozenset(("/sapi/v1/userListenToken", "/sapi/v1/margin/listen-key"))
"""The calls with a pool of their own that is an account's; other pools are an address's."""


def pool_of(path: str) -> str:
    """The pool that a path of REST draws from, whatever host has it; the path itself where that is a pool."""
    api = path.lstrip("/").partition("/")[0]
    return path if api == _OWN else _POOLS.get(api, SPOT)


def weight_of(pool: str) -> int:
    """The request weight that a pool holds a minute."""
    return _WEIGHTS.get(pool) or (_CALL_OF_ACCOUNT if pool in BY_ACCOUNT else _CALL)
