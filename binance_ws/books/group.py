"""Books that share a connection: their diffs come over one socket, which gives each message to its book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .. import events
from ..enums import Market
from ..feed import SILENCE
from ..handle import Handle
from ..plans import Plan
from ..sockets import Socket, Surroundings
from ..target import Shape
from .follower import Follower

Claim = Callable[[str, str, Handle], "tuple[str, bool] | None"]

MOST = 50
"""Books of one connection: enough to open 500 at once, few enough that one thread has time for each."""


class Group:
    """Some books of a market. What it is asked comes from one thread; what it does to a book, in the turn.

    Args:
        market: the market.
        number: tells it from others.
        around: what its socket needs of the manager.
        claim: enters the socket: its key and whether to connect it at once.
        wanted: whether the manager's run that it is for is still under way.
    """

    def __init__(
        self, market: Market, number: int, around: Surroundings, claim: Claim, wanted: Callable[[], bool]
    ) -> None:
        self.market = market
        self.ended = False
        self._path = f"{market} books {number}"
        self._around = replace(around, tell=self._hear, repair=None)
        self._tell = around.tell
        self._claim = claim
        self._wanted = wanted
        self._routes: dict[str, Follower] = {}
        self._socket: Socket | None = None
        self._up = False

    @property
    def room(self) -> int:
        """How many books more it may have."""
        return 0 if self.ended else MOST - len(self._routes)

    def add(self, followers: Sequence[Follower]) -> None:
        """Have more books follow."""
        self._routes.update({follower.stream.name: follower for follower in followers})
        streams = [follower.stream for follower in followers]
        if self._socket is None:
            self._open(Plan(self.market, self._path, streams, Shape(wrapped=True)))
        else:
            self._socket.add(streams)
            self.turn(self._welcome, followers)

    def _open(self, plan: Plan) -> None:
        identity = f"{self.market}:{self._path}"
        socket = Socket(identity, plan, self._route, self._around, ending=self._stopped)
        self._socket = socket
        claimed = self._claim(identity, plan.path, socket)
        if claimed is None:
            self.ended = True
        elif not self._wanted():
            self.stop()
        else:
            socket.target.key = claimed[0]
            socket.open()

    def remove(self, follower: Follower) -> None:
        """Have a book follow no more; the socket of the last one is stopped."""
        if self._routes.get(follower.stream.name) is not follower:
            return
        del self._routes[follower.stream.name]
        if self._socket is not None and self._routes:
            self._socket.remove([follower.stream])
        else:
            self.stop()

    def stop(self) -> None:
        """Hang up and free the key."""
        self.ended = True
        if self._socket is not None:
            self._around.release(self._socket.identity, self._socket, None)
            self._socket.stop()

    @property
    def settled(self) -> bool:
        """Whether the exchange has answered every request: a stream that says nothing has nothing to say."""
        return self._socket is not None and self._socket.settled

    def turn(self, call: Callable[[Any], None], argument: Any) -> None:
        """Have something done in the turn, now or later; without a connection there is nothing to do."""
        if self._socket is not None:
            self._socket.target.turnstile.take(call, argument, waits=False)

    @property
    def has_turn(self) -> bool:
        """Whether the calling thread has the turn: it is inside a callback."""
        return self._socket is not None and self._socket.target.turnstile.is_mine

    def raised(self) -> None:
        """A user's callback raised what is being handled now."""
        assert self._socket is not None
        self._socket.target.raised()

    def told(self, event: Callable[..., events.Event], *fields: Any) -> None:
        """Give an event of a book to ``on_event``."""
        self._tell(event(self._path if self._socket is None else self._socket.key, *fields))

    # ---- in the turn ------------------------------------------------------------------------------------

    def hindered(self, cause: BaseException) -> None:
        """No snapshot may be asked for now, of no book."""
        for follower in list(self._routes.values()):
            follower.hindered(cause)

    def _route(self, message: dict[str, Any]) -> None:
        follower = self._routes.get(message.get("stream", ""))
        if follower is not None:
            follower.take(message["data"])

    def _welcome(self, followers: Sequence[Follower]) -> None:
        for follower in followers:
            if self._up:
                follower.opened()

    def _opened(self, _: object) -> None:
        self._up = True
        for follower in list(self._routes.values()):
            follower.opened()

    def _lost(self, cause: BaseException) -> None:
        self._up = False
        for follower in list(self._routes.values()):
            follower.lost(cause=cause)

    def _silent(self, _: object) -> None:
        # Nobody knows since when nothing came: what is shown may be old, until the new connection speaks.
        for follower in list(self._routes.values()):
            follower.lost("its connection was silent")

    def _refused(self, event: events.Refused) -> None:
        # An error that answers no request names all streams; it must not end those that are served.
        follower = self._routes.get(event.streams[0]) if len(event.streams) == 1 else None
        if follower is not None:
            follower.end(f"the exchange refused its stream: {event.cause}", event.cause)

    def _gave_up(self, cause: BaseException | None) -> None:
        self.ended = True
        reason = "its socket was stopped" if cause is None else f"its connection is given up: {cause}"
        for follower in list(self._routes.values()):
            follower.end(reason, cause)

    # ---- from the socket, on any of its threads -----------------------------------------------------------

    def _hear(self, event: events.Event) -> None:
        self._tell(event)
        if isinstance(event, events.Rotated) and event.reason == SILENCE:
            self.turn(self._silent, None)
        if isinstance(event, (events.Connected, events.Rotated)):
            self.turn(self._opened, None)
        elif isinstance(event, events.Lost):
            self.turn(self._lost, event.cause)
        elif isinstance(event, events.Refused):
            self.turn(self._refused, event)
        elif isinstance(event, events.GivenUp):
            self.turn(self._gave_up, event.cause)

    def _stopped(self) -> None:
        """The socket ends: because somebody stops it, or because it is given up, which it tells itself."""
        assert self._socket is not None
        if self._socket.target.stopping:
            self.turn(self._gave_up, None)
