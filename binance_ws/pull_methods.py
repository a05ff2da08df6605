"""The call that opens streams to be taken from, beside those that start sockets."""

from __future__ import annotations

from functools import partial

from . import plans
from .enums import Market
from .errors import ArgumentError
from .net.mailbox import Mailbox
from .opener import Opener
from .pull import MessageStream, subject_of
from .streams.kinds import Stream


class PullMethods(Opener):
    """What opens streams as iterators."""

    def stream(
        self,
        *streams: Stream | str,
        market: Market | str = Market.SPOT,
        maxsize: int = 10_000,
        overflow: str = "block",
    ) -> MessageStream:
        """Streams as a blocking iterator, opened at once where the manager is started.

        Args:
            streams: made by :mod:`binance_ws.streams.names`, or names of ``market``.
            market: of the streams that are given as names.
            maxsize: messages that may wait to be taken.
            overflow: what happens to one message too many; see :class:`binance_ws.net.mailbox.Mailbox`.

        Raises:
            ArgumentError: no stream was given, one is unknown, or it is open already.
        """
        plan = plans.mixed(streams, market, raw=False)
        box = Mailbox(plan.path, maxsize, overflow, subject_of)
        taken = MessageStream(box, None if plan.shape.wrapped else plan.path)
        key = self._claim(taken.bring, plan, ending=box.close)
        if key is False:
            raise ArgumentError(f"{plan.path} is open already; stop_socket({plan.path!r}) frees it")
        taken.stopped_by(partial(self.stop_socket, key))
        return taken
