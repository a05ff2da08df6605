"""Plays a recording into the market, again and again, later rounds with ids and times moved on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..streams.kinds import Stream
from .amounts import to_int
from .book import Best, Diff, Level
from .candles import Trade
from .channel import Channel
from .dialect import Dialect, recognised
from .instrument import Instrument
from .recording import Frame, Recording
from .wire import shifted

_MS = 1_000_000
# Rounds are whole tenths of a second long, so that the market's 100 ms grid stays where it is.
_GRID = 100 * _MS

_FASTEST = ("@0ms", "@100ms", "", "@250ms", "@500ms")
"""The speeds of changes of the book; of those that were recorded the first one feeds the market."""

_IDS: dict[str, dict[bytes, str]] = {
    "agg_trade": {b"a": "aggregate", b"f": "trade", b"l": "trade"},
    "kline": {b"f": "trade", b"L": "trade"},
    "ticker": {b"F": "trade", b"L": "trade"},
    "partial_depth": {b"lastUpdateId": "update"},
}
"""Which fields of the other recorded streams are ids, and of what."""

_TIMED: dict[str, tuple[bytes, ...]] = {"kline": (b"E", b"T", b"t"), "ticker": (b"E", b"O", b"C")}


class Market(Protocol):
    """What a replay needs of the market."""

    dialect: Dialect

    def channel(self, name: str) -> Channel | None:
        """The channel of a stream, if it is served."""

    def instrument(self, symbol: str) -> Instrument:
        """The market of a symbol."""


class _Ids:
    """The ids of one kind of one symbol: what was seen in a round, and how far the round is moved."""

    def __init__(self) -> None:
        self.shift = 0
        self.low: int | None = None
        self.high = 0

    def see(self, first: int, last: int) -> None:
        self.low = first if self.low is None else min(self.low, first)
        self.high = max(self.high, last)

    def turn(self) -> None:
        if self.low is not None:
            self.shift += self.high - self.low + 1


class _Track:
    """One symbol of the recording."""

    def __init__(self, instrument: Instrument, snapshot: dict[str, Any] | None) -> None:
        self.instrument = instrument
        self.trade, self.update, self.aggregate = _Ids(), _Ids(), _Ids()
        self.seam = False
        self.has_book = False
        data = snapshot or {"lastUpdateId": 0, "bids": [], "asks": []}
        self.last: int = data["lastUpdateId"]
        self.levels = _levels(data["bids"]), _levels(data["asks"])
        instrument.book.load(self.last, *self.levels)

    def turn(self) -> None:
        """Begin the next round."""
        for ids in (self.trade, self.update, self.aggregate):
            ids.turn()
        self.seam = self.has_book

    def mend(self, now: int) -> None:
        """Send what turns the book at a round's end into the one at its start."""
        book = self.instrument.book
        last = max(self.last + self.update.shift, book.last + 1)
        self.instrument.diff(Diff(book.last + 1, last, *book.difference(*self.levels), now))


def _levels(pairs: list[list[str]]) -> tuple[Level, ...]:
    return tuple((to_int(price), to_int(quantity)) for price, quantity, *_ in pairs)


Handler = Callable[[Frame], None]


class Replay:
    """A recording as a source of the market.

    Args:
        recording: what is played.
        market: where it is played.
        start: the moment of the first frame on the market's clock, in ns; ``None`` for the recorded one.
        loop: whether it begins again at its end.
    """

    def __init__(self, recording: Recording, market: Market, start: int | None, loop: bool) -> None:
        self._recording, self._market, self._loop = recording, market, loop
        recorded = recording.start + recording.lead
        self.start = recorded if start is None else start
        self._move = self.start - recorded
        self._length = (recording.end - recording.start) // _GRID * _GRID + _GRID
        self._tracks: dict[str, _Track] = {}
        self.verbatim: set[str] = set()
        self.fed: set[str] = set()
        self._handlers: dict[str, Handler] = {name: self._handler(name) for name in sorted(recording.streams)}
        self._frames: Iterator[Frame] = recording.frames()
        self._next: Frame | None = next(self._frames)
        self.rounds = 0

    @property
    def due(self) -> int | None:
        """When the next frame is due, in ns; ``None`` after the last one."""
        return None if self._next is None else self._next.at + self._recording.lead + self._move

    def fire(self, limit: int, budget: int) -> int:
        """Play what is due up to a moment in ns, at most ``budget`` frames; how many were played."""
        ahead = limit - self._recording.lead - self._move
        played = 0
        while self._next is not None and self._next.at <= ahead and played < budget:
            frame, self._next = self._next, next(self._frames, None)
            self._handlers[frame.stream](frame)
            played += 1
            if self._next is None:
                return played + self._turn()
        return played

    def _turn(self) -> int:
        if self._loop:
            self.rounds += 1
            self._move += self._length
            for track in self._tracks.values():
                track.turn()
            self._frames = self._recording.frames()
            self._next = next(self._frames)
        return 0

    def _handler(self, name: str) -> Handler:
        stream, _ = recognised(name, self._recording.market) or (None, None)
        if stream is None:
            return lambda frame: None
        handlers = {"trade": self._trade, "book_ticker": self._quote, "depth": self._depth}
        if stream.kind.name in handlers:
            self.fed.add(stream.symbol.upper())
        return handlers.get(stream.kind.name, self._other)(stream)

    def _track(self, stream: Stream) -> _Track:
        symbol = stream.symbol.upper()
        if symbol not in self._tracks:
            snapshot = self._recording.snapshots.get(symbol)
            self._tracks[symbol] = _Track(self._market.instrument(stream.symbol), snapshot)
        return self._tracks[symbol]

    def _trade(self, stream: Stream) -> Handler:
        track = self._track(stream)

        def play(frame: Frame) -> None:
            trade = frame.parsed = frame.parsed or _trade(frame.payload)
            track.trade.see(trade.id, trade.id)
            shift, moved = track.trade.shift, self._move // _MS
            if moved:
                id, price, quantity, time, maker = trade
                trade = Trade(id + shift, price, quantity, time + moved, maker)
            moves = {b"E": moved, b"T": moved, b"t": shift}
            track.instrument.trade(trade, lambda: shifted(frame.payload, moves) if moved else frame.payload)

        return play

    def _quote(self, stream: Stream) -> Handler:
        track = self._track(stream)
        track.instrument.quoted = True

        def play(frame: Frame) -> None:
            best = frame.parsed = frame.parsed or _best(frame.payload)
            track.update.see(best.update, best.update)
            shift = track.update.shift
            if shift:
                best = Best(best.update + shift, *best[1:])
            moved = self._move // _MS
            moves = {b"E": moved, b"T": moved, b"u": shift}
            track.instrument.quote(best, lambda: shifted(frame.payload, moves) if moved else frame.payload)

        return play

    def _depth(self, stream: Stream) -> Handler:
        track = self._track(stream)
        base = f"{stream.symbol}@depth"
        speeds = [speed for speed in _FASTEST if base + speed in self._recording.streams]
        if stream.name != base + speeds[0]:
            return lambda frame: None
        track.has_book = True
        channel = self._own(stream)

        def play(frame: Frame) -> None:
            diff, previous = frame.parsed = frame.parsed or _diff(frame.payload)
            track.last = track.last or diff.first - 1
            # What the snapshot already contains is left out, as it would put the book back.
            if diff.last > track.last:
                track.update.see(track.last, diff.last)
                self._change(track, diff, previous, frame.payload, channel)

        return play

    def _own(self, stream: Stream) -> Channel | None:
        """The channel of changes that were not recorded at the speed of those that follow at once."""
        if stream.name == f"{stream.symbol}@{self._market.dialect.names.diff}":
            return None
        self.verbatim.add(stream.name)
        return self._market.channel(stream.name)

    def _change(
        self, track: _Track, diff: Diff, previous: int, payload: bytes, channel: Channel | None
    ) -> None:
        moved, shift = self._move // _MS, track.update.shift
        first = diff.first + shift
        if track.seam:
            track.mend(diff.time + moved)
            track.seam, first = False, track.instrument.book.last + 1
        moves = {b"E": moved, b"T": moved, b"U": first - diff.first, b"u": shift}
        moves[b"pu"] = track.instrument.book.last - previous
        if moved:
            diff = diff._replace(first=first, last=diff.last + shift, time=diff.time + moved)

        def made() -> bytes:
            return shifted(payload, moves) if moved else payload

        track.instrument.diff(diff, made)
        if channel is not None and channel.wanted:
            channel.publish(made())

    def _other(self, stream: Stream) -> Handler:
        self.verbatim.add(stream.name)
        channel = self._market.channel(stream.name)
        track = self._track(stream) if stream.symbol else None
        if track and stream.kind.name == "agg_trade":
            track.instrument.aggregated = True
        ids = _IDS.get(stream.kind.name, {})

        def play(frame: Frame) -> None:
            if channel is None or not channel.wanted:
                return
            payload = frame.payload
            if self._move:
                moves = dict.fromkeys(_TIMED.get(stream.kind.name, (b"E", b"T")), self._move // _MS)
                moves.update({key: getattr(track, name).shift for key, name in ids.items() if track})
                payload = shifted(payload, moves)
            channel.publish(payload)

        return play


def _trade(payload: bytes) -> Trade:
    data = json.loads(payload)
    return Trade(data["t"], to_int(data["p"]), to_int(data["q"]), data["T"], data["m"])


def _best(payload: bytes) -> Best:
    data = json.loads(payload)
    return Best(data["u"], to_int(data["b"]), to_int(data["B"]), to_int(data["a"]), to_int(data["A"]))


def _diff(payload: bytes) -> tuple[Diff, int]:
    """The change, and the update id before it where it says that."""
    data = json.loads(payload)
    diff = Diff(data["U"], data["u"], _levels(data["b"]), _levels(data["a"]), data["E"])
    return diff, data.get("pu", 0)
