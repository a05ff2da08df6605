"""A notebook in a browser: run and read as a person would."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 60.0
"""How long anything may take that the page is asked for."""

_MODEL = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
_STATUS = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status ?? ''"
_KERNEL = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.id ?? ''"
_CONNECTED = (
    "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus ?? ''"
)
_INKED = """canvas => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0, sum = 0;
  for (let i = 3; i < data.length; i += 4) {
    if (data[i]) { inked++; sum = (sum * 31 + data[i - 1] + data[i - 2] * 3 + data[i - 3] * 7 + i) % 1000000007; }
  }
  return [inked, sum];
}"""


class Page:
    """One notebook on one page.

    Args:
        page: the browser's.
        url: the notebook's.
    """

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.updates = 0
        page.set_default_timeout(SECONDS * 1000)
        page.on("websocket", self._listen)
        page.goto(url)
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
        self.until(self.idle, "the kernel is idle")

    def _listen(self, connection: Any) -> None:
        connection.on("framereceived", self._count)

    def _count(self, frame: str | bytes) -> None:
        """Count what a kernel sends to widgets of ours."""
        data = frame.encode() if isinstance(frame, str) else frame
        self.updates += b"comm_msg" in data and b'"panes"' in data

    def until(self, true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
        """Wait until something is true of the page."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"not in time: {what}")
            self.page.wait_for_timeout(100)

    def rest(self, seconds: float) -> None:
        """Look on for a while."""
        self.page.wait_for_timeout(seconds * 1000)

    # ---- the kernel ---------------------------------------------------------------------------------------

    def idle(self) -> bool:
        """Whether the kernel waits for something to do."""
        return bool(self.page.evaluate(_STATUS) == "idle" and self.page.evaluate(_CONNECTED) == "connected")

    @property
    def kernel(self) -> str:
        """The kernel's name."""
        return str(self.page.evaluate(_KERNEL))

    def menu(self, bar: str, entry: str) -> None:
        """Choose from the menu."""
        self.page.click(f'.lm-MenuBar-itemLabel:text-is("{bar}")')
        self.page.click(f'.lm-Menu-itemLabel:text-matches("^{entry}")')

    def command(self, name: str) -> None:
        """What a key or a button would do."""
        self.page.evaluate("name => void window.jupyterapp.commands.execute(name)", name)

    def theme(self, name: str) -> None:
        """Light or dark."""
        command = "'apputils:change-theme', {theme: `JupyterLab ${name}`}"
        self.page.evaluate(f"name => window.jupyterapp.commands.execute({command})", name)

    def interrupt(self) -> None:
        """Press the square button."""
        self.page.click('[data-command="notebook:interrupt-kernel"], jp-button[title^="Interrupt"]')

    def restart(self) -> float:
        """Restart the kernel; seconds that it took."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.wait_for_selector(".jp-Dialog .jp-mod-warn")
        began = time.monotonic()
        self.page.click(".jp-Dialog .jp-mod-warn")
        self.until(lambda: not self.idle(), "the kernel goes down", 10)
        self.until(self.idle, "the kernel is back")
        return time.monotonic() - began

    # ---- cells --------------------------------------------------------------------------------------------

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The code cells with their outputs."""
        return [cell for cell in self.page.evaluate(_MODEL)["cells"] if cell["cell_type"] == "code"]

    @property
    def busy(self) -> bool:
        """Whether the last cell runs, whatever else the kernel does."""
        return str(self.page.locator(".jp-InputPrompt").last.inner_text()) == "[*]:"

    def run_all(self) -> None:
        """Run every cell, by the menu, until all have ended."""
        self.menu("Run", "Run All Cells")
        self.until(lambda: all(cell["execution_count"] for cell in self.cells), "every cell has been run")
        self.until(self.idle, "the kernel is idle")

    def add(self, code: str) -> None:
        """Write a cell at the end and run it."""
        self.page.keyboard.press("Escape")
        self.command("notebook:move-cursor-heading-below-or-expand")
        self.page.evaluate(
            "() => { const n = window.jupyterapp.shell.currentWidget.content; n.deselectAll();"
            " n.activeCellIndex = n.widgets.length - 1; }"
        )
        self.command("notebook:insert-cell-below")
        self.command("notebook:enter-edit-mode")
        self.rest(0.3)
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")

    def ask(self, code: str) -> str:
        """The text that one more cell gives."""
        before = len(self.cells)
        self.add(code)
        self.until(
            lambda: len(self.cells) > before and self.cells[-1]["execution_count"], f"{code} has been run"
        )
        self.until(self.idle, "the kernel is idle")
        return "".join(text_of(output) for output in self.cells[-1]["outputs"])

    def scroll_to(self, selector: str) -> Any:
        """The last of some elements, in sight."""
        found = self.page.locator(selector).last
        found.scroll_into_view_if_needed()
        return found

    # ---- what it shows ------------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Errors, and whatever went to the error stream."""
        outputs = [output for cell in self.cells for output in cell["outputs"]]
        bad = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
        return [text_of(output) or f"{output.get('ename')}: {output.get('evalue')}" for output in bad]

    def ink(self, canvas: Any) -> tuple[int, int]:
        """How many pixels of a canvas are not blank, and a sum that changes with them."""
        inked, total = canvas.evaluate(_INKED)
        return inked, total

    def rates(self, widget: Any) -> list[float]:
        """Messages a second of each pane of a widget."""
        texts = widget.locator(".bws-numbers").all_inner_texts()
        return [float(found[1]) for text in texts if (found := re.match(r"([\d.]+)/s", text))]

    def picture(self, element: Any, path: Path) -> None:
        """Keep a screenshot."""
        path.parent.mkdir(parents=True, exist_ok=True)
        element.screenshot(path=str(path))


def text_of(output: dict[str, Any]) -> str:
    """The text of an output."""
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    return "".join(text) if isinstance(text, list) else str(text)
