"""websocket-client: `WebSocketApp.run_forever` on a thread a socket, with its UTF-8 check off (it is slow)."""

from __future__ import annotations

import orjson
from websocket import WebSocketApp

from peers.base import Callback, Target, ThreadPeer


class Client(ThreadPeer):
    """A thread a socket."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.apps: list[WebSocketApp] = []

    def follow(self, url: str) -> None:
        app = WebSocketApp(url, on_message=self.on_text)
        self.apps.append(app)
        app.run_forever(skip_utf8_validation=True)

    def on_text(self, _app: WebSocketApp, text: str) -> None:
        """The callback that a user writes."""
        self.on_message(orjson.loads(text))

    def close(self) -> None:
        for app in self.apps:
            app.close()
