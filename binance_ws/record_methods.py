"""The call that records streams, beside those that start sockets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from . import plans
from .core.given import positive
from .enums import Market
from .errors import ArgumentError
from .opener import Opener
from .recorder.box import Box
from .recorder.files import Files
from .recorder.notes import header
from .recorder.recorder import Recorder
from .recorder.snapshots import Snapshots
from .streams.kinds import Stream

BUFFER_BYTES = 64 << 20
"""What may wait for the disk, unless something else is asked for."""


class RecordMethods(Opener):
    """What records streams."""

    def record(
        self,
        path: str | os.PathLike[str],
        *streams: Stream | str,
        market: Market | str = Market.SPOT,
        max_bytes: int | None = None,
        max_seconds: float | None = None,
        buffer_bytes: int = BUFFER_BYTES,
        snapshots: bool = True,
    ) -> Recorder:
        """Record streams of one market to files: each frame as it came, with the time of its receipt in ns.

        What a gap has swallowed is fetched as for any socket, and marked; what stayed missing, lost
        connections and whatever else happened is noted in its place. What is older than a second can be read
        whatever becomes of the process. Reading never waits for the disk.

        Args:
            path: ends with ``.jsonl.zst`` (needs the extra ``record``), ``.jsonl.gz`` or ``.jsonl``. No file
                is ever written over: where there is one, and where a file is full, ``name.0001.jsonl.zst`` is
                next.
            streams: made by :mod:`binance_ws.streams.names`, or names of ``market``.
            market: of the streams that are given as names.
            max_bytes: of a file, packed, after which the next one begins; ``None`` for no limit.
            max_seconds: after which the next file begins; ``None`` for no limit.
            buffer_bytes: messages that may wait for the disk; those that find no room are dropped, counted
                and noted.
            snapshots: whether a snapshot of each book whose changes are recorded is fetched when they begin and
                after some were missed or dropped: a line of its own, which the replay begins with.

        Raises:
            ArgumentError: an argument cannot be used, the file cannot be made, or these streams are being
                recorded.
            MissingExtra: ``zstandard`` is not installed.
        """
        _check(max_bytes=max_bytes, max_seconds=max_seconds, buffer_bytes=buffer_bytes)
        found = _of_one_market(streams, market)
        files = Files(Path(path), self._header(found), max_bytes, max_seconds)
        recorder = self._recorder(files, found, buffer_bytes, snapshots)
        try:
            self._open_recording(recorder, plans.framed(found, found[0].market))
        except Exception:
            recorder.finish()
            raise
        return recorder

    def _recorder(
        self, files: Files, streams: Sequence[Stream], buffer_bytes: int, snapshots: bool
    ) -> Recorder:
        box, name = Box(buffer_bytes), f"binance_ws snapshots {files.path.name}"
        asker = Snapshots(name, streams, self._client.get, box.note) if snapshots else None
        return Recorder(files, box, asker, self._listeners)

    def _open_recording(self, recorder: Recorder, plan: plans.Plan) -> None:
        key = self._claim(recorder.bring, plan, ending=recorder.finish)
        if key is False:
            path = plan.path
            raise ArgumentError(f"{path} is being recorded already; stop_socket({path!r}) ends that")
        stop = partial(self.stop_socket, key)
        try:
            recorder.begin(key, stop)
        except OSError as error:
            stop()
            raise ArgumentError(f"the recording {recorder.path} cannot be made: {error.strerror}") from error

    def _header(self, streams: Sequence[Stream]) -> Callable[[int], bytes]:
        names = [stream.name for stream in streams]
        market, environment = streams[0].market, self._client.environment.name
        return lambda part: header(time.time_ns(), market, environment, names, part)


def _of_one_market(streams: Sequence[Stream | str], market: Market | str) -> list[Stream]:
    """The streams; a recording is of one market, because a name may mean a stream of each."""
    found = plans.classified(streams, market)
    if len({stream.market for stream in found}) > 1:
        raise ArgumentError(
            "a recording has streams of one market; record those of another to a file of their own"
        )
    return found


def _check(**limits: float | None) -> None:
    for name, limit in limits.items():
        if limit is not None:
            positive(name, limit)
