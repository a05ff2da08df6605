"""Print what happens on a spot or margin account: orders, fills, balances, deposits.

    BINANCE_API_KEY=… BINANCE_API_SECRET=… python examples/user_data.py

It stays subscribed for as long as it runs. What happens while the connection is away is asked of the exchange
afterwards, and marked. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
from contextlib import suppress

from binance_ws import BinanceSocketManager, Client
from binance_ws.errors import CredentialsMissing
from binance_ws.types import ExecutionReport, SpotEvent


def told(report: ExecutionReport) -> str:
    """A report of an order in a line."""
    order = f"order {report['i']}, {report['S']} {report['q']} {report['s']} at {report['p']}"
    fill = f", {report['l']} at {report['L']}" if report["x"] == "TRADE" else ""
    late = " (missed, and asked for)" if report.get("recovered") else ""
    return f"{report['x']}{fill}: {order}, {report['X']}, {report['z']} filled{late}"


def process_event(event: SpotEvent) -> None:
    """Print an event. Called on the thread of the account's socket."""
    if event["e"] == "executionReport":
        print(told(event), flush=True)
    elif event["e"] == "outboundAccountPosition":
        for balance in event["B"]:
            print(f"{balance['a']}: {balance['f']} free, {balance['l']} locked", flush=True)
    elif event["e"] == "balanceUpdate":
        print(f"{event['a']}: {event['d']} came in or went out", flush=True)
    elif event["e"] == "error":
        print(event["m"], flush=True)


def main() -> None:
    """Read the arguments and stream until the time is up, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Print what happens on an account.")
    parser.add_argument("--account", choices=("spot", "margin"), default="spot")
    parser.add_argument("--seconds", type=float, help="how long; until Ctrl-C if left out")
    arguments = parser.parse_args()
    with BinanceSocketManager(Client(), max_retries=None) as manager, suppress(KeyboardInterrupt):
        try:
            manager.start_account_socket(process_event, arguments.account, reconcile=True)
        except CredentialsMissing as error:
            parser.error(str(error))
        manager.join(arguments.seconds)


if __name__ == "__main__":
    main()
