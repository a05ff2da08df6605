"""Commands that have little to show, in a real terminal all the same: what is seen, and how keys end them."""

from __future__ import annotations

from pathlib import Path

from binance_ws.simulator import Exchange

from .people import CTRL_C, terminal


def test_the_demo_can_be_interrupted() -> None:
    """Messages are seen as they come; Ctrl-C ends it without a traceback."""
    with terminal(None, "demo") as shown:
        shown.see("simulated exchange replays real frames", "btcusdt@trade .* at ")
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert code in (0, 130)
    assert "Traceback" not in rest


def test_the_doctor_shows_a_table(exchange: Exchange) -> None:
    """Each check with what was found, and a line that sums up; nothing of the waiting is left."""
    with terminal(exchange, "doctor", "--market", "spot", width=120) as shown:
        code, seen = shown.end()
    assert code == 0
    assert "binance-ws doctor: 127.0.0.1" in seen
    assert "0 failed" in seen


def test_a_script_is_migrated(tmp_path: Path) -> None:
    """It stands in the terminal with its import lines changed."""
    script = tmp_path / "old.py"
    script.write_text(
        "from binance.client import Client\nfrom binance.websockets import BinanceSocketManager\n"
    )
    with terminal(None, "migrate", str(script)) as shown:
        code, seen = shown.end()
    assert code == 0
    assert "from binance_ws import" in seen
    assert "Traceback" not in seen


def test_a_recording_is_served_until_ctrl_c() -> None:
    """It says where, and ends politely."""
    with terminal(None, "replay", "demo", "--port", "0") as shown:
        shown.see(r"BINANCE_WS_HOST=127\.0\.0\.1:\d+")
        shown.press(CTRL_C)
        code, rest = shown.end()
    assert code == 0
    assert "Traceback" not in rest
