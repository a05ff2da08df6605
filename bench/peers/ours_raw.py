"""binance_ws with `raw=True`: the frames' bytes, not decoded."""

from __future__ import annotations

from peers import ours


class Client(ours.Client):
    """The same manager; sockets that hand over bytes."""

    def start(self, index: int) -> None:
        self.manager.start_socket(self.on_message, self.target.stream(index), raw=True)
