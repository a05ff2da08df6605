"""Faults below the library: two network namespaces, a cable between them that loses, delays or is cut."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

SERVER, CLIENT = "10.77.19.1", "10.77.19.2"
PORT = 8765

SCRIPT = """
import sys, threading
from binance_ws import BinanceSocketManager, Client, Environment, events
told, ids = [], {}
def tell(event):
    told.append(event)
    print(type(event).__name__, flush=True)
def take(message):
    if message.get("e") == "error":
        return
    came = ids.setdefault(message["stream"], [])
    came.append(message["data"].get("t") or message["data"].get("a"))
    if len(came) % 50 == 0:
        print("more", flush=True)
client = Client(environment=Environment.local(sys.argv[1]), timeout=3)
manager = BinanceSocketManager(client, max_retries=None, on_event=tell, stale_after=2)
manager.start_multiplex_socket(["btcusdt@trade", "ethusdt@aggTrade"], take)
manager.start()
sys.stdin.readline()
manager.close()
for came in ids.values():
    assert came == list(range(came[0], came[0] + len(came))), "a hole"
assert not any(isinstance(event, events.Missed) for event in told)
print("whole", sum(map(len, ids.values())), flush=True)
"""


def ip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One call of iproute2."""
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def cable() -> Iterator[tuple[str, str]]:
    """The names of two namespaces with a cable between them."""
    if sys.platform != "linux" or shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need Linux, iproute2 and root")
    names = (f"bws{os.getpid()}s", f"bws{os.getpid()}c")
    try:
        made = [ip("netns", "add", name) for name in names]
        made.append(
            ip(
                "link",
                "add",
                "ws0",
                "netns",
                names[0],
                "type",
                "veth",
                "peer",
                "name",
                "ws1",
                "netns",
                names[1],
            )
        )
        for name, device, address in zip(names, ("ws0", "ws1"), (SERVER, CLIENT), strict=True):
            made += [ip("-n", name, "addr", "add", f"{address}/24", "dev", device)]
            made += [ip("-n", name, "link", "set", device, "up"), ip("-n", name, "link", "set", "lo", "up")]
        if any(done.returncode for done in made):
            pytest.skip(
                f"network namespaces are not permitted: {next(d.stderr for d in made if d.returncode)}"
            )
        yield names
    finally:
        for name in names:
            ip("netns", "del", name)


def inside(name: str, *command: str) -> subprocess.Popen[str]:
    """A process in a namespace."""
    return subprocess.Popen(
        ["ip", "netns", "exec", name, sys.executable, "-u", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


class Room:
    """An exchange at one end of the cable, a client at the other."""

    def __init__(self, names: tuple[str, str]) -> None:
        serve = [
            "-m",
            "binance_ws.simulator",
            "--host",
            SERVER,
            "--port",
            str(PORT),
            "--replay",
            "demo",
            "--speed",
            "10",
        ]
        self.exchange = inside(names[0], *serve)
        self._read(self.exchange, SERVER)
        self.client = inside(names[1], "-c", SCRIPT, f"{SERVER}:{PORT}")

    @staticmethod
    def _read(process: subprocess.Popen[str], word: str) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if word in line:
                return
        raise AssertionError(f"the process ended before it said {word!r}")

    def wait(self, word: str, times: int = 1) -> None:
        """The client says something, so many times."""
        for _ in range(times):
            self._read(self.client, word)

    def finish(self) -> None:
        """The client closes and finds its streams whole."""
        assert self.client.stdin is not None
        self.client.stdin.write("\n")
        self.client.stdin.flush()
        self.wait("whole")
        assert self.client.wait(10) == 0

    def close(self) -> None:
        """End both."""
        for process in (self.client, self.exchange):
            process.kill()
            process.communicate()


@pytest.mark.timeout(90)
def test_a_cut_cable(cable: tuple[str, str]) -> None:
    """While the cable is out the connection is noticed to be dead; when it is back nothing is missing."""
    room = Room(cable)
    try:
        room.wait("more", 3)
        ip("-n", cable[0], "link", "set", "ws0", "down")
        room.wait("Retrying")
        ip("-n", cable[0], "link", "set", "ws0", "up")
        room.wait("Connected")
        room.wait("more", 3)
        room.finish()
    finally:
        room.close()


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    "weather", ["loss 3%", "delay 30ms 20ms", "delay 20ms reorder 25% 50%", "loss 5% duplicate 2%"]
)
def test_bad_weather(cable: tuple[str, str], weather: str) -> None:
    """Loss, delay and reordering below TCP cost time and nothing else."""
    for name, device in zip(cable, ("ws0", "ws1"), strict=True):
        rule = ["netns", "exec", name, "tc", "qdisc", "add", "dev", device, "root", "netem", *weather.split()]
        done = ip(*rule)
        if done.returncode:
            pytest.skip(f"this kernel has no netem: {done.stderr.strip()}")
    room = Room(cable)
    try:
        room.wait("more", 6)
        room.finish()
    finally:
        room.close()
