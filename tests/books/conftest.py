"""What tests of books share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..booking import Room, room


@pytest.fixture
def place() -> Iterator[Room]:
    """A room with a few symbols, started."""
    with room() as made:
        yield made
