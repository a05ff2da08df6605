"""The market of one host: all its symbols, fed by a replay and by seeded markets, in order of the moments."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from ..enums import Market as Product
from ..streams.kinds import Stream
from .channel import Channel
from .derive import Feed
from .dialect import SPOT, Dialect, recognised, trading
from .instrument import Instrument
from .recording import Recording, encode
from .replay import Replay
from .seeded import Seeded
from .symbols import TRADING, Symbol

_MS = 1_000_000
_FAST, _SLOW = 100, 1_000
# So many symbols move ten times a second; the rest of a large market once.
_LIVELY = 50
FOREVER = 1 << 63
_WHOLE = ("all_tickers", "all_book_tickers")


class Market:
    """The market of all symbols.

    Args:
        symbols: what is listed.
        seed: of the random markets.
        start: the first moment in ns; ``None`` for the recording's own.
        recording: what is replayed; its symbols have no random market.
        loop: whether the recording begins again at its end.
        whole_market: whether spot's ``!ticker@arr`` and ``!bookTicker`` are served.
        dialect: how its host talks.
    """

    def __init__(
        self,
        symbols: Iterable[Symbol],
        seed: int,
        start: int | None,
        recording: Recording | None = None,
        loop: bool = True,
        whole_market: bool = False,
        dialect: Dialect = SPOT,
    ) -> None:
        self.dialect = dialect
        self.symbols = {symbol.name: symbol for symbol in symbols}
        self._whole_market = whole_market
        self._channels: dict[str, Channel] = {}
        self._instruments: dict[str, Instrument] = {}
        self._seeded: dict[str, Seeded] = {}
        self._awake: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._feeds: dict[str, Feed] = {}
        self._seed = seed
        self.listened = 0
        self.replay = Replay(recording, self, start, loop) if recording else None
        self.now = self.replay.start if self.replay else start or 0
        self._grid = dialect.grid * _MS
        self._start = self.now // self._grid * self._grid
        self._tick = self._start + self._grid

    # What is listed.

    def instrument(self, symbol: str) -> Instrument:
        """The market of a symbol, in the present. A symbol that nobody listed is listed now."""
        name = symbol.upper()
        if name not in self._instruments:
            self.symbols.setdefault(name, self.dialect.named(name))
            self._instruments[name] = Instrument(self.symbols[name], self._open, self.dialect)
        seeded = self._seeded.get(name)
        if seeded and not self._awake.get(name):
            seeded.catch_up(self.now)
        return self._instruments[name]

    def find(self, symbol: str) -> Instrument | None:
        """The market of a symbol for REST; ``None`` where it is not listed."""
        if symbol not in self.symbols:
            return None
        if self.symbols[symbol].status == TRADING:
            self._breathe(symbol)
        return self.instrument(symbol)

    def instruments(self) -> Iterable[Instrument]:
        """The markets of all symbols that trade."""
        return [self.instrument(name) for name in trading(self.symbols)]

    def _breathe(self, name: str) -> None:
        """Give a symbol that the recording lacks its random market."""
        if name in self._seeded or (self.replay and name in self.replay.fed):
            return
        instrument = self.instrument(name)
        lively = len(self._seeded) < _LIVELY
        self._seeded[name] = Seeded(instrument, self._seed, self._start, _FAST if lively else _SLOW)
        self.instrument(name)

    # Who listens.

    def channel(self, name: str) -> Channel | None:
        """The channel of a stream; ``None`` for one that is not served."""
        return self._open(name) if self.stream(name) else None

    def stream(self, name: str) -> Stream | None:
        """The stream of a name; ``None`` where it is not served."""
        return next((stream for stream, _, _ in self._meant(name)), None)

    def about(self, name: str) -> list[str]:
        """The symbols that a stream is about."""
        return next((symbols for _, _, symbols in self._meant(name)), [])

    def _meant(self, name: str) -> Iterator[tuple[Stream, dict[str, str], list[str]]]:
        """What a name means: the stream, the values of its placeholders, the symbols that it is about."""
        for product in self.dialect.products:
            stream, values = recognised(name, product) or (None, {})
            symbols = self.dialect.concerned(stream, values, self.symbols) if stream else []
            if stream and symbols and (self._whole_market or not _retired(stream)):
                yield stream, values, symbols

    def _open(self, name: str) -> Channel:
        if name not in self._channels:
            self._channels[name] = Channel(name, self._turned)
        return self._channels[name]

    def opened(self, name: str) -> Channel | None:
        """The channel of a name if anybody ever opened it."""
        return self._channels.get(name)

    @property
    def sent(self) -> int:
        """How many messages were sent to anybody."""
        return sum(channel.sent for channel in self._channels.values())

    def _turned(self, channel: Channel, on: bool) -> None:
        stream, values, symbols = next(self._meant(channel.name))
        self.listened += 1 if on else -1
        for name in symbols:
            self._wake(name) if on else self._sleep(name)
        if on:
            self._begin(stream, values)
        elif channel.name in self._feeds:
            self._feeds.pop(channel.name).stop()

    def _wake(self, name: str) -> None:
        self._breathe(name)
        self._awake[name] = self._awake.get(name, 0) + 1
        if name in self._seeded and self._awake[name] == 1:
            heapq.heappush(self._heap, (self._seeded[name].due, name))

    def _sleep(self, name: str) -> None:
        self._awake[name] -= 1
        if not self._awake[name]:
            self._heap = [each for each in self._heap if each[1] != name]
            heapq.heapify(self._heap)

    def _begin(self, stream: Stream, values: dict[str, str]) -> None:
        if self.replay and stream.name in self.replay.verbatim:
            return
        made = self.dialect.feed(stream, values, self)
        if made:
            self._feeds[stream.name] = made

    # What happens.

    @property
    def due(self) -> int:
        """When something happens next, in ns."""
        played = self.replay.due if self.replay else None
        return min(
            self._tick, FOREVER if played is None else played, self._heap[0][0] if self._heap else FOREVER
        )

    def advance(self, until: int, budget: int) -> bool:
        """Let happen what is due up to a moment in ns; whether all of it did within about ``budget`` events."""
        while budget > 0:
            taken = self.step(until, budget)
            if not taken:
                return True
            budget -= taken
        return False

    def step(self, until: int, budget: int) -> int:
        """Let happen what is due next up to a moment in ns, at most about ``budget`` events; 0 for nothing."""
        other = min(self._tick, self._heap[0][0] if self._heap else FOREVER)
        played = self.replay.due if self.replay else None
        if self.replay and played is not None and played <= min(other, until):
            taken = self.replay.fire(min(other, until), budget)
            self.now = max(self.now, played)
            return taken
        if other <= until:
            return self._happen(other)
        self.now = max(self.now, min(until, FOREVER - 1))
        return 0

    def rest(self, moment: int) -> None:
        """Be at a moment in ns, without anything having happened."""
        if moment > self.now:
            self.now = moment
            self._tick = max(self._tick, moment // self._grid * self._grid + self._grid)

    @property
    def busy(self) -> bool:
        """Whether anything happens here that anybody sees."""
        return bool(self.listened or self.replay)

    def _happen(self, moment: int) -> int:
        self.now = max(self.now, moment)
        if self._heap and self._heap[0][0] <= moment:
            seeded = self._seeded[self._heap[0][1]]
            seeded.fire()
            heapq.heapreplace(self._heap, (seeded.due, seeded.instrument.name))
            return 3
        self._tick += self._grid
        return self._send(moment // _MS)

    def _send(self, now: int) -> int:
        for instrument in self._instruments.values():
            instrument.settle(now)
        for name, made in list(self._feeds.items()):
            if now % made.period == 0:
                for payload in made.make(now):
                    self._channels[name].publish(encode(payload))
        return 1 + len(self._feeds)


def _retired(stream: Stream) -> bool:
    return stream.market is Product.SPOT and stream.kind.name in _WHOLE
