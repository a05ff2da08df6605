"""``python -m binance_ws.cli`` is ``binance-ws``."""

from . import main

main()
