"""Errors as callbacks are told of them."""

from __future__ import annotations

import copy
import json
import pickle
import ssl

import pytest

from binance_ws.core.told import GAVE_UP, last_word, refused
from binance_ws.errors import BinanceWsError, CertificateError, ConnectionLost, GaveUp, StreamRefused


def _caused(error: BinanceWsError, cause: BaseException) -> BinanceWsError:
    error.__cause__ = cause
    return error


LOST = ConnectionLost("gone")
CERTIFICATE = _caused(CertificateError("it does not verify"), ssl.SSLError("self-signed"))


@pytest.mark.parametrize(
    ("cause", "last", "text"),
    [
        (GaveUp(LOST), LOST, GAVE_UP),
        (LOST, LOST, GAVE_UP),
        (CERTIFICATE, CERTIFICATE, "it does not verify"),
        (GaveUp(CERTIFICATE), CERTIFICATE, "it does not verify"),
    ],
)
def test_the_last_word(cause: BinanceWsError, last: BinanceWsError, text: str) -> None:
    """The old manager's words, or the cause's where trying again would not help; the error has its cause."""
    told = last_word("k", cause)
    assert told == {"e": "error", "m": text, "key": "k", "cause": str(last)}
    assert isinstance(told.error, GaveUp)
    assert told.error.__cause__ is last


def test_refused_streams_are_named() -> None:
    """In the message and in the error."""
    refusal = StreamRefused("no such stream", ("a@x", "b@x"), -1121)
    told = refused("k", refusal)
    assert told == {"e": "error", "m": "no such stream", "key": "k", "streams": ["a@x", "b@x"]}
    assert told.error is refusal


def test_elsewhere_it_is_a_plain_dictionary() -> None:
    """It can be written as JSON, copied, and sent to another process, whatever the error is."""
    told = refused("k", StreamRefused("no such stream", ("a@x",)))
    for made in (pickle.loads(pickle.dumps(told)), copy.deepcopy(told), json.loads(json.dumps(told))):
        assert type(made) is dict
        assert made == told
