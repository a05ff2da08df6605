"""Where a command connects to: an environment by its name, or a local exchange by its host."""

from __future__ import annotations

import typer

from ..config import Environment

ENVIRONMENTS = {e.name: e for e in vars(Environment).values() if isinstance(e, Environment)}
"""The environments that the exchange runs, by name."""


def environment_of(name: str | None, host: str | None) -> Environment | None:
    """The environment that the options of a command name; ``None`` for the default one.

    Raises:
        typer.BadParameter: there is no environment of that name.
    """
    if host is not None:
        return Environment.local(host)
    if name is not None and name not in ENVIRONMENTS:
        raise typer.BadParameter(f"an environment is one of {', '.join(ENVIRONMENTS)}, not {name!r}")
    return ENVIRONMENTS[name] if name else None
