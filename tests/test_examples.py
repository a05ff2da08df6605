"""The scripts in ``examples``, each run as a person runs it, on the simulated exchange."""

from __future__ import annotations

import csv
import os
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from binance_ws.core.levels import BookSnapshot
from binance_ws.simulator import OFF, Exchange, Rules

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))
SECONDS = 20.0
KEYS = ("BINANCE_API_KEY", "BINANCE_API_SECRET")

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A replay of real frames, twenty times as fast as they came."""
    with Exchange("demo", speed=20, rules=Rules(connects=OFF)) as made:
        yield made


@pytest.fixture
def start(exchange: Exchange, tmp_path: Path) -> Iterator[Start]:
    """Starts examples, in a directory of their own."""
    keys = dict(zip(KEYS, (exchange.api_key, exchange.api_secret), strict=True))
    environment = {**os.environ, "BINANCE_WS_HOST": exchange.host, "PYTHONUNBUFFERED": "1"}
    with ExitStack() as stack:

        def begin(name: str, *arguments: str, with_keys: bool = True) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, str(EXAMPLES / name), *arguments],
                cwd=tmp_path,
                env={**environment, **(keys if with_keys else {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield begin


def ended(process: subprocess.Popen[str]) -> list[str]:
    """The lines that it printed, once it has ended well."""
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")
    return out.splitlines()


def until(process: subprocess.Popen[str], last: str) -> list[str]:
    """The lines that it prints up to one that begins so."""
    assert process.stdout is not None
    lines = [process.stdout.readline().rstrip()]
    while not lines[-1].startswith(last):
        assert process.poll() is None, process.communicate()
        lines.append(process.stdout.readline().rstrip())
    return lines


def interrupted(process: subprocess.Popen[str]) -> list[str]:
    """The lines that it printed until Ctrl-C, which it takes for a good end."""
    process.send_signal(signal.SIGINT)
    return ended(process)


def test_trades(exchange: Exchange, start: Start) -> None:
    """It prints every trade of each symbol, in order, and ends when the time is up."""
    lines = ended(start("trades.py", "BTCUSDT", "ETHUSDT", "--seconds", "1.5"))
    told = [re.fullmatch(r"\S+ (\w+) (\w+) (\S+) at (\S+)", words) for words in lines]
    for symbol in ("BTCUSDT", "ETHUSDT"):
        sent = exchange.sent(f"{symbol.lower()}@trade")
        mine = [found.groups()[1:] for found in told if found and found[1] == symbol]
        assert mine
        assert mine == [("sold" if t["m"] else "bought", t["q"], t["p"]) for t in sent][: len(mine)]


def test_candles_to_csv(exchange: Exchange, start: Start, tmp_path: Path) -> None:
    """The file has the exchange's closed candles, digit by digit."""
    ended(start("candles_to_csv.py", "BTCUSDT", "--interval", "1s", "--out", "out.csv", "--count", "25"))
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    closed = [each["k"] for each in exchange.sent("btcusdt@kline_1s") if each["k"]["x"]][:25]
    assert [datetime.fromisoformat(row["open_time"]).timestamp() * 1000 for row in rows] == [
        k["t"] for k in closed
    ]
    for column, letter in zip(list(rows[0])[1:], "ohlcvqn", strict=True):
        assert [row[column] for row in rows] == [str(k[letter]) for k in closed]


def test_the_spread_alarm_rings(exchange: Exchange, start: Start) -> None:
    """Once for each symbol that is wide, on a quote of the exchange."""
    lines = ended(start("spread_alarm.py", "BTCUSDT", "ETHUSDT", "--above", "0.0001", "--alarms", "2"))
    pattern = re.compile(r"\a(\w+) is wide: (\S+) bp, (\S+) / (\S+)")
    rung = {found[1]: found for found in map(pattern.fullmatch, lines) if found}
    assert len(lines) == len(rung) == 2
    for symbol, found in rung.items():
        quotes = {(each["b"], each["a"]) for each in exchange.sent(f"{symbol.lower()}@bookTicker")}
        assert (found[3], found[4]) in quotes
        bid, ask = Decimal(found[3]), Decimal(found[4])
        assert float(found[2]) == pytest.approx(float((ask - bid) / (ask + bid) * 20_000), rel=0.01)


def test_the_spread_alarm_rings_once(capsys: pytest.CaptureFixture[str]) -> None:
    """While a symbol stays wide it is silent; when it is wide again, it rings again."""
    alarm = runpy.run_path(str(EXAMPLES / "spread_alarm.py"))["Alarm"](above=5)
    for ask in ("100.01", "100.10", "100.20", "100.02", "100.30"):
        alarm.hear({"u": 1, "s": "BNBUSDT", "b": "100.00", "B": "1", "a": ask, "A": "1"})
    said = [words.split(":")[0] for words in capsys.readouterr().out.splitlines()]
    assert said == ["\aBNBUSDT is wide", "BNBUSDT is narrow", "\aBNBUSDT is wide"]


@pytest.mark.parametrize("name", ["spot", "margin"])
def test_user_data(exchange: Exchange, start: Start, name: str) -> None:
    """It prints orders, fills, balances and deposits."""
    process = start("user_data.py", "--account", name)
    account = exchange.account(name)
    assert exchange.wait_for(lambda: account.sinks, SECONDS)
    order = account.order("BNBUSDT", "BUY", 2, 500)
    account.fill(order, "0.5", "499")
    account.deposit("NEO", 3)
    said = until(process, "NEO: 3.00000000 free, 0.00000000 locked")
    name = f"order {order.id}, BUY 2.00000000 BNBUSDT at 500.00000000"
    assert said[0] == f"NEW: {name}, NEW, 0.00000000 filled"
    assert f"TRADE, 0.50000000 at 499.00000000: {name}, PARTIALLY_FILLED, 0.50000000 filled" in said
    assert "USDT: 999000.00000000 free, 1000.00000000 locked" in said
    assert said[-2] == "NEO: 3.00000000 came in or went out"
    assert interrupted(process) == []


def test_user_data_needs_keys(start: Start) -> None:
    """Without keys it says so in a sentence."""
    process = start("user_data.py", with_keys=False)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (2, "")
    assert "key" in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.parametrize("trades", [3, 4])
def test_the_paper_bot_keeps_honest_books(start: Start, trades: int) -> None:
    """Cash is what its trades cost and brought, fees included; what is left over is worth less than it cost."""
    *said, last = ended(start("paper_bot.py", "BTCUSDT", "--size", "0.02", "--trades", str(trades)))
    cash = position = fees = Decimal(0)
    for index, words in enumerate(said):
        found = re.fullmatch(r"(bought|sold) (\S+) BTCUSDT at (\S+), cash (\S+)", words)
        assert found
        assert found[1] == ("sold" if index % 2 else "bought")
        quantity, price = Decimal(found[2]), Decimal(found[3])
        sign = 1 if found[1] == "bought" else -1
        position += sign * quantity
        cash -= sign * quantity * price + quantity * price / 1000
        fees += quantity * price / 1000
        assert Decimal(found[4]) == pytest.approx(cash, abs=Decimal("1e-9"))
    numbers = re.fullmatch(rf"{trades} trades, position (\S+), fees (\S+), worth (\S+)", last)
    assert numbers
    assert (len(said), Decimal(numbers[1])) == (trades, position)
    assert position == (Decimal("0.02") if trades % 2 else 0)
    assert Decimal(numbers[2]) == pytest.approx(fees, abs=Decimal("1e-9"))
    worth = Decimal(numbers[3])
    assert worth == pytest.approx(cash, abs=Decimal("1e-9")) or cash < worth < cash + position * price * 2


class Paper:
    """A book that stands still."""

    symbol, stale = "BNBUSDT", False
    now = BookSnapshot("BNBUSDT", 1, 1, (("99", "1"), ("98", "9")), (("101", "1"), ("103", "1")))

    def __init__(self, leaning: str) -> None:
        self._leaning = Decimal(leaning)
        self.price_for = self.now.price_for

    def imbalance(self, levels: int) -> Decimal:
        """What the test says."""
        return self._leaning


def test_the_paper_bot_goes_through_the_levels(capsys: pytest.CaptureFixture[str]) -> None:
    """It pays what each level asks, gets what each bids, and has no more than the book gives."""
    bot = runpy.run_path(str(EXAMPLES / "paper_bot.py"))["PaperBot"](Decimal(3), None)
    bot.process_book(Paper("-0.9"))
    assert bot.trades == 0  # there is nothing to sell
    bot.process_book(Paper("0.9"))
    assert (bot.position, bot.cash) == (2, -204 - Decimal("0.204"))
    assert bot.worth(Paper("0")) == pytest.approx(bot.cash + 197 - Decimal("0.197"))
    bot.process_book(Paper("0.9"))
    assert bot.trades == 1  # it has some
    bot.process_book(Paper("-0.9"))
    assert (bot.position, bot.cash) == (0, -7 - Decimal("0.401"))
    assert bot.worth(Paper("0")) == bot.cash == -7 - bot.fees
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_symbols_to_parquet(exchange: Exchange, start: Start, tmp_path: Path) -> None:
    """The file has every trade of each symbol, in order; a second run adds to it."""
    parquet = pytest.importorskip("pyarrow.parquet")
    command = ("symbols_to_parquet.py", "BTCUSDT", "ETHUSDT", "--seconds", "0.7", "--out", "out.parquet")
    rows = 0
    for _ in range(2):
        [said] = ended(start(*command))
        table = parquet.read_table(tmp_path / "out.parquet").to_pylist()
        assert said == f"out.parquet: {len(table)} trades, 0 gaps"
        assert len(table) > rows
        rows = len(table)
    for symbol in ("BTCUSDT", "ETHUSDT"):
        sent = {t["t"]: (float(t["p"]), float(t["q"])) for t in exchange.sent(f"{symbol.lower()}@trade")}
        mine = {row["trade_id"]: (row["price"], row["quantity"]) for row in table if row["symbol"] == symbol}
        assert mine
        assert mine.items() <= sent.items()
        assert list(mine) == sorted(mine)


def test_nothing_to_write_is_no_parquet_file(start: Start, tmp_path: Path) -> None:
    """Where nothing came, it says so in a sentence."""
    pytest.importorskip("pyarrow")
    process = start("symbols_to_parquet.py", "LUNAUSDT", "--seconds", "0.1")
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert not list(tmp_path.glob("*.parquet"))


@pytest.mark.parametrize(
    "command",
    [
        ("trades.py", "BTC/USDT"),
        ("candles_to_csv.py", "BTC/USDT"),
        ("candles_to_csv.py", "BTCUSDT", "--interval", "2m"),
        ("spread_alarm.py", "BTCUSDT", "BTC/USDT"),
        ("paper_bot.py", "BTC/USDT"),
        ("paper_bot.py", "NOSUCH"),
        ("symbols_to_parquet.py", "BTC/USDT"),
    ],
    ids=" ".join,
)
def test_bad_arguments_are_answered_in_a_sentence(
    start: Start, command: tuple[str, ...], tmp_path: Path
) -> None:
    """As those of any command: the usage, what is wrong, status 2, and no file."""
    process = start(*command)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (2, "")
    assert f"usage: {command[0]}" in err
    assert err.splitlines()[-1].startswith(f"{command[0]}: error: ")
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


UNTIL_CTRL_C = {
    "trades.py": ("BTCUSDT",),
    "candles_to_csv.py": ("BTCUSDT", "--interval", "1s"),
    "spread_alarm.py": ("BTCUSDT", "--above", "100"),
    "user_data.py": (),
    "paper_bot.py": ("BTCUSDT",),
    "symbols_to_parquet.py": ("BTCUSDT",),
}


def connected(exchange: Exchange, folder: Path) -> bool:
    """Whether somebody is."""
    return bool(exchange.connections)


def recorded(exchange: Exchange, folder: Path) -> bool:
    """Whether there is more in a recording than its first line."""
    return any(path.stat().st_size > 1_000 for path in folder.glob("*.jsonl.zst"))


READY: dict[str, Callable[[Exchange, Path], bool]] = {
    "user_data.py": lambda exchange, _: bool(exchange.account("spot").sinks),
    "paper_bot.py": lambda exchange, _: len(exchange.sent("btcusdt@depth@100ms")) > 20,
    "symbols_to_parquet.py": recorded,
}


def test_every_example_is_tested() -> None:
    """None is forgotten here, and each is named in the list of examples."""
    assert sorted(UNTIL_CTRL_C) == SCRIPTS
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in SCRIPTS if f"`{name}`" not in listed] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_never_gives_up(name: str) -> None:
    """Each may be left running, so that no outage ends it."""
    source = (EXAMPLES / name).read_text(encoding="utf-8")
    assert source.count("BinanceSocketManager(") == source.count("max_retries=None") > 0


@pytest.mark.parametrize("name", SCRIPTS)
def test_ctrl_c_ends_it(exchange: Exchange, start: Start, tmp_path: Path, name: str) -> None:
    """At once, silently and with 0."""
    process = start(name, *UNTIL_CTRL_C[name])
    ready = READY.get(name, connected)
    assert exchange.wait_for(lambda: ready(exchange, tmp_path), SECONDS)
    interrupted(process)
