"""Run the notebooks of ``examples/`` in a JupyterLab and a Chromium without a window, and look at the pages.

    python -m tests.notebooks [--images docs/images] [1-first-steps.ipynb …]

Needs JupyterLab, Playwright and a Chromium; ``make test-notebooks`` installs the first two.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from .checks import CHECKS, restart
from .lab import Lab
from .page import Page

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

RESTART = [
    """from binance_ws import BinanceSocketManager, Client
from binance_ws.simulator import Exchange
exchange = Exchange(symbols=20).start()
manager = BinanceSocketManager(Client(environment=exchange.environment))
manager.start()
for symbol in manager._client.exchange_info()["symbols"][:20]:
    manager.start_trade_socket(symbol["symbol"], lambda message: None)
manager.wait_connected(timeout=30)""",
]


def main() -> int:
    """Run it; 0 where everything is as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.notebooks", description="Run the notebooks in a browser."
    )
    parser.add_argument(
        "notebooks", nargs="*", default=list(CHECKS), help="names of notebooks; all by default"
    )
    parser.add_argument("--images", type=Path, help="where to keep screenshots; nowhere by default")
    options = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No Chromium is installed: apt-get install chromium, or put one on the PATH.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        images = options.images or Path(folder) / "images"
        return _run(Path(folder), browser, options.notebooks, images)


def _run(folder: Path, browser: str, notebooks: list[str], images: Path) -> int:
    playwright: Any = importlib.import_module("playwright.sync_api")
    lab = Lab([ROOT / "examples" / name for name in CHECKS], folder)
    lab.write("plain.ipynb", ["1 + 1"])
    lab.write("restart.ipynb", RESTART)
    failed = []
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        with lab:
            for name in [*notebooks, *(["restart.ipynb"] if len(notebooks) == len(CHECKS) else [])]:
                if not _passed(chromium, lab, name, images):
                    failed.append(name)
        chromium.close()
    strange = _strange(lab.log)
    print(strange, end="")
    print(f"failed: {', '.join(failed)}" if failed else "all notebooks are as they should be")
    return 1 if failed or strange else 0


def _strange(log: str) -> str:
    """What of the log should not be there: words of the library, and tracebacks through it."""
    lines = log.splitlines(keepends=True)
    suspects = [n for n, line in enumerate(lines) if "binance_ws" in line]
    return "".join("".join(lines[max(0, n - 20) : n + 20]) for n in suspects[:1])


def _passed(chromium: Any, lab: Lab, name: str, images: Path) -> bool:
    context = chromium.new_context(viewport={"width": 1280, "height": 960}, device_scale_factor=1.5)
    tab, said = context.new_page(), []
    tab.on("pageerror", lambda error: said.append(f"the page raised {error}"))
    try:
        print(f"{name}: {_look(tab, lab, name, images)}", flush=True)
        assert said == [], said
        return True
    except Exception as error:
        picture = Path(tempfile.gettempdir()) / f"failed-{Path(name).stem}.png"
        tab.screenshot(path=str(picture))
        print(f"{name}: {type(error).__name__}: {error}; see {picture}", flush=True)
        return False
    finally:
        context.close()


def _look(tab: Any, lab: Lab, name: str, images: Path) -> str:
    if name == "restart.ipynb":
        plain = Page(tab, lab.url("plain.ipynb"))
        plain.run_all()
        seconds = plain.restart()
        page = Page(tab, lab.url(name))
        page.run_all()
        return restart(page, seconds)
    page = Page(tab, lab.url(name))
    page.run_all()
    assert page.problems() == [], page.problems()
    CHECKS[name](page, images)
    assert [p for p in page.problems() if "KeyboardInterrupt" not in p] == []
    return "as it should be"


if __name__ == "__main__":
    sys.exit(main())
