"""How JSON becomes objects: orjson where it is installed, else the standard library; chosen here alone.

Both refuse text that is not UTF-8. ``BINANCE_WS_JSON=stdlib`` chooses the standard library in any case.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

VARIABLE = "BINANCE_WS_JSON"


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse)


def _with_stdlib(payload: bytes) -> Any:
    # Given bytes, json guesses the encoding and lets lone surrogates pass.
    try:
        return _decoder.decode(str(payload, "utf-8"))
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None


def _choose() -> Callable[[bytes], Any]:
    if os.environ.get(VARIABLE) == "stdlib":
        return _with_stdlib
    try:
        import orjson
    except ImportError:
        return _with_stdlib
    return orjson.loads


loads = _choose()
"""The object that a JSON text means; raises ``ValueError`` where it means none."""
