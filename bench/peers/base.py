"""What every peer is to the benchmark, and the two usual ways to be it: threads, or a loop in a thread."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

Callback = Callable[[Any], None]
SUFFIX = {"trade": "@trade", "combined": "@trade", "bookTicker": "@bookTicker", "depth": "@depth"}


@dataclass(frozen=True)
class Target:
    """The server to use: its host and port, whether by TLS, and the kind of stream."""

    host: str
    tls: bool
    kind: str

    @property
    def base(self) -> str:
        """`ws://HOST` or `wss://HOST`."""
        return f"ws{'s' * self.tls}://{self.host}"

    @property
    def rest(self) -> str:
        """`http://HOST` or `https://HOST`."""
        return f"http{'s' * self.tls}://{self.host}"

    def symbol(self, index: int) -> str:
        """A symbol of its own for each socket."""
        return f"S{index:03d}USDT"

    def stream(self, index: int) -> str:
        """The name of a socket's stream."""
        if self.kind == "miniTicker":
            return "!miniTicker@arr"
        return self.symbol(index).lower() + SUFFIX[self.kind]

    def url(self, index: int) -> str:
        """The address of a socket's raw or combined stream."""
        path = "/stream?streams=" if self.kind == "combined" else "/ws/"
        return self.base + path + self.stream(index)


class Peer(ABC):
    """A client library, used as its users use it."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        self.target, self.on_message = target, on_message

    @abstractmethod
    def open(self, indices: Iterable[int]) -> None:
        """Start these sockets; their decoded messages go to `on_message`. May be called again."""

    @abstractmethod
    def close(self) -> None:
        """Close every socket by the library's documented way."""


class ThreadPeer(Peer):
    """A daemon thread a socket, for libraries that leave threads to their users."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.threads: list[threading.Thread] = []

    def open(self, indices: Iterable[int]) -> None:
        for index in indices:
            thread = threading.Thread(target=self.follow, args=(self.target.url(index),), daemon=True)
            self.threads.append(thread)
            thread.start()

    @abstractmethod
    def follow(self, url: str) -> None:
        """One socket, from its opening to its end."""


class AsyncPeer(Peer):
    """A task a socket on one event loop, which runs in a thread beside the script."""

    def __init__(self, target: Target, on_message: Callback) -> None:
        super().__init__(target, on_message)
        self.loop = self.new_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="loop", daemon=True)
        self.thread.start()
        self.sockets: list[Any] = []
        self.tasks: list[Future[None]] = []

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """The standard library's loop."""
        return asyncio.new_event_loop()

    def open(self, indices: Iterable[int]) -> None:
        for index in indices:
            coroutine = self.follow(self.target.url(index))
            self.tasks.append(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.close_all(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    async def close_all(self) -> None:
        """Close the open sockets side by side, then give up the others."""
        await asyncio.gather(*map(self.close_one, self.sockets), return_exceptions=True)
        for task in self.tasks:
            task.cancel()

    @abstractmethod
    async def follow(self, url: str) -> None:
        """One socket, from its opening to its end; adds it to `sockets` once it is open."""

    async def close_one(self, socket: Any) -> None:
        """Close one socket."""
        await socket.close()
