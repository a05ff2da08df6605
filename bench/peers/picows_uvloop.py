"""picows on uvloop."""

from __future__ import annotations

import asyncio

import uvloop

from peers import picows


class Client(picows.Client):
    """The same listeners on the other loop."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        return loop
