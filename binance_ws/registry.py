"""Which socket has which key, and whether the manager runs: the one thing that all its threads share."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .errors import ArgumentError, BinanceWsError, NotConnected

T = TypeVar("T")

MOST_LOST = 1000
"""Sockets that are remembered after they were given up; of more, the latest."""


@dataclass(eq=False)
class Run:
    """One time from ``start`` to ``close``.

    Args:
        ended: set when it is over.
        closer: the socket's thread whose callback ended it, if one did.
    """

    ended: threading.Event = field(default_factory=threading.Event)
    closer: threading.Thread | None = None


def no_socket(key: object) -> ArgumentError:
    """The error for who asks for a key that no open socket has."""
    hint = "; a start answers False where the stream is open already" if key is False else ""
    if isinstance(key, (int, float)) and not isinstance(key, bool):
        hint = f"; did you mean timeout={key!r}?"
    return ArgumentError(f"no open socket has the key {key!r}{hint}")


class Registry(Generic[T]):
    """At most one socket for each identity and each key. Nothing is called while its lock is held.

    An identity is a market and a path; a key is the path alone, unless another market has that key already:
    then the newer one's key is its identity.
    """

    def __init__(self) -> None:
        # Guards the dicts and the flag: a claim and whether to connect it at once must be one decision.
        self._lock = threading.Lock()
        self._sockets: dict[str, T] = {}
        self._keys: dict[str, str] = {}
        self._leaving: weakref.WeakSet[T] = weakref.WeakSet()
        # By identity: the key, and why it was given up.
        self._lost: dict[str, tuple[str, BinanceWsError]] = {}
        self._run: Run | None = None

    @property
    def running(self) -> Run | None:
        """The present run: sockets that are claimed now are to connect at once."""
        return self._run

    def check(self, key: object = None) -> None:
        """Say so where what has a key was given up in this run, or where anything was.

        Raises:
            NotConnected: it was; what it was given up for is the cause.
        """
        with self._lock:
            lost = [(own, cause) for own, cause in self._lost.values() if key is None or own == key]
        for own, cause in lost:
            raise NotConnected(f"{own} is given up: {cause}") from cause

    def forget(self, key: object) -> None:
        """Nobody asks any more for what had a key and was given up."""
        with self._lock:
            self._lost = {each: lost for each, lost in self._lost.items() if lost[0] != key}

    def claim(self, identity: str, key: str, socket: T) -> tuple[str, bool] | None:
        """Enter a socket: its key and whether to connect it at once, or ``None`` where it has an elder."""
        with self._lock:
            if identity in self._keys:
                return None
            own = identity if key in self._sockets else key
            while own in self._sockets:
                own = f"{own}'"
            self._lost.pop(identity, None)
            self._keys[identity] = own
            self._sockets[own] = socket
            return own, self._run is not None

    def release(self, identity: str, socket: T, cause: BinanceWsError | None = None) -> bool:
        """Free what a socket holds; whether it still held it. With a cause, remember for what it is given up."""
        with self._lock:
            key = self._keys.get(identity, "")
            if self._sockets.get(key) is not socket:
                return False
            del self._keys[identity], self._sockets[key]
            self._leaving.add(socket)
            if cause is not None and self._run is not None:
                self._lost[identity] = (key, cause)
            while len(self._lost) > MOST_LOST:
                del self._lost[next(iter(self._lost))]
            return True

    def get(self, key: object) -> T | None:
        """The socket of a key, whatever the caller took for one."""
        return self._sockets.get(key) if isinstance(key, str) else None

    def all(self) -> list[T]:
        """Every socket, in the order of their claims."""
        with self._lock:
            return list(self._sockets.values())

    def begin(self) -> tuple[Run, list[T]] | None:
        """Begin a run: the sockets to connect, or ``None`` where one is under way."""
        with self._lock:
            if self._run is not None:
                return None
            self._run = Run()
            return self._run, list(self._sockets.values())

    def drain(self) -> tuple[Run | None, list[T]]:
        """End the run and free every key: the run, the sockets that had keys, and those released before.

        A released socket's callback may be running yet; it is forgotten with the socket.
        """
        with self._lock:
            run, self._run = self._run, None
            sockets = [*self._sockets.values(), *self._leaving]
            self._sockets.clear()
            self._leaving.clear()
            self._lost.clear()
            self._keys.clear()
            return run, sockets
