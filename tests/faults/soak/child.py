"""The manager's process: started by the soak, told what to do by lines of JSON, each of which it answers."""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
import os
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

from binance_ws import BinanceSocketManager, Client, manager
from binance_ws.books import Book
from binance_ws.config import Environment
from binance_ws.core import pools
from binance_ws.means import Means

from .sockets import BOOK, start
from .trail import Ledger, Trail, step_of

DAY_SECONDS = 94.0
"""How long the exchange lets a connection live here, instead of 24 hours; the manager's 23 are as much shorter."""

OVERLAP_SECONDS = 0.2
WAITING = 100_000
"""Messages that may wait for a gap; at twenty times its speed a market makes 10,000 in a few seconds."""

_FIGURES = ("messages", "reconnects", "rotations", "gaps", "backfilled", "repeated", "malformed", "errors")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Alarm(logging.Handler):
    """Keeps what the library logs as an error: a soak has none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: deque[str] = deque(maxlen=5)
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.texts.append(self.format(record))


class Life:
    """One manager with all its sockets.

    Args:
        host: of the exchange.
        key, secret: of its user.
    """

    def __init__(self, host: str, key: str, secret: str) -> None:
        self.alarm = Alarm()
        logging.getLogger("binance_ws").addHandler(self.alarm)
        logging.getLogger("binance_ws").propagate = False
        self.ledger = Ledger()
        self.before = resources()
        environment = Environment.local(host, connects=None)
        self.client = Client(key, secret, environment=environment, timeout=3)
        with mock.patch.object(
            manager, "Means", partial(Means, life=DAY_SECONDS * 23 / 24, overlap=OVERLAP_SECONDS)
        ):
            self.manager = BinanceSocketManager(
                self.client,
                max_retries=None,
                on_event=self.ledger.hear,
                stale_after=2,
                backfill_limit=WAITING,
            )
        self.manager.daemon = True  # where the parent dies, this process ends with its input
        self.manager.start()
        self.changing = start(self.manager, self.ledger)
        self._parked: dict[str, Trail] = {}
        self._states: deque[Any] = deque(maxlen=1000)
        self._watching = False
        self.book = self.manager.start_order_book(BOOK, self._remember)
        self.manager.wait_connected(timeout=30)

    def sample(self) -> dict[str, float]:
        """What the process holds now."""
        return resources()

    def subscribe(self, stream: str) -> None:
        """Add a stream to the socket whose streams change; its trail begins anew."""
        trail, old = Trail(step_of(stream)), self._parked.pop(stream, None)
        if old is not None:
            trail.wrong, trail.pairs = old.wrong, old.pairs
        self.ledger.ids[stream] = trail
        self.manager.subscribe(self.changing, [stream])

    def unsubscribe(self, stream: str) -> None:
        """Take a stream away from it; what is on its way yet is not judged."""
        self._parked[stream] = self.ledger.ids[stream]
        self.ledger.ids[stream] = Trail(step_of(stream))
        self.manager.unsubscribe(self.changing, [stream])

    def names(self) -> list[str]:
        """The streams that have numbers."""
        return sorted(self.ledger.ids)

    def until(self, marks: dict[str, int], seconds: float) -> dict[str, Any]:
        """Wait until each stream has come to its mark; how far those are that have not."""
        deadline = time.monotonic() + seconds
        while (behind := self._behind(marks)) and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        return behind

    def _behind(self, marks: dict[str, int]) -> dict[str, Any]:
        trails = self.ledger.ids
        return {n: trails[n].last for n, mark in marks.items() if (trails[n].last or 0) < mark}

    def _remember(self, book: Book) -> None:
        if self._watching and not book.stale:
            now = book.snapshot()
            self._states.append((now.update_id, now.bids, now.asks))

    def book_is_equal(self) -> bool:
        """Whether the order book is the exchange's own at some moment of the next half minute."""
        self._watching = True
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            own = self.client.depth(BOOK, 5000)
            sides = [tuple(map(tuple, own[side])) for side in ("bids", "asks")]
            threading.Event().wait(0.3)
            if any(state == (own["lastUpdateId"], *sides) for state in list(self._states)):
                return True
        return False

    def finish(self) -> dict[str, Any]:
        """Close everything; the figures of the whole life."""
        infos = self.manager.sockets()
        self.manager.close()
        self.manager.join(10)
        self.client.close()
        self._settle()
        return {
            "sockets": len(infos),
            "figures": {name: sum(getattr(info, name) for info in infos) for name in _FIGURES},
            "silent": [info.key for info in infos if not info.messages],
            "trails": {name: dataclasses.asdict(trail) for name, trail in self.ledger.ids.items()},
            "told": dict(sorted(self.ledger.told.items())),
            "missed": dict(sorted(self.ledger.missed.items())),
            "alarms": list(self.alarm.texts),
            "before": self.before,
            "after": resources(),
            "left": [
                thread.name for thread in threading.enumerate() if thread is not threading.main_thread()
            ],
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }

    def _settle(self) -> None:
        deadline = time.monotonic() + 10
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        gc.collect()


def resources() -> dict[str, float]:
    """Resident memory in MiB, Python's blocks of memory, threads, and descriptors."""
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    return {
        "rss": pages * _PAGE / 2**20,
        "blocks": sys.getallocatedblocks(),
        "threads": threading.active_count(),
        "descriptors": len(os.listdir("/proc/self/fd")),
    }


def _plenty(pool: str) -> int:
    """Request weight: an hour is a minute here, with as many faults, and so is the minute of the weight."""
    return 10**9


def main(host: str, key: str, secret: str, log: str = "") -> None:
    """Answer each line until there is none."""
    if log:
        handler = logging.FileHandler(log, "w")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
        logging.getLogger("binance_ws").addHandler(handler)
    with mock.patch.object(pools, "weight_of", _plenty):  # which remembers no call, as a mock would
        life = Life(host, key, secret)
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            call: Callable[..., Any] = getattr(life, name)
            print(json.dumps(call(*arguments)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
