"""What stands behind a widget: its panes, who looks at it, and the thread that tells them how things stand.

The thread lives while somebody looks: a view that is hidden has none and sends nothing. A kernel that runs a cell
may not hear its front ends until the cell ends. So a view that has just been displayed is taken for seen until it
hears otherwise, and one that has heard of nobody for a while tells little, but something.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any

from ..errors import ArgumentError, BinanceWsError
from ..net.shift import Shift
from .panes import Pane, State, Tile
from .shell import in_notebook
from .teller import Teller

log = logging.getLogger(__name__)

EVERY = 0.25
"""Seconds between two updates, unless something else is asked for."""

LEAST = 0.05
"""Seconds between two updates at least."""

PATIENCE = 60.0
"""Seconds after which a front end that looks, and says so every 20, is taken for gone."""

SELDOM = 10.0
"""Seconds between two updates while nobody is heard of."""

CLOSED = "closed"
"""The state of what has ended."""

_SOMEBODY = ""
"""A front end that has not spoken yet."""

_JOIN_SECONDS = 1.0


class View:
    """Panes that a notebook shows live; made by ``manager.watch`` and ``book.watch``.

    Elsewhere than in a notebook nothing shows it, and it does no work.

    Args:
        panes: what is shown.
        every: seconds between two updates.

    Raises:
        ArgumentError: updates are too frequent.
    """

    def __init__(self, panes: Sequence[Pane], every: float = EVERY) -> None:
        if not every >= LEAST:
            raise ArgumentError(f"every is a number of seconds, {LEAST} or more, not {every!r}")
        self.panes = list(panes)
        self.about = [pane.about() for pane in panes]
        self.note = ""
        self.closed = ""
        self.widget: Any = None
        self._every = every
        self._state: Callable[[], str] = str
        self._stop: Callable[[], object] = str
        self._heard: dict[str, float] = {}
        self._shift: Shift[None] | None = None
        self._routes = {tile.stream.name: tile for tile in self.tiles}

    def stands(self, state: Callable[[], str], stop: Callable[[], object] = str) -> None:
        """What is behind it.

        Args:
            state: where its socket or book stands, in a word; ``"closed"`` ends the view.
            stop: closes what is its own.
        """
        self._state, self._stop = state, stop

    def close(self, why: str = CLOSED) -> None:
        """Stop what is its own; what is shown stays, and says why. From any thread, any number of times."""
        self.closed = self.closed or self.note or why
        self._rest(_JOIN_SECONDS)
        stop, self._stop = self._stop, str
        # Notebooks remember every widget for ever: it must not keep a manager, nor what has been shown.
        self._state, self.panes, self._routes = _ended, [], {}
        stop()

    def __repr__(self) -> str:
        shown = ", ".join(f"{about['title']} {about['subtitle']}".strip() for about in self.about)
        return f"<View of {shown}: {self.closed or self._state() or 'new'}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if in_notebook():
            self.heard(_SOMEBODY, True)
        found = self.widget._repr_mimebundle_(**options) if self.widget is not None else ({}, {})
        data, metadata = found if isinstance(found, tuple) else (found, {})
        return {**data, "text/plain": repr(self)}, metadata

    # ---- what its socket brings ---------------------------------------------------------------------------

    @property
    def tiles(self) -> list[Tile]:
        """The panes of streams."""
        return [pane for pane in self.panes if isinstance(pane, Tile)]

    def take(self, message: Any) -> None:
        """A message of one of its streams, or a word of the library."""
        tile = self._routes.get(message.get("stream", ""))
        if tile is not None:
            tile.take(message["data"])
        elif message.get("e") == "error":
            self.note = str(message.get("cause") or message.get("m"))

    # ---- what its widget asks and says --------------------------------------------------------------------

    def heard(self, who: str, visible: bool) -> None:
        """A front end says whether it can be seen; one that can says so again every 20 seconds.

        Args:
            who: tells front ends apart.
            visible: whether somebody can see it.
        """
        now = time.monotonic()
        known = {other: at for other, at in self._heard.items() if now - at < PATIENCE}
        others = {other: at for other, at in known.items() if other not in (who, _SOMEBODY)}
        self._heard = {**others, who: now} if visible else others
        if not self._heard:
            self._rest()
        elif self._shift is None or (visible and who not in known):
            self._begin()

    @property
    def watched(self) -> bool:
        """Whether somebody looks."""
        return self._shift is not None

    def _begin(self) -> None:
        """Tell everything, and then what changes; anew where somebody joins."""
        self._rest()
        self._shift = Shift(self, "binance_ws view")
        # In the context of the front end's message, kernels send in answer to it, not to the cell that runs now.
        context = copy_context()
        self._shift.begin(lambda shift: context.run(self._run, shift))

    def _rest(self, seconds: float = 0.0) -> None:
        """End the thread, and wait for it so long."""
        shift, self._shift = self._shift, None
        thread = None if shift is None else shift.end()
        if thread is not None and thread.ident and thread is not threading.current_thread():
            thread.join(seconds)

    # ---- the thread -------------------------------------------------------------------------------------

    def _run(self, shift: Shift[None]) -> None:
        teller = Teller(self.panes)
        while self.closed or not shift.over.is_set():
            state = self._state()
            if state == CLOSED:
                self.close()
            closed = self.closed
            self._tell(teller.news(CLOSED if closed else state, closed or self.note))
            if closed:
                return
            if not self._fetched(teller):
                shift.over.wait(self._pace())

    def _tell(self, news: State) -> None:
        try:
            self.widget.send(news)
        except Exception as error:  # the kernel ends, or its front end is gone
            log.debug("a view could not be told: %s", error)

    def _fetched(self, teller: Teller) -> bool:
        """Ask for what was before, where that has not been done; whether there is more to tell at once."""
        found = [number for number, pane in enumerate(self.panes) if _fetched(pane)]
        teller.repeat(found)
        return bool(found)

    def _pace(self) -> float:
        quiet = time.monotonic() - max(self._heard.values(), default=0.0)
        return self._every if quiet < PATIENCE else max(self._every, SELDOM)


def _ended() -> str:
    """The state of what is behind a view that is closed."""
    return CLOSED


def _fetched(pane: Pane) -> bool:
    try:
        return pane.fetch()
    except BinanceWsError as error:
        log.info("the candles before could not be had: %s", error)
        return False
