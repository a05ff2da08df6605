"""What a stream's channel remembers of what it has sent."""

from __future__ import annotations

from binance_ws.simulator.channel import KEPT, KEPT_BYTES, Channel


def _sent(payloads: int, size: int) -> list[bytes]:
    channel = Channel("btcusdt@trade", lambda channel, on: None)
    for number in range(payloads):
        channel.publish(b"%0*d" % (size, number))
    return channel.record


def test_small_messages_are_bounded_by_their_number() -> None:
    """The last ones are kept, oldest first."""
    record = _sent(KEPT + 5, 8)
    assert (len(record), record[0], record[-1]) == (KEPT, b"%08d" % 5, b"%08d" % (KEPT + 4))


def test_large_messages_are_bounded_by_their_bytes() -> None:
    """A day of arrays of the whole market does not fill the memory; one message is kept, however large."""
    assert len(_sent(50, KEPT_BYTES // 10)) == 10
    assert len(_sent(3, KEPT_BYTES + 1)) == 1
