"""Takes the pictures of terminal.md anew: ``python docs/screens.py``.

Runs each command in a real terminal (tmux) against the simulated exchange and draws what is seen as SVG. Needs
tmux and the extras ``cli`` and ``simulator``.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from binance_ws.simulator import Exchange, Symbol

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT = 100, 24
DEADLINE = 60.0
PORT = 8765
PROMPT = "$ "
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "PS1": PROMPT,
    "TERM": "xterm-256color",
}

SYMBOLS = (
    Symbol("BTCUSDT", "61837.64", "2.00", lot="0.5"),
    Symbol("ETHUSDT", "2683.80", "0.10", lot="5"),
    Symbol("SOLUSDT", "154.57", "0.01", lot="50"),
    Symbol("BNBUSDT", "516.10", "0.05", lot="9"),
    Symbol("XRPUSDT", "0.6154", "0.0001", lot="6000"),
    Symbol("DOGEUSDT", "0.10512", "0.00001", lot="20000"),
    Symbol("TONUSDT", "6.412", "0.001", lot="200"),
    Symbol("ADAUSDT", "0.3421", "0.0001", lot="3000"),
    Symbol("AVAXUSDT", "22.31", "0.01", lot="30"),
    Symbol("LINKUSDT", "10.48", "0.01", lot="40"),
)

THEME = TerminalTheme(
    (18, 22, 30),
    (214, 220, 228),
    [(60, 66, 78), (246, 70, 93), (46, 189, 133), (240, 185, 11), (97, 175, 239), (198, 120, 221), (86, 182, 194),
     (214, 220, 228)],
    [(110, 118, 130), (255, 107, 129), (86, 214, 164), (252, 213, 53), (120, 190, 250), (214, 150, 235),
     (110, 200, 212), (255, 255, 255)],
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture to take.

    Args:
        commands: what is typed, each when the one before has ended.
        shown: what is seen when all is there.
        seconds: how long to look on after that.
        symbols: what the exchange lists.
    """

    commands: tuple[str, ...]
    shown: str
    seconds: float = 0.0
    symbols: tuple[Symbol, ...] | int = 10


PICTURES = {
    "top": Picture(("binance-ws top",), r"LINKUSDT +\d", 25.0, SYMBOLS),
    "book": Picture(("binance-ws book BTCUSDT --levels 8",), "spread", 3.0),
    "stream": Picture(
        (
            "binance-ws stream btcusdt@trade ethusdt@trade --count 4",
            "binance-ws stream btcusdt@trade --count 1 --pretty",
        ),
        r'"M": true\s+\}\s+\$',
    ),
}


@contextmanager
def terminal(environment: dict[str, str]) -> Iterator[list[str]]:
    """A tmux of our own; what a tmux command begins with."""
    tmux = ["tmux", "-L", f"binance-ws-{os.getpid()}", "-f", os.devnull]
    size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
    given = [f"{name}={value}" for name, value in environment.items()]
    subprocess.run([*tmux, "new-session", "-d", *size, "env", "-i", *given, "bash", "--norc"], check=True)
    try:
        yield tmux
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


def seen(tmux: list[str], pattern: str) -> str:
    """The screen, colours and all, once it shows something."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        screen = subprocess.run(
            [*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True
        ).stdout
        if re.search(pattern, Text.from_ansi(screen).plain):
            return screen
        time.sleep(0.1)
    raise TimeoutError(f"{pattern!r} was not seen on the screen:\n{screen}")


def take(picture: Picture, host: str) -> str:
    """What is seen of a picture."""
    with terminal({**ENVIRONMENT, "BINANCE_WS_HOST": host}) as tmux:
        for before, command in zip(("", *picture.commands), picture.commands, strict=False):
            seen(tmux, rf"(?s){re.escape(before)}.*\$\s*\Z")
            subprocess.run([*tmux, "send-keys", command, "Enter"], check=True)
        seen(tmux, picture.shown)
        time.sleep(picture.seconds)
        return seen(tmux, picture.shown)


def drawn(screen: str, name: str) -> str:
    """A screen as SVG that needs no font from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(screen.rstrip()), no_wrap=True, crop=False)
    svg = console.export_svg(title="binance-ws", theme=THEME, unique_id=name)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    fonts = "'Fira Code', ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {fonts}", svg)


def main() -> None:
    """Take all of them, or those that are named."""
    IMAGES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or PICTURES:
        path, picture = IMAGES / f"{name}.svg", PICTURES[name]
        with Exchange(port=PORT, seed=8, symbols=picture.symbols) as exchange:
            path.write_text(drawn(take(picture, exchange.host), name), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
