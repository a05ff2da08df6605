"""``python -m binance_ws.simulator``: run the simulated exchange until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from ..errors import BinanceWsError
from . import Exchange
from .command import PORT, running


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m binance_ws.simulator", description="A simulated Binance exchange on this machine."
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="0 for a free one (%(default)s)")
    parser.add_argument(
        "--replay",
        metavar="FILE",
        action="append",
        help="a recording, or 'demo' or 'demo-usdm' for those that are shipped; again for another market",
    )
    parser.add_argument(
        "--speed", default="1", help="how many times faster than real, or 'max' (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random markets and faults (%(default)s)")
    parser.add_argument("--symbols", type=int, help="how many symbols are listed (10)")
    parser.add_argument(
        "--whole-market", action="store_true", help="serve !ticker@arr and !bookTicker on spot"
    )
    parser.add_argument("--once", action="store_true", help="do not begin the recording again at its end")
    parser.add_argument(
        "--faults", type=float, metavar="SECONDS", help="throw a fault at random every so many seconds"
    )
    parser.add_argument("--user-data", choices=("today", "listen_key"), default="today", help="(%(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an exchange; the exit status."""
    given = _arguments().parse_args(arguments)
    more = {} if given.symbols is None else {"symbols": given.symbols}
    try:
        exchange = Exchange(
            given.replay,
            host=given.host,
            port=given.port,
            speed=given.speed,
            seed=given.seed,
            loop=not given.once,
            whole_market=given.whole_market,
            user_data=given.user_data,
            **more,
        )
        return _run(exchange, given.faults, given.seed)
    except BinanceWsError as error:
        print(error, file=sys.stderr)
        return 1


def _run(exchange: Exchange, faults: float | None, seed: int) -> int:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with running(exchange, faults, seed):
        try:
            over.wait()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
