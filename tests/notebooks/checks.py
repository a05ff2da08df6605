"""What must be true of each notebook once it has been run: what the page shows, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .page import Page

WIDGET = ".bws"
MOST_BYTES = 150_000
"""Of a picture."""

Check = Callable[[Page, Path], None]


def first_steps(page: Page, images: Path) -> None:
    """Prices move, the manager is a table, nothing is sent while hidden, and an interrupt leaves sockets alive."""
    widget = page.scroll_to(WIDGET)
    _lively(page, widget, rates=3)
    page.rest(20)
    _keep(page, page.scroll_to(WIDGET), images / "notebook-watch.png")
    table = page.scroll_to('.jp-RenderedHTML:has-text("BinanceSocketManager")')
    assert "ethusdt@ticker" in table.inner_text()
    _keep(page, table, images / "notebook-table.png")
    _hidden_costs_nothing(page)
    _twice_is_once(page)
    _interrupt_leaves_sockets_alive(page)
    _shown_while_busy(page)
    _closed_is_said(page)


def candles(page: Page, images: Path) -> None:
    """Candles are drawn, and drawn anew in the colours of another theme."""
    widget = page.scroll_to(WIDGET)
    _lively(page, widget, rates=3)
    page.rest(45)
    widget = page.scroll_to(WIDGET)
    _keep(page, widget, images / "notebook-candles.png")
    legend = widget.locator(".bws-legend").first
    last = legend.inner_text()
    box = widget.locator("canvas").first.bounding_box()
    page.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60)
    page.until(lambda: legend.inner_text()[:5] != last[:5], "pointing at a candle tells about it")
    page.theme("Dark")
    page.rest(3)
    _keep(page, page.scroll_to(WIDGET), images / "notebook-dark.png")
    page.theme("Light")


def order_book(page: Page, images: Path) -> None:
    """Ladders move, and say the spread."""
    ladder = page.page.locator(WIDGET).first
    ladder.scroll_into_view_if_needed()
    rows = ladder.locator("tbody tr")
    page.until(lambda: rows.count() == 21, "ten levels of each side")
    before = ladder.inner_text()
    page.until(lambda: ladder.inner_text() != before, "the ladder moves")
    assert "spread" in ladder.inner_text()
    _keep(page, ladder.locator(".bws-pane"), images / "notebook-ladder.png")
    _lively(page, page.scroll_to(WIDGET), rates=2)
    assert "61" in page.scroll_to('.jp-RenderedHTML:has-text("BTCUSDT bid")').inner_text()


def recording(page: Page, images: Path) -> None:
    """What was recorded is replayed."""
    _lively(page, page.scroll_to(WIDGET), rates=3)


def user_data(page: Page, images: Path) -> None:
    """Orders have come, and the table of sockets is alive."""
    widget = page.scroll_to(WIDGET)
    page.until(lambda: "bnbusdt@trade" in widget.inner_text(), "the sockets are shown")
    before = widget.inner_text()
    page.until(lambda: widget.inner_text() != before, "the table moves")
    printed = json.dumps(page.cells)
    assert "FILLED" in printed


CHECKS: dict[str, Check] = {
    "1-first-steps.ipynb": first_steps,
    "2-candles.ipynb": candles,
    "3-order-book.ipynb": order_book,
    "4-recording.ipynb": recording,
    "5-user-data.ipynb": user_data,
}
"""What is looked at in each notebook."""


def restart(page: Page, plain: float) -> str:
    """A kernel with twenty open sockets restarts as one that has none; a sentence for people."""
    open_sockets = page.ask("print(sum(str(s.state) == 'open' for s in manager.sockets()))").strip()
    assert open_sockets == "20", open_sockets
    seconds = page.restart()
    assert seconds < plain + 2, f"the restart took {seconds:.1f} s, without sockets {plain:.1f} s"
    return f"a kernel with 20 sockets restarts in {seconds:.1f} s, one without in {plain:.1f} s"


def _lively(page: Page, widget: Any, rates: int) -> None:
    """Messages come to so many panes, and every canvas is drawn on and changes."""
    page.until(lambda: sum(rate > 0 for rate in page.rates(widget)) >= rates, f"{rates} rates are above 0")
    for canvas in widget.locator("canvas").all():
        page.until(lambda canvas=canvas: page.ink(canvas)[0] > 100, "the canvas is drawn on")  # type: ignore[misc]
        before = page.ink(canvas)[1]
        page.until(
            lambda canvas=canvas, before=before: page.ink(canvas)[1] != before,  # type: ignore[misc]
            "the canvas changes",
        )


def _keep(page: Page, element: Any, path: Path) -> None:
    page.picture(element, path)
    assert path.stat().st_size < MOST_BYTES, f"{path.name} has {path.stat().st_size} bytes"


def _hidden_costs_nothing(page: Page) -> None:
    """Out of sight, behind another tab, on a hidden page: nothing is sent; in sight again, it goes on."""
    hidden = "Object.defineProperty(document, 'visibilityState', {value: '%s', configurable: true});"
    told = "document.dispatchEvent(new Event('visibilitychange'))"
    ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "scrolled away": (lambda: page.scroll_to(".jp-Cell"), lambda: page.scroll_to(WIDGET)),
        "behind a tab": (
            lambda: page.command("launcher:create"),
            lambda: page.page.click(".lm-DockPanel-tabBar .lm-TabBar-tab:has-text('first-steps')"),
        ),
        "on a hidden page": (
            lambda: page.page.evaluate(f"() => {{ {hidden % 'hidden'} {told} }}"),
            lambda: page.page.evaluate(f"() => {{ {hidden % 'visible'} {told} }}"),
        ),
    }
    page.scroll_to(WIDGET)
    for way, (hide, show) in ways.items():
        _moves(page, f"before it is {way}")
        hide()
        page.rest(1.5)
        before = page.updates
        page.rest(3)
        assert page.updates == before, f"{way}, {page.updates - before} updates were sent"
        show()
        _moves(page, f"after it was {way}")


def _moves(page: Page, when: str) -> None:
    before = page.updates
    page.until(lambda: page.updates > before + 2, f"updates come {when}")


def _twice_is_once(page: Page) -> None:
    """Every cell run again, nothing is doubled."""
    count = (
        "print(len(manager.sockets()), sum(m.is_alive() for m in __import__('binance_ws').family.members()))"
    )
    before = page.ask(count)
    page.run_all()
    assert page.problems() == []
    assert page.ask(count) == before


def _interrupt_leaves_sockets_alive(page: Page) -> None:
    """Taking messages and joining the manager are interrupted, and nothing is closed; widgets go on meanwhile."""
    for code in ('for message in manager.stream("btcusdt@depth5"): pass', "manager.join()"):
        page.add(code)
        page.until(lambda: page.busy, f"{code} runs")
        page.scroll_to(WIDGET)
        _moves(page, "while a cell runs")
        page.interrupt()
        page.until(lambda: page.cells[-1]["outputs"], "the interrupt is shown")
        ended = page.cells[-1]["outputs"][-1]
        assert ended.get("ename") == "KeyboardInterrupt", ended
        page.until(page.idle, "the kernel is idle")
        states = page.ask("print({str(info.state) for info in manager.sockets()})").strip()
        assert states == "{'open'}", states


def _shown_while_busy(page: Page) -> None:
    """What a cell displays is alive before the cell has ended."""
    page.add('display(manager.watch("ethusdt@trade"))\nmanager.join(8)')
    page.until(lambda: page.page.locator(WIDGET).count() == 2, "the widget is displayed")
    widget = page.scroll_to(WIDGET)
    page.until(lambda: page.rates(widget) and page.rates(widget)[0] > 0, "messages come to it")
    assert page.busy, "the cell has ended before its widget was alive"
    page.until(lambda: not page.busy, "the cell ends")


def _closed_is_said(page: Page) -> None:
    """Once the manager is closed the widget says so."""
    page.ask("manager.close()")
    widget = page.scroll_to(WIDGET)
    page.until(
        lambda: "closed" in widget.locator(".bws-foot").inner_text(), "the widget says that it is closed"
    )
