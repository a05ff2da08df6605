"""A soak: many sockets, a fast exchange, faults at random; at the end all is compared with what was made.

The exchange and its faults run in one process, the manager in a child of it, so that what the child holds in
memory is the library's alone. ``python -m tests.faults.soak --minutes 2`` exits with 1 where anything is wrong.
"""

from __future__ import annotations

from .trail import Ledger, Trail, judge

__all__ = ["Ledger", "Trail", "judge"]
