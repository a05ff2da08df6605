"""websocket-client's application around an open socket of ours: it upgrades, then a function of ours reads."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from functools import partial
from http.client import SWITCHING_PROTOCOLS
from typing import Any

from websocket import WebSocket, WebSocketApp

from ..errors import ConnectionLost
from .refusals import redirected

THREADS = "binance_ws "
"""What the names of our threads begin with."""


def _is_not_ours(record: logging.LogRecord) -> bool:
    return not (record.threadName or "").startswith(THREADS)


# What it has to say of our connections is in our own log, as an event; that of others is left alone.
logging.getLogger("websocket").addFilter(_is_not_ours)


class App(WebSocketApp):
    """websocket-client's application around an open socket, reading through a function of ours."""

    def __init__(self, url: str, sock: socket.socket, read: Callable[[App], ConnectionLost]) -> None:
        super().__init__(url, header=self._headers, socket=sock, on_error=_failed)
        self.ended: BaseException | None = None
        self._read = read

    def _headers(self) -> list[str]:
        """None; but asked for when the WebSocket is there and has not connected yet."""
        assert self.sock is not None
        self.sock.connect = partial(_connect, self.sock, self.sock.connect)  # type: ignore[method-assign]
        return []

    def create_dispatcher(self, *_: Any, **__: Any) -> Any:
        """This object: what websocket-client asks a dispatcher for is ``read``."""
        return self

    def read(self, *_: Any) -> None:
        """The dispatcher's part: called once, when the upgrade has been accepted."""
        self.ended = self._read(self)


def _connect(ws: WebSocket, connect: Callable[..., None], *args: Any, **options: Any) -> None:
    """Upgrade without following redirects: a socket of websocket-client's own knows no proxy and no deadline."""
    try:
        connect(*args, **options, redirect_limit=0)
    finally:
        if ws.status is not None and ws.status != SWITCHING_PROTOCOLS:
            ws.shutdown()  # type: ignore[no-untyped-call]
            raise redirected(ws.status)


def _failed(app: WebSocketApp, error: Any) -> None:
    """What ended the upgrade; 1.9.0 gives a frame where others give an exception."""
    if isinstance(app, App) and app.ended is None and isinstance(error, BaseException):
        app.ended = error
