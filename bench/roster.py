"""Who takes part: one row a peer, in the order of the tables and of the runs. The code is in `peers/`.

What is compared most closely stands side by side, so that seconds lie between the samples, not minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PROJECT = "binance-ws"
RAW = "binance_ws, raw"


@dataclass(frozen=True)
class Row:
    """A peer: its label, its module in `peers/`, its virtual environment, and what decides its speed."""

    name: str
    module: str
    note: str
    venv: str = "main"
    distributions: tuple[str, ...] = ("orjson",)
    variables: dict[str, str] = field(default_factory=dict)
    ours: bool = False
    repeats: float = 1.0  # share of `--runs`
    variant: bool = False  # takes part only where the decoder makes a difference


OURS = (PROJECT, "websocket-client")

ROWS = (
    Row("binance_ws", "ours", "orjson, every feature on", distributions=(*OURS, "orjson"), ours=True),
    Row("picows", "picows", "asyncio, Cython; orjson", distributions=("picows", "orjson")),
    Row(
        "picows, uvloop",
        "picows_uvloop",
        "the same on uvloop",
        distributions=("picows", "uvloop", "orjson"),
        variant=True,
    ),
    Row(
        "binance_ws, json",
        "ours",
        "the stdlib's json",
        distributions=OURS,
        variables={"BINANCE_WS_JSON": "stdlib"},
        ours=True,
        variant=True,
    ),
    Row(RAW, "ours_raw", "bytes, no decoding", distributions=OURS, ours=True, variant=True),
    Row("bare loop", "bare", "recv, cut, orjson: no checks at all; the limit of Python", variant=True),
    Row("aiohttp", "aiohttp", "asyncio, C parser; orjson", distributions=("aiohttp", "orjson")),
    Row("websockets, asyncio", "websockets_asyncio", "orjson", distributions=("websockets", "orjson")),
    Row("websockets, threads", "websockets_sync", "orjson", distributions=("websockets", "orjson")),
    Row(
        "websocket-client",
        "websocket_client",
        "run_forever(skip_utf8_validation=True); orjson",
        distributions=("websocket-client", "orjson"),
    ),
    Row(
        "binance-connector",
        "binance_connector",
        "SpotWebsocketStreamClient; orjson in the callback",
        venv="binance-connector",
        distributions=("binance-connector", "websocket-client", "orjson"),
    ),
    Row(
        "unicorn-binance",
        "unicorn",
        "output='dict' (orjson inside); three runs of five, for each start takes five seconds",
        distributions=("unicorn-binance-websocket-api", "websockets", "orjson"),
        repeats=0.6,
    ),
    Row(
        "python-binance",
        "python_binance",
        "ThreadedWebsocketManager (orjson inside)",
        venv="python-binance",
        distributions=("python-binance", "websockets", "orjson"),
    ),
    Row(
        "python-binance 0.7",
        "python_binance_old",
        "Twisted, autobahn; ujson inside",
        venv="python-binance-0.7",
        distributions=("python-binance", "Twisted", "autobahn", "ujson"),
    ),
)

BY_NAME = {row.name: row for row in ROWS}
VENVS = tuple(dict.fromkeys(row.venv for row in ROWS))
