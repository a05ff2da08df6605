"""Whether a value is exactly of a type: no key missing, none unknown, and so on all the way down."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict


def faults(value: Any, kind: Any, where: str = "message") -> list[str]:
    """What is wrong with a value, in words; nothing where it is of the type.

    Args:
        value: decoded JSON.
        kind: a TypedDict, a list of a type, a union, a literal, or a plain type.
        where: what the words call the value.
    """
    return list(_faults(value, kind, where))


def _faults(value: Any, kind: Any, where: str) -> Iterator[str]:
    origin = get_origin(kind)
    if is_typeddict(kind):
        yield from _of_keys(value, kind, where)
    elif origin in (Union, UnionType):
        found = [faults(value, each, where) for each in get_args(kind)]
        if all(found):
            yield from min(found, key=len)
    elif origin is list and isinstance(value, list):
        for index, each in enumerate(value):
            yield from _faults(each, get_args(kind)[0], f"{where}[{index}]")
    elif origin is Literal:
        if value not in get_args(kind):
            yield f"{where} is {value!r}, not one of {get_args(kind)}"
    elif kind is not Any and type(value) is not kind and not (kind is float and type(value) is int):
        yield f"{where} is {value!r}, no {kind}"


def _of_keys(value: Any, kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is {value!r}, no object"
        return
    known = keys(kind)
    yield from (f"{where} lacks {key!r}" for key in kind.__required_keys__ - value.keys())
    yield from (f"{where} has {key!r}, which {kind.__name__} has not" for key in value.keys() - known.keys())
    for key in value.keys() & known.keys():
        yield from _faults(value[key], known[key], f"{where}[{key!r}]")


@cache
def keys(kind: Any) -> dict[str, Any]:
    """The types of a TypedDict's keys."""
    return get_type_hints(kind)


def inside(kind: Any) -> Iterator[Any]:
    """Every TypedDict in a type, itself included."""
    if is_typeddict(kind):
        yield kind
    for each in keys(kind).values() if is_typeddict(kind) else get_args(kind):
        yield from inside(each)


def members(type_: Any) -> Iterator[Any]:
    """The TypedDicts that a message, or an element of it, may be."""
    if is_typeddict(type_):
        yield type_
    else:
        for each in get_args(type_):
            yield from members(each)
