"""Tests of both ways from JSON to objects, against each other."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.net import decode
from tests.payloads import INDEX, load, text

Loads = Callable[[bytes], Any]
CHOICES: dict[str, Loads] = {"orjson": decode._choose(), "stdlib": decode._with_stdlib}
both = pytest.mark.parametrize("loads", list(CHOICES.values()), ids=list(CHOICES))

documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(documents, st.booleans())
def test_both_read_what_was_written(document: Any, escaped: bool) -> None:
    """Numbers of 64 bits keep every digit, text every character, keys their order."""
    payload = json.dumps(document, ensure_ascii=escaped).encode()
    for loads in CHOICES.values():
        assert loads(payload) == document
        assert json.dumps(loads(payload)) == json.dumps(document)


@given(st.binary(max_size=30))
def test_any_bytes_are_an_object_or_a_value_error(payload: bytes) -> None:
    """Nothing but ``ValueError`` is raised, and both agree where the bytes are no text."""
    results = []
    for loads in CHOICES.values():
        try:
            results.append(("read", loads(payload)))
        except ValueError:
            results.append(("refused", None))
    try:
        payload.decode()
    except UnicodeDecodeError:
        assert results == [("refused", None)] * 2


@both
@pytest.mark.parametrize("name", INDEX)
def test_every_message_of_the_exchange_is_read(loads: Loads, name: str) -> None:
    """Prices stay strings, ids whole numbers."""
    assert loads(text(name)) == load(name)


@both
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" ",
        b"{",
        b'{"a":1',
        b"{'a':1}",
        b"\xff",
        b'"\xed\xa0\x80"',
        b'{"a":1}x',
        b"\x00",
        b"nul",
        "\ufeff{}".encode(),
    ],
)
def test_what_is_no_json_is_refused(loads: Loads, payload: bytes) -> None:
    """Cut, quoted wrongly, followed by more, not UTF-8: each is a ``ValueError``."""
    with pytest.raises(ValueError, match=r"."):
        loads(payload)


BEYOND = [
    pytest.param(b"NaN", id="not a number"),
    pytest.param(b'{"a":Infinity}', id="infinity"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, id="too deep"),
]


@pytest.mark.parametrize("payload", BEYOND)
def test_orjson_refuses_what_json_does_not_have(payload: bytes) -> None:
    """The fast way is strict, and no depth is its undoing."""
    with pytest.raises(ValueError, match=r"."):
        CHOICES["orjson"](payload)


@pytest.mark.parametrize("payload", BEYOND)
def test_the_standard_library_refuses_it_too(payload: bytes) -> None:
    """Which of the two is installed makes no difference to a stream."""
    with pytest.raises(ValueError, match=r"."):
        CHOICES["stdlib"](payload)


@pytest.mark.parametrize(
    ("variable", "installed", "chosen"),
    [("", True, "orjson"), ("stdlib", True, "decode"), ("", False, "decode")],
)
def test_the_choice(monkeypatch: pytest.MonkeyPatch, variable: str, installed: bool, chosen: str) -> None:
    """orjson where it is installed, unless the variable says otherwise."""
    monkeypatch.setenv(decode.VARIABLE, variable)
    if not installed:
        monkeypatch.setitem(sys.modules, "orjson", None)
    assert chosen in str(decode._choose().__module__)


def test_the_module_s_own_is_one_of_them() -> None:
    """The choice is made once, where the module is loaded."""
    assert importlib.import_module("binance_ws.net.decode").loads in CHOICES.values()
