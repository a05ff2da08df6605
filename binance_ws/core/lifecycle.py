"""The states of a connection and what leads from one to another; nothing else decides a state."""

from __future__ import annotations

from enum import Enum


class State(str, Enum):
    """Where a connection stands."""

    NEW = "new"
    CONNECTING = "connecting"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"

    def __str__(self) -> str:
        return self.value


class Step(Enum):
    """What happened to a connection."""

    START = "asked to connect"
    OPENED = "the upgrade was accepted"
    LOST = "the attempt failed, or the open connection ended"
    RETRY = "the wait is over"
    END = "stopped, or given up"


TRANSITIONS: dict[Step, dict[State, State]] = {
    Step.START: {State.NEW: State.CONNECTING},
    Step.OPENED: {State.CONNECTING: State.OPEN},
    Step.LOST: {State.CONNECTING: State.WAITING, State.OPEN: State.WAITING},
    Step.RETRY: {State.WAITING: State.CONNECTING},
    Step.END: dict.fromkeys(State, State.CLOSED),
}
"""For each step, the state that it leads to from each state in which it may happen."""


def advance(state: State, step: Step) -> State:
    """The state that follows.

    Raises:
        RuntimeError: the step cannot happen in that state; a fault of ours.
    """
    try:
        return TRANSITIONS[step][state]
    except KeyError:
        raise RuntimeError(f"a connection that is {state} cannot take the step {step.name}") from None
