"""A small web server on a thread: what it answers is a function, what it was asked is kept."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import in_thread


@dataclass(frozen=True)
class Asked:
    """One request: method, path with its query, headers in lower case, and who asked."""

    method: str
    path: str
    headers: dict[str, str]
    address: str


@dataclass
class Answer:
    """What to answer."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Play = Callable[["Handler"], object]


class Handler(BaseHTTPRequestHandler):
    """Writes down the request and lets the test answer."""

    protocol_version = "HTTP/1.1"
    server: Web

    def handle_one_request(self) -> None:
        """A client that goes away in between is no error here."""
        with contextlib.suppress(OSError):
            super().handle_one_request()
            return
        self.close_connection = True

    def _play(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.command, self.path, headers, self.client_address[0]))
        self.server.play(self)

    do_GET = do_POST = do_PUT = do_DELETE = _play

    def answer(self, answer: Answer) -> None:
        """Answer properly."""
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


class Web(ThreadingHTTPServer):
    """The server."""

    daemon_threads = True
    block_on_close = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.play = play
        self.asked: list[Asked] = []
        self.host = f"127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """A handshake that the client breaks off is no error here."""


@contextlib.contextmanager
def web(play: Play | Answer, context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A server for the length of a test."""
    made = Web((lambda handler: handler.answer(play)) if isinstance(play, Answer) else play)
    if context is not None:
        made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    thread = in_thread(lambda: made.serve_forever(0.02))
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
