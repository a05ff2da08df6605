"""Tests that the fuzz targets run: a few examples of each, and the bytes that broke something once."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz_messages, fuzz_reader
from tests.fuzz.harness import Target, one_round

BROKEN_ONCE = (
    b"\x00\x81\x020\xc2",  # text that ends within a character
    b"\x01\x02\x01\x01a\x89\x00\x80\x01b",  # a ping within a fragmented message
    b"\x00\x82\x7f" + b"\xff" * 8,  # the longest length that can be claimed
    b"\x00\x88\x7e\x00\x00",  # a close whose length takes more bytes than it may
    b"\x00" + b"[" * 2000,
    b"\x01NaN",
    b"\x03\xff",
)


@pytest.mark.parametrize("target", [fuzz_reader.target, fuzz_messages.target])
def test_any_bytes_fail_only_as_documented(target: Target) -> None:
    """Two hundred examples, and those that are known."""
    for data in (b"", *BROKEN_ONCE):
        target(data)
    one_round(target, 200, same=True)
