"""Where a command connects to: an environment by its name, or a local exchange by its host."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer

from ..config import ENVIRONMENTS, HOST_VARIABLE, Environment
from ..enums import Market
from ..errors import ArgumentError

EnvironmentName = Annotated[
    str | None,
    typer.Option(
        "--environment",
        "-e",
        metavar="NAME",
        help=f"Where to connect to: {', '.join(ENVIRONMENTS)}.",
        autocompletion=lambda: list(ENVIRONMENTS),
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="HOST:PORT",
        help=f"A local exchange instead, such as 127.0.0.1:8765; the variable {HOST_VARIABLE} does the same.",
    ),
]
OfMarket = Annotated[Market, typer.Option("--market", "-m", help="Whose streams.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def environment_of(name: str | None, host: str | None) -> Environment | None:
    """The environment that the options of a command name; ``None`` for the default one.

    Raises:
        typer.BadParameter: both were given, there is no environment of that name, or the host is none.
    """
    if host is not None:
        if name is not None:
            raise typer.BadParameter("one of them says where to connect to, not both", param_hint=_BOTH)
        return _local(host)
    if name is not None and name not in ENVIRONMENTS:
        said = f"an environment is one of {', '.join(ENVIRONMENTS)}, not {name!r}"
        raise typer.BadParameter(said, param_hint="--environment")
    return ENVIRONMENTS[name] if name else None


_BOTH = "--environment and --host"


def _local(host: str) -> Environment:
    try:
        parts = urlsplit(f"//{host}")
        if not parts.hostname or parts.netloc != host or "@" in host or parts.port == 0 or " " in host:
            raise ArgumentError("it is no host and port")
        return Environment.local(host)
    except ValueError:  # ours, or that of a port that is no port
        said = f"a local host is written like 127.0.0.1:8765, not {host!r}"
        raise typer.BadParameter(said, param_hint="--host") from None
