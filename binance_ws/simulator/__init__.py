"""A Binance on this machine, for demos, for the tests of this package and of its users.

:class:`Exchange` is the whole of it; ``python -m binance_ws.simulator`` runs one. Needs the extra ``simulator``.
"""

from __future__ import annotations

from ..errors import MissingExtra

try:
    import h11 as _h11  # noqa: F401
    import wsproto as _wsproto  # noqa: F401
except ImportError as error:
    raise MissingExtra(error.name or "wsproto", "simulator") from error

from .chaos import KINDS, Chaos, Thrown
from .contracts import Contract
from .exchange import Exchange
from .fault import Fault
from .faults import Faults
from .inspection import Connection, Request
from .keys import API_KEY, API_SECRET, Key
from .option_symbols import Option
from .recording import DEMO, DEMO_USDM, Recording
from .rules import OFF, Rules
from .symbols import Symbol

__all__ = [
    "API_KEY",
    "API_SECRET",
    "DEMO",
    "DEMO_USDM",
    "KINDS",
    "OFF",
    "Chaos",
    "Connection",
    "Contract",
    "Exchange",
    "Fault",
    "Faults",
    "Key",
    "Option",
    "Recording",
    "Request",
    "Rules",
    "Symbol",
    "Thrown",
]
