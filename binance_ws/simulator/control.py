"""What clients ask on a socket (SUBSCRIBE and so on) and what the exchange answers. No sockets here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_ID_LENGTH = 36


class Refused(Exception):
    """A request that is answered with an error.

    Args:
        code: the exchange's code.
        message: the exchange's words.
        id: the request's id where the answer carries it.
        fatal: whether the connection is closed behind the answer.
    """

    def __init__(self, code: int, message: str, id: object = ..., fatal: bool = False) -> None:
        super().__init__(message)
        self.code, self.id, self.fatal = code, id, fatal

    @property
    def answer(self) -> dict[str, Any]:
        """What the client gets."""
        told = {"code": self.code, "msg": str(self)}
        return told if self.id is ... else {**told, "id": self.id}


def nothing(name: str) -> str | None:
    """Why a stream is refused by those who refuse none."""


@dataclass
class Subscriptions:
    """What one connection has subscribed.

    Args:
        limit: how many streams it may have if it has those.
        combined: whether messages come in the envelope.
        refuses: says why a stream is refused, or ``None``.
        any_id: whether words, numbers below zero and null are ids too, as they are on spot.
        streams: the names, in the order of subscription.
    """

    limit: Callable[[Iterable[str]], float]
    combined: bool
    refuses: Callable[[str], str | None] = nothing
    any_id: bool = True
    streams: dict[str, None] = field(default_factory=dict)

    def handle(self, text: str) -> Any:
        """Carry a request out.

        Returns:
            the answer as a JSON object.

        Raises:
            Refused: the request is refused; nothing has changed.
        """
        request = _read(text)
        id = _id(request, self.any_id)
        parameters = request.get("params")
        handlers: dict[str, Callable[[Any, object], Any]] = {
            "SUBSCRIBE": lambda parameters, id: self.subscribe(_names(parameters), id),
            "UNSUBSCRIBE": self._unsubscribe,
            "LIST_SUBSCRIPTIONS": self._list,
            "SET_PROPERTY": self._set,
            "GET_PROPERTY": self._get,
        }
        return {"result": handlers[_method(request, text)](parameters, id), "id": id}

    def subscribe(self, names: Iterable[str], id: object = None) -> None:
        """Subscribe streams.

        Raises:
            Refused: a stream is refused, or there are too many; nothing has changed.
        """
        wanted = dict.fromkeys(names)
        for name in wanted:
            if why := self.refuses(name):
                raise Refused(2, f"Invalid request: {why}", id)
        limit = self.limit(self.streams | wanted)
        if len(self.streams | wanted) > limit:
            raise Refused(2, f"Invalid request: too many streams, at most {limit:.0f} a connection", id, True)
        self.streams.update(wanted)

    def _unsubscribe(self, parameters: Any, _: object) -> None:
        for name in _names(parameters):
            self.streams.pop(name, None)

    def _list(self, parameters: Any, _: object) -> list[str]:
        if parameters:
            raise Refused(2, "Invalid request: too many parameters")
        return list(self.streams)

    def _set(self, parameters: Any, id: object) -> None:
        _property(parameters, 2, id)
        if len(parameters) < 2 or not isinstance(parameters[1], bool):
            raise Refused(1, "Invalid value type: expected Boolean")
        self.combined = parameters[1]

    def _get(self, parameters: Any, id: object) -> bool:
        _property(parameters, 1, id)
        return self.combined


def _read(text: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"Invalid JSON: expected value at line {error.lineno} column {error.colno}"
        raise Refused(3, message) from error
    if not isinstance(request, dict):
        raise Refused(2, f"Invalid request: missing field `method` at line 1 column {len(text)}")
    return request


def _method(request: dict[str, Any], text: str) -> str:
    if "method" not in request:
        raise Refused(2, f"Invalid request: missing field `method` at line 1 column {len(text)}")
    method = request["method"]
    if method not in METHODS:
        known = ", ".join(f"`{each}`" for each in METHODS)
        column = text.find(str(method)) + len(str(method)) + 1
        raise Refused(
            2,
            f"Invalid request: unknown variant `{method}`, expected one of {known} at line 1 column {column}",
        )
    return str(method)


def _id(request: dict[str, Any], any_id: bool) -> object:
    id = request.get("id")
    least = -(1 << 63) if any_id else 0
    whole = isinstance(id, int) and not isinstance(id, bool) and least <= id < 1 << 63
    word = isinstance(id, str) and 0 < len(id) <= _ID_LENGTH and id.replace("-", "").isalnum()
    if not (whole or (any_id and (id is None or word))):
        raise Refused(2, "Invalid request: request ID must be an unsigned integer")
    return id


def _names(parameters: Any) -> list[str]:
    if not isinstance(parameters, list) or not all(isinstance(each, str) for each in parameters):
        raise Refused(2, "Invalid request: stream names must be strings")
    return parameters


def _property(parameters: Any, most: int, id: object) -> None:
    if not isinstance(parameters, list) or not parameters or not isinstance(parameters[0], str):
        raise Refused(2, "Invalid request: property name must be a string")
    if len(parameters) > most:
        raise Refused(2, "Invalid request: too many parameters")
    if parameters[0] != "combined":
        raise Refused(0, "Unknown property", id)
