"""Threaded, synchronous Binance WebSocket streams, without an event loop."""

from .client import Client
from .config import Environment
from .depth_cache import DepthCacheManager
from .manager import BinanceSocketManager

__version__ = "0.1.0"

__all__ = ["BinanceSocketManager", "Client", "DepthCacheManager", "Environment", "__version__"]
