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

from .exchange import Exchange
from .fault import Fault
from .faults import Faults
from .inspection import Connection, Request
from .recording import DEMO, Recording
from .rules import OFF, Rules
from .symbols import Symbol

__all__ = [
    "DEMO",
    "OFF",
    "Connection",
    "Exchange",
    "Fault",
    "Faults",
    "Recording",
    "Request",
    "Rules",
    "Symbol",
]
