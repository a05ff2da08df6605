"""The README's code runs, against the simulated exchange."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from binance_ws import family
from binance_ws.simulator import Exchange

from .peer import SECONDS

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def test_its_code_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each block, in order, in one namespace; that of ways out needs a proxy and certificates of the reader's."""
    space: dict[str, Any] = {}
    with Exchange(recording=["demo", "demo-usdm"], speed=20) as exchange:
        monkeypatch.setenv("BINANCE_WS_HOST", exchange.host)
        ran = [block for block in BLOCKS if "proxies=" not in block]
        for block in ran:
            exec(compile(block, str(README), "exec"), space)
        for member in family.members():
            member.close()
        space["manager"].join(SECONDS)
    assert len(ran) == 3
    assert "ethusdt@kline_1m" in (said := capsys.readouterr().out) or "btcusdt@trade" in said
