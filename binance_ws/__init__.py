"""Threaded, synchronous Binance WebSocket streams, without an event loop."""

from .client import Client
from .config import Environment
from .manager import BinanceSocketManager

__version__ = "0.1.0"

__all__ = ["BinanceSocketManager", "Client", "Environment", "__version__"]
