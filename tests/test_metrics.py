"""What managers count, as Prometheus reads it, and the dashboard that shows it."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from binance_ws import BinanceSocketManager, Client, events, metrics
from binance_ws.core.lifecycle import State
from binance_ws.errors import MissingExtra
from binance_ws.info import SocketInfo, Sockets
from binance_ws.metrics import FAMILIES, collector
from binance_ws.simulator import Exchange

from .peer import SECONDS
from .waiting import Inbox, in_thread

ROOT = Path(__file__).parent.parent
DASHBOARD = json.loads((ROOT / "examples" / "grafana.json").read_text(encoding="utf-8"))

INFO = SocketInfo(
    key="btcusdt@trade",
    state=State.OPEN,
    streams=2,
    messages=30,
    bytes=4000,
    last=0.5,
    lag=250.0,
    reconnects=1,
    rotations=2,
    gaps=3,
    backfilled=4,
    repeated=5,
    malformed=6,
    errors=7,
    ages={"btcusdt@trade": 0.5, "ethusdt@trade": 9.0, "lunausdt@trade": None},
    market="spot",
    dropped=8,
    waiting=9,
)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A simulated exchange."""
    with Exchange(speed=20) as made:
        yield made


def scrape(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    """What a registry gives, by name and labels; the strict format's parser has read it."""
    text = exposition.generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    found = [sample for family in families for sample in family.samples]
    assert len({_id(sample) for sample in found}) == len(found)
    return {_id(sample): sample.value for sample in found}


def _id(sample: Sample) -> tuple[str, ...]:
    others = [value for name, value in sorted(sample.labels.items()) if name != "manager"]
    return (sample.name.removeprefix("binance_ws_"), sample.labels["manager"], *others)


def registered(*collectors: Any) -> CollectorRegistry:
    """A registry with some collectors."""
    registry = CollectorRegistry(auto_describe=True)
    for each in collectors:
        registry.register(each)
    return registry


class Fake(BinanceSocketManager):
    """A manager whose sockets a test decides about."""

    infos: tuple[SocketInfo, ...] = ()

    def sockets(self) -> Sockets:
        """What the test says."""
        return Sockets(self.infos)


def test_every_number_of_a_socket_is_given() -> None:
    """In the units of Prometheus, with one state of all that are 1."""
    manager = Fake()
    manager.infos = (INFO,)
    found = scrape(registered(collector(manager, "mine", streams=True)))
    own = {name: value for (name, *labels), value in found.items() if labels == ["mine", INFO.key, "spot"]}
    assert own == {
        "messages_total": 30,
        "received_bytes_total": 4000,
        "reconnects_total": 1,
        "rotations_total": 2,
        "gaps_total": 3,
        "backfilled_messages_total": 4,
        "repeated_messages_total": 5,
        "malformed_messages_total": 6,
        "callback_errors_total": 7,
        "dropped_messages_total": 8,
        "waiting_messages": 9,
        "streams": 2,
        "last_frame_age_seconds": 0.5,
        "lag_seconds": 0.25,
        "oldest_stream_age_seconds": 9.0,
        "unheard_streams": 1,
    }
    states = {labels[-1]: value for (name, *labels), value in found.items() if name == "socket_state"}
    assert states == {state.value: state is State.OPEN for state in State}
    ages = {labels[-1]: value for (name, *labels), value in found.items() if name == "stream_age_seconds"}
    assert ages == {"btcusdt@trade": 0.5, "ethusdt@trade": 9.0}


def test_what_is_not_known_is_not_given() -> None:
    """A socket that has heard nothing has no lag and no age; the ages of streams are given where asked for."""
    manager = Fake()
    manager.infos = (dataclasses.replace(INFO, last=None, lag=None, ages={}),)
    names = {name for name, *_ in scrape(registered(collector(manager)))}
    assert "streams" in names
    assert not names & {"last_frame_age_seconds", "lag_seconds", "oldest_stream_age_seconds"}
    manager.infos = (INFO,)
    assert not any(name == "stream_age_seconds" for name, *_ in scrape(registered(collector(manager))))


def test_counters_never_go_down() -> None:
    """Those of a closed socket stay, and go on where its key is opened again; its gauges end with it."""
    manager = Fake()
    registry = registered(collector(manager, "m"))
    told = []
    lives = [30, None, 100, 2]
    for count in lives:
        manager.infos = () if count is None else (dataclasses.replace(INFO, messages=count),)
        found = scrape(registry)
        told.append(found["messages_total", "m", INFO.key, "spot"])
        assert (("streams", "m", INFO.key, "spot") in found) == bool(manager.infos)
    assert told == [30, 30, 130, 132]


def test_a_long_key_is_cut_and_stays_one_of_a_kind() -> None:
    """A socket of a thousand streams has a label of bounded length."""
    manager, keys = Fake(), [f"streams={'btcusdt@trade/' * 300}{coin}usdt@trade" for coin in ("eth", "xrp")]
    manager.infos = tuple(dataclasses.replace(INFO, key=key) for key in keys)
    found = [labels[1] for (name, *labels) in scrape(registered(collector(manager))) if name == "streams"]
    assert len(set(found)) == 2
    assert {len(label) for label in found} == {metrics.LONGEST}


def test_it_can_be_read_at_any_time(exchange: Exchange) -> None:
    """Before the start, while messages come, and after the end; events are counted from zero on."""
    manager, inbox = BinanceSocketManager(Client(environment=exchange.environment)), Inbox()
    registry = registered(collector(manager, "m"))
    empty = scrape(registry)
    assert empty["running", "m"] == empty["threads", "m"] == empty["events_total", "m", "given_up"] == 0
    key = str(manager.start_trade_socket("BTCUSDT", inbox))
    assert scrape(registry)["socket_state", "m", key, "spot", "new"] == 1
    with manager:
        book = manager.start_order_book("ETHUSDT", depth=20).wait_ready(SECONDS)
        inbox.wait()
        live = scrape(registry)
        book.close()
    manager.join(SECONDS)
    assert live["messages_total", "m", key, "spot"] > 0
    assert live["received_bytes_total", "m", key, "spot"] > live["messages_total", "m", key, "spot"]
    assert live["socket_state", "m", key, "spot", "open"] == live["running", "m"] == 1
    assert live["threads", "m"] == live["events_total", "m", "connected"] == 2
    assert live["book_up_to_date", "m", "spot", "ethusdt@depth@100ms"] == 1
    assert live["book_resyncs_total", "m", "spot", "ethusdt@depth@100ms"] == 0
    assert 0 < live["connects_left", "m", exchange.host] < 300
    assert live["request_weight_used", "m", exchange.host, "spot"] > 0
    assert live["request_weight_limit", "m", exchange.host, "spot"] == 5400
    assert live["banned_seconds", "m", exchange.host] == 0
    after = scrape(registry)
    assert after["running", "m"] == after["threads", "m"] == 0
    assert after["messages_total", "m", key, "spot"] >= live["messages_total", "m", key, "spot"]


def test_several_managers_are_told_apart() -> None:
    """By a label; in one collector, which makes the strictest output, or in several of one registry."""
    first, second = Fake(), Fake()
    first.infos = second.infos = (INFO,)
    together = scrape(registered(collector(first, "a").add(second, "b")))
    assert {name for counter, name, *_ in together if counter == "messages_total"} == {"a", "b"}
    apart = generate_latest(registered(collector(first, "a"), collector(second, "b"))).decode()
    samples = [line for line in apart.splitlines() if not line.startswith("#")]
    assert len(samples) == len(set(samples)) == len(together)
    first.name = "a name"
    assert 'manager="a name"' in generate_latest(registered(collector(first))).decode()


def test_a_younger_manager_takes_the_place_of_its_namesake() -> None:
    """A cell that is run twice: one series, and nothing is left with the elder."""
    elder, younger = Fake(), Fake()
    elder.infos, younger.infos = (INFO,), (dataclasses.replace(INFO, messages=1),)
    before = list(elder._listeners)
    made = collector(elder, "m").add(younger, "m")
    assert scrape(registered(made))["messages_total", "m", INFO.key, "spot"] == 1
    assert elder._listeners == before


def test_a_registry_keeps_no_manager_alive() -> None:
    """Who forgets a manager is rid of it, and its series end."""
    manager = Fake()
    made = collector(manager)
    made._watched["binance_ws"]._manager = lambda: None  # type: ignore[assignment]
    assert list(made.collect()) == []


def test_no_secret_is_a_label(exchange: Exchange) -> None:
    """The socket of an account has a name of its own, and no key is told."""
    client = Client(exchange.api_key, exchange.api_secret, environment=exchange.environment)
    with BinanceSocketManager(client) as manager:
        manager.start_user_socket(lambda event: None)
        manager.wait_connected(timeout=SECONDS)
        text = generate_latest(registered(collector(manager, streams=True))).decode()
    manager.join(SECONDS)
    assert 'key="user"' in text
    assert exchange.api_key not in text
    assert exchange.api_secret not in text
    assert not [key.key for key in exchange.listen_keys if key.key in text]


def test_without_prometheus_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(MissingExtra, match=r"binance-ws\[metrics\]"):
        collector(Fake())


def test_the_names_keep_the_rules() -> None:
    """Lower case, base units, what is counted in total; every event has a counter."""
    for family in FAMILIES:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", family.name)
        assert not re.search(r"_(total|ms|minutes|kb|count|sum|bucket|info)$", family.name)
        assert family.help.endswith(".")
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert set(metrics._KINDS) == set(events.Event.__subclasses__())
    assert metrics._KINDS[events.GivenUp] == "given_up"


# ---- the dashboard ------------------------------------------------------------------------------------------

EXPORTED = {f"binance_ws_{f.name}" + "_total" * f.counts: {"manager", *f.labels} for f in FAMILIES}
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
QUERIES = [(v["name"], v["definition"]) for v in DASHBOARD["templating"]["list"] if v["type"] == "query"]


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS + QUERIES)
def test_the_dashboard_asks_for_what_is_there(title: str, expression: str) -> None:
    """Each metric that it names is exported, with the labels that are asked for."""
    named = re.findall(r"(binance_ws_\w+)(?:\{([^}]*)\})?", expression)
    assert named
    for name, matchers in named:
        assert set(re.findall(r"(\w+)(?:=~|!=|=)\"", matchers)) <= EXPORTED[name], name
    labels = set.intersection(*(EXPORTED[name] for name, _ in named))
    for group in re.findall(r"by \(([^)]*)\)", expression):
        assert set(group.replace(" ", "").split(",")) <= labels
    rated = re.findall(r"(?:rate|increase)\((binance_ws_\w+)", expression)
    counters = {name for name, _ in named if name.endswith("_total")}
    assert counters == set(rated) or expression.startswith("label_values(")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_legend_shows_labels_that_are_there(panel: dict[str, Any]) -> None:
    """What a legend names is what its expression groups by."""
    for target in panel["targets"]:
        grouped = re.findall(r"by \(([^)]*)\)", target["expr"])
        shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert shown == set(grouped[0].replace(" ", "").split(",") if grouped else ())


def test_the_dashboard_can_be_imported() -> None:
    """One datasource, which the reader chooses; ids and places of panels are their own."""
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken = [
        (x, y)
        for grid in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(grid["x"], grid["x"] + grid["w"])
        for y in range(grid["y"], grid["y"] + grid["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24


def test_everything_that_is_exported_is_shown_or_explained() -> None:
    """The page names every metric; the dashboard shows all but the ages of single streams."""
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert {name for name in EXPORTED if f"`{name}`" not in page} == set()
    asked = set(re.findall(r"binance_ws_\w+", json.dumps(DASHBOARD)))
    assert set(EXPORTED) - asked == {"binance_ws_stream_age_seconds"}
    assert set(re.findall(r"`(binance_ws_\w+)`", page)) == set(EXPORTED)


def test_two_scrapes_at_once_count_once() -> None:
    """One that looked earlier and comes later is not taken for a socket that began anew."""
    manager, done = Fake(), threading.Event()
    manager.infos = (INFO,)
    registry = registered(collector(manager, "mine"))

    def other() -> None:
        scrape(registry)
        done.set()

    class Overtaken(Fake):
        def sockets(self) -> Sockets:
            seen = super().sockets()
            manager.__class__ = Fake
            manager.infos = (dataclasses.replace(INFO, messages=INFO.messages + 10),)
            in_thread(other)
            done.wait(0.2)  # a scrape that does not wait for this one is done by then
            return seen

    scrape(registry)
    manager.__class__ = Overtaken
    scrape(registry)
    assert done.wait(SECONDS)
    assert scrape(registry)["messages_total", "mine", INFO.key, "spot"] == INFO.messages + 10
