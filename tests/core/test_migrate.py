"""Tests of the rewriting of old scripts' imports."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.core.migrate import Migration, migrate
from binance_ws.core.moves import MODULES
from binance_ws.errors import ArgumentError

MANAGER = "from binance.websockets import BinanceSocketManager\n"
MANAGER_HERE = "from binance_ws import BinanceSocketManager\n"

CHANGED: dict[str, tuple[str, str]] = {
    "the manager": (MANAGER, MANAGER_HERE),
    "under another name": (
        "from binance.websockets import BinanceSocketManager as B",
        "from binance_ws import BinanceSocketManager as B",
    ),
    "all names": ("from binance.websockets import *", "from binance_ws import BinanceSocketManager"),
    "the enums": ("from binance.enums import *", "from binance_ws.enums import *"),
    "one enum": (
        "from binance.enums import KLINE_INTERVAL_1DAY as D",
        "from binance_ws.enums import KLINE_INTERVAL_1DAY as D",
    ),
    "parentheses and comments": (
        "from  binance.enums import (  # all\n    SIDE_BUY,  # one\n    SIDE_SELL,\n)",
        "from  binance_ws.enums import (  # all\n    SIDE_BUY,  # one\n    SIDE_SELL,\n)",
    ),
    "a module": ("import binance.websockets as w", "import binance_ws as w"),
    "a module among others": ("import os, binance.enums as e, sys", "import os, binance_ws.enums as e, sys"),
    "a module of the package": (
        "from binance import websockets, enums as e",
        "import binance_ws as websockets, binance_ws.enums as e",
    ),
    "dotted uses": (
        "import binance.websockets\nbinance.websockets.BinanceSocketManager(None)",
        "import binance_ws\nbinance_ws.BinanceSocketManager(None)",
    ),
    "behind another statement": (
        "try: import os; from binance.websockets import BinanceSocketManager\nfinally: pass",
        "try: import os; from binance_ws import BinanceSocketManager\nfinally: pass",
    ),
    "behind text that is wider in bytes": (
        'print("é€𝄞"); from binance.websockets import BinanceSocketManager',
        'print("é€𝄞"); from binance_ws import BinanceSocketManager',
    ),
    "the reactor": (
        MANAGER + "from twisted.internet import reactor\nreactor.stop()",
        MANAGER_HERE + "from binance_ws.compat import reactor\nreactor.stop()",
    ),
    "the reactor inside a function": (
        MANAGER + "def stop():\r\n    from twisted.internet import reactor as r\r\n    r.stop()",
        MANAGER_HERE + "def stop():\r\n    from binance_ws.compat import reactor as r\r\n    r.stop()",
    ),
    "line ends of old": (
        MANAGER.replace("\n", "\r") + "x = 1\r",
        MANAGER_HERE.replace("\n", "\r") + "x = 1\r",
    ),
    "what is already here": (MANAGER_HERE, MANAGER_HERE),
    "nothing of ours": (
        "from .binance.websockets import x\nimport asyncio",
        "from .binance.websockets import x\nimport asyncio",
    ),
}


@pytest.mark.parametrize(("old", "new"), CHANGED.values(), ids=CHANGED)
def test_imports_are_changed(old: str, new: str) -> None:
    """Those alone, to the letter; nothing is left to say."""
    assert migrate(old) == Migration(new, ())


CLIENT = "from binance.client import Client\n"
CLIENT_HERE = "from binance_ws import Client\n"

OURS = {
    "given at once": "bm = BinanceSocketManager(Client('k', 's'))",
    "kept under a name": "client = Client(api_key=K, api_secret=S)\nbm = BinanceSocketManager(client, 60)",
    "given by name": "client = Client(K, S)\nbm = BinanceSocketManager(client=client)",
    "kept in an object": """
        class Bot:
            def __init__(self):
                self.client = Client("", "")
                self.bm = BinanceSocketManager(self.client)
        """,
    "given to an heir": """
        class Mine(BinanceSocketManager):
            def __init__(self, client):
                super().__init__(client)
        client = Client()
        Mine(client)
        """,
}


@pytest.mark.parametrize("use", OURS.values(), ids=OURS)
def test_a_client_for_the_manager_alone_becomes_ours(use: str) -> None:
    """It is then one library less."""
    use = textwrap.dedent(use)
    assert migrate(MANAGER + CLIENT + use) == Migration(MANAGER_HERE + CLIENT_HERE + use, ())


THEIRS = {
    "asks for orders": (
        "client = Client(K, S)\nclient.get_all_orders()",
        "line 4 uses client.get_all_orders",
    ),
    "given elsewhere": ("client = Client(K, S)\nBot(client)", "line 4 uses Bot(client)"),
    "given elsewhere at once": (
        "Bot(Client(K, S))",
        "line 3 gives its client to something other than a manager",
    ),
    "constants": ("x = Client.KLINE_INTERVAL_1DAY", "line 3 does more with Client than call it"),
    "more arguments": (
        "BinanceSocketManager(Client(K, S, {'timeout': 5}))",
        "line 3 gives Client more than a key and a secret",
    ),
    "another country": (
        "BinanceSocketManager(Client(K, S, tld='us'))",
        "line 3 gives Client more than a key and a secret",
    ),
}


@pytest.mark.parametrize(("use", "why"), THEIRS.values(), ids=THEIRS)
def test_a_client_for_more_stays(use: str, why: str) -> None:
    """The manager takes it as it is; the script runs, and the user hears why."""
    done = migrate(MANAGER + CLIENT + use)
    assert done.text == MANAGER_HERE + CLIENT + use
    assert [(n.line, n.text) for n in done.notes] == [(2, f"Client stays python-binance's: {why}")]
    assert done.complete


def test_a_client_without_a_manager_stays() -> None:
    """Such a script has nothing to do with us."""
    assert migrate(CLIENT + "client = Client()").text == CLIENT + "client = Client()"


NAMED: dict[str, tuple[str, int, str]] = {
    "the threaded manager": (
        "from binance import ThreadedWebsocketManager",
        1,
        "BinanceSocketManager takes its place",
    ),
    "the asynchronous manager": ("\nfrom binance import BinanceSocketManager", 2, "is for asyncio"),
    "the manager of 1.0 by its module": (
        "from binance.streams import BinanceSocketManager",
        1,
        "is for asyncio",
    ),
    "the asynchronous client": ("from binance import AsyncClient", 1, "Client takes its place"),
    "Twisted's classes": ("from binance.websockets import BinanceClientProtocol", 1, "class of Twisted's"),
    "an unknown enum": (
        "from binance.enums import SOMETHING",
        1,
        "SOMETHING of binance.enums has no place here",
    ),
    "another library": ("import unicorn_binance_websocket_api", 1, "start_socket takes its streams"),
    "the official connector": (
        "from binance.websocket.spot.websocket_stream import SpotWebsocketStreamClient",
        1,
        "binance-connector",
    ),
    "other parts of Twisted": (
        MANAGER + "from twisted.internet import task",
        2,
        "needs Twisted's own reactor",
    ),
    "other uses of the reactor": (
        MANAGER + "from twisted.internet import reactor\nreactor.listenTCP(80, f)",
        2,
        "the reactor stays Twisted's: line 3 uses reactor.listenTCP",
    ),
    "a reactor without a manager": ("from twisted.internet import reactor", 1, "nothing of python-binance"),
    "internals": (MANAGER + "bm = BinanceSocketManager(c)\nbm._conns", 3, "_conns is an internal"),
    "names in text": ("import_module('binance.websockets')", 1, "in text is not changed"),
}


@pytest.mark.parametrize(("script", "line", "words"), NAMED.values(), ids=NAMED)
def test_what_has_no_place_is_named(script: str, line: int, words: str) -> None:
    """With its line, and what to do instead."""
    done = migrate(script)
    assert not done.complete
    assert [note.line for note in done.notes] == [line]
    assert words in done.notes[0].text


def test_a_statement_is_divided_where_its_names_part() -> None:
    """What has a place here goes, the rest stays, at the same depth and with the same line ends."""
    script = "if x:\r\n    from twisted.internet import task, reactor\r\n" + MANAGER.replace("\n", "\r\n")
    assert migrate(script).text.startswith(
        "if x:\r\n    from twisted.internet import task\r\n    from binance_ws.compat import reactor\r\n"
    )


def test_what_is_not_offered_yet_stays() -> None:
    """A name is moved only where it can be imported from."""
    script = "from binance.depthcache import DepthCacheManager"
    assert not migrate(script).complete
    assert migrate(script, {"DepthCacheManager"}).text == "from binance_ws import DepthCacheManager"


def test_exceptions_stay_and_ours_are_pointed_to() -> None:
    """They belong to the client, which may stay too."""
    done = migrate("from binance.exceptions import BinanceAPIException")
    assert done.complete
    assert "binance_ws.errors" in done.notes[0].text


@pytest.mark.parametrize("script", ["print 'x'", "a = (", "x = '\0'"])
def test_what_is_not_python_3_is_refused(script: str) -> None:
    """In one sentence."""
    with pytest.raises(ArgumentError, match="is not Python 3"):
        migrate(script)


_LINES = st.lists(
    st.sampled_from(
        [
            *(old for old, _ in CHANGED.values()),
            *(script for script, _, _ in NAMED.values()),
            "x = 1  # é",
            "'''text\nof binance'''",
            "",
        ]
    ),
    max_size=8,
)


@given(_LINES)
def test_a_changed_script_is_a_script_and_stays_as_it_is(lines: list[str]) -> None:
    """It parses, a second run changes nothing, and lines without an import are the same."""
    script = "\n".join(lines)
    done = migrate(script)
    ast.parse(done.text)
    assert migrate(done.text).text == done.text
    if not any(module in script for module in (*MODULES, "twisted", "binance")):
        assert done.text == script
