"""The pane of all sockets."""

from __future__ import annotations

from binance_ws.notebook.overview import Overview
from tests.notebook.making import info


def test_a_row_for_each_socket() -> None:
    """Its numbers, in the order of the table's columns; the rate once two looks were taken."""
    infos = [info("a", messages=5, last=0.5, lag=3.0, gaps=1)]
    pane = Overview(lambda: infos)
    assert pane.now()["rows"] == [["a", "open", 5, None, 500.0, 3.0, 0, 1, 0, 0]]
    infos.append(info("b"))
    assert pane.now()["rows"][0][3] == 0.0
    assert (pane.count, pane.series(0), pane.fetch()) == (None, {}, False)
    assert pane.about()["kind"] == "sockets"
