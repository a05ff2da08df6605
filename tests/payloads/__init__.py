"""An example of every message that the exchange sends on its streams; ``index.json`` says where each is from."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_RENAMED = {"contractType": "contract", "assetSymbol": "asset", "level": "levels", "expirationDate": "date"}
_OPTIONAL = re.compile(r"\[(?P<either>[^]]*)\]$")
_SUFFIXES = re.compile(r"@\d+ms(\|@\d+ms)*$|@\+08:00$")


def text(name: str) -> bytes:
    """The message of a file, as the bytes of one frame."""
    return (_FOLDER / name).read_bytes().strip()


def load(name: str) -> Any:
    """The message of a file, decoded."""
    return json.loads(text(name))


INDEX: dict[str, dict[str, Any]] = load("index.json")
"""For each file its market, stream pattern and source."""

MARKET = sorted(
    n for n, about in INDEX.items() if re.match(r"<|!(?!server)|tradingS", about["stream_pattern"])
)
"""Files of market data."""

COMBINED = sorted(n for n, about in INDEX.items() if "wrapper" in about["stream_pattern"])
"""Files of market data in the envelope of ``/stream``."""

ANSWERS = sorted(n for n in INDEX if re.search(r"control_(error|\w+_response)", n))
"""Files of answers to requests."""

SHUTDOWNS = sorted(n for n in INDEX if "shutdown" in n)
"""Files of the word that a server goes down, in each of its envelopes."""


def patterns(name: str) -> list[tuple[str, set[str]]]:
    """Template and suffixes that the exchange's pages give for a file; several where it names several."""
    return [_split(alternative.split(" ")[0]) for alternative in INDEX[name]["stream_pattern"].split(" | ")]


def _split(pattern: str) -> tuple[str, set[str]]:
    optional = _OPTIONAL.search(pattern)
    found = optional or _SUFFIXES.search(pattern)
    template = pattern[: found.start()] if found else pattern
    for old, new in _RENAMED.items():
        template = template.replace(f"<{old}>", f"<{new}>")
    suffixes = (optional["either"] if optional else found[0] if found else "").split("|")
    return template, {*suffixes, ""} if optional else set(suffixes)
