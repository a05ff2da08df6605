"""How a process with a manager ends: scripts in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from binance_ws.simulator import OFF, Exchange, Rules

SECONDS = 20

HEAD = """
import os, sys, threading, time
from binance_ws import BinanceSocketManager
manager = BinanceSocketManager()
came = threading.Event()
def process(message):
    came.set()
"""


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A busy exchange."""
    with Exchange(speed=5, rules=Rules(connects=OFF)) as made:
        yield made


def script(exchange: Exchange, body: str) -> subprocess.Popen[str]:
    """A running script."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", HEAD + textwrap.dedent(body)],
        env={**os.environ, "BINANCE_WS_HOST": exchange.host},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it printed, once it has ended by itself."""
    try:
        out, err = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    return process.returncode, out, err


def test_it_exits_after_close(exchange: Exchange) -> None:
    """With close() the process ends, silently and with 0."""
    body = """
    manager.start_trade_socket("BTCUSDT", process)
    manager.start()
    came.wait()
    manager.close()
    print("closed")
    """
    assert ended(script(exchange, body)) == (0, "closed\n", "")


def test_a_script_that_falls_off_its_end_goes_on(exchange: Exchange) -> None:
    """It streams until a callback closes the manager."""
    body = """
    def end(message):
        print("after the end")
        manager.close()
    threading.main_thread()
    manager.start_trade_socket("BTCUSDT", end)
    manager.start()
    """
    assert ended(script(exchange, body)) == (0, "after the end\n", "")


def test_a_daemon_does_not_keep_the_process(exchange: Exchange) -> None:
    """``daemon = True`` before start: the script's end is the process's, and nothing is printed."""
    body = """
    manager.daemon = True
    manager.start_trade_socket("BTCUSDT", process)
    manager.start()
    came.wait()
    """
    assert ended(script(exchange, body)) == (0, "", "")


@pytest.mark.parametrize("call", ["manager.join()", "manager.run()"])
def test_ctrl_c_ends_it(exchange: Exchange, call: str) -> None:
    """Ctrl-C in join() or run() closes the manager; the process ends with nothing but KeyboardInterrupt."""
    body = f"""
    told = iter(["came\\n"])
    manager.start_trade_socket("BTCUSDT", lambda message: print(end=next(told, "")))
    manager.start_kline_socket("BTCUSDT", process)
    {"manager.start()" if "join" in call else ""}
    {call}
    """
    process = script(exchange, body)
    assert process.stdout is not None
    assert process.stdout.readline() == "came\n"
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code in (1, 130, -signal.SIGINT)
    assert err.count("Traceback") == 1
    assert err.endswith("KeyboardInterrupt\n")


def test_ctrl_c_anywhere_in_a_script_ends_it(exchange: Exchange) -> None:
    """A main thread that was interrupted in the user's own code closes nothing: the manager sees that."""
    process = script(exchange, 'manager.start()\nprint("up")\nthreading.Event().wait()\n')
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code in (1, 130, -signal.SIGINT)
    assert (err.count("Traceback"), err.endswith("KeyboardInterrupt\n")) == (1, True)


def test_sigterm_ends_it(exchange: Exchange) -> None:
    """It does what it does to any process."""
    process = script(exchange, 'manager.start()\nprint("up")\n')
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert ended(process) == (-signal.SIGTERM, "", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_inert(exchange: Exchange) -> None:
    """The child has no sockets nor budgets and may close or start anew; the parent goes on undisturbed."""
    body = """
    import warnings
    from binance_ws.net.limits import standings
    warnings.simplefilter("ignore")
    seen = []
    told = []
    manager = BinanceSocketManager(on_event=told.append)
    key = manager.start_trade_socket("BTCUSDT", lambda m: (seen.append(m["t"]), came.set()))
    manager.start()
    came.wait()
    child = os.fork()
    if child == 0:
        state = (manager.is_alive(), manager.sockets(), standings(), threading.active_count())
        manager.close()
        anew = threading.Event()
        again = manager.start_trade_socket("BTCUSDT", lambda m: anew.set())
        manager.start()
        good = state == (False, [], [], 1) and again == key and anew.wait(10)
        manager.close()
        os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
    count = len(seen)
    came.clear()
    came.wait()
    manager.close()
    print(status, len(told), seen == list(range(seen[0], seen[0] + len(seen))), manager.sockets())
    """
    assert ended(script(exchange, body)) == (0, "0 2 True []\n", "")


def test_a_callback_that_never_returns_is_named(exchange: Exchange) -> None:
    """close() waits for it for a moment, names it, and the process ends."""
    body = """
    import logging
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    def stuck(message):
        came.set()
        threading.Event().wait()
    manager.start_trade_socket("BTCUSDT", stuck)
    manager.start()
    came.wait()
    manager.close()
    """
    code, _, err = ended(script(exchange, body))
    assert code == 0
    assert "binance_ws btcusdt@trade has not ended: its callback has not returned" in err
