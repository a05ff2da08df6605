"""The call that opens streams to be taken from, beside those that start sockets."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cached_property, partial
from weakref import WeakValueDictionary

from . import plans
from .enums import Market
from .errors import ArgumentError
from .handle import Handle
from .net.mailbox import Mailbox
from .opener import Opener
from .pull import MessageStream, subject_of
from .registry import Registry
from .streams.kinds import Stream
from .thread_like import is_interactive


class PullMethods(Opener):
    """What opens streams as iterators."""

    _registry: Registry[Handle]

    @cached_property
    def _streams(self) -> MutableMapping[tuple[Market, str], MessageStream]:
        return WeakValueDictionary()

    def stream(
        self,
        *streams: Stream | str,
        market: Market | str = Market.SPOT,
        maxsize: int = 10_000,
        overflow: str = "block",
    ) -> MessageStream:
        """Streams as a blocking iterator, opened at once where the manager is started; who takes needs that.

        At a prompt or in a notebook it takes the place of an elder one of the same streams, so that a cell can be
        run again.

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
        elder = self._streams.get((plan.market, plan.path))
        if elder is not None and is_interactive():
            elder.close()
        key = self._claim(taken.bring, plan, box, box.close)
        if key is False:
            raise ArgumentError(f"{plan.path} of {plan.market} is open already; stop it by its key first")
        taken.stopped_by(partial(self.stop_socket, key))
        taken.starts_with(key, lambda: self._registry.running is not None)
        self._streams[plan.market, plan.path] = taken
        return taken
