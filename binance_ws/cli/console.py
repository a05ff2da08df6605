"""The terminal as commands draw on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live

Draw = Callable[[RenderableType], object]


class Screen(Console):
    """A console that leaves it to its command what happens when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Called while the error is being handled."""
        raise


def counted(number: int, what: str) -> str:
    """So many of something: ``"1 gap"``, ``"2 gaps"``."""
    return f"{number:,} {what}{'s' * (number != 1)}"


@contextmanager
def in_place(screen: Screen, whole: bool = False) -> Iterator[Draw]:
    """What shows things on a terminal, each in the place of the one before; the last one stays.

    Args:
        screen: a terminal.
        whole: whether they take the whole of it, so that it may be resized; what was on it comes back.
    """
    last: list[RenderableType] = []

    def draw(shown: RenderableType) -> None:
        last[:] = [shown]
        live.update(shown, refresh=True)

    try:
        with Live(console=screen, screen=whole, auto_refresh=False) as live:
            yield draw
    finally:
        if whole:
            screen.print(*last)
