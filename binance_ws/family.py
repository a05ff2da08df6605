"""Every manager of this process, known weakly: for forked children, and for the end of the interpreter."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Protocol

from .net.limits import forget_budgets


class Member(Protocol):
    """What the family asks of a manager."""

    def close(self) -> None:
        """Close every socket."""

    def abandon(self) -> None:
        """Forget everything without touching a connection."""


_members: dict[int, weakref.ref[Member]] = {}
_named: dict[str, weakref.ref[Member]] = {}


def welcome(member: Member, name: str | None = None) -> None:
    """Know a manager for as long as somebody else does; close the elder one of its name, where it has one."""
    number = id(member)
    _members[number] = weakref.ref(member, lambda _: _members.pop(number, None))
    if name is not None:
        elder, _named[name] = _named.get(name), weakref.ref(member)
        if elder is not None and (known := elder()) is not None:
            known.close()


def members() -> list[Member]:
    """Every manager of this process."""
    return [member for known in tuple(_members.values()) if (member := known()) is not None]


def close_all() -> None:
    """Close every manager."""
    for member in members():
        member.close()


def _in_child() -> None:
    """A forked child has the parent's sockets but none of its threads: it must not say a word on them."""
    forget_budgets()
    for member in members():
        member.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
atexit.register(close_all)
