"""The command ``binance-ws``; needs the extra ``cli``."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        from .app import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich", "click"):
            raise
        sys.exit("The command line needs typer and rich: pip install 'binance-ws[cli]'")
    except KeyboardInterrupt:  # before there is a command that could end
        sys.exit(INTERRUPTED)
    app()
