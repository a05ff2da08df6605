"""Tests of the states of a connection."""

from __future__ import annotations

import itertools

import pytest

from binance_ws.core.lifecycle import TRANSITIONS, State, Step, advance

S = State
ALLOWED = {
    (S.NEW, Step.START): S.CONNECTING,
    (S.CONNECTING, Step.OPENED): S.OPEN,
    (S.CONNECTING, Step.LOST): S.WAITING,
    (S.OPEN, Step.LOST): S.WAITING,
    (S.WAITING, Step.RETRY): S.CONNECTING,
    **{(state, Step.END): S.CLOSED for state in S},
}


@pytest.mark.parametrize(("state", "step"), list(itertools.product(State, Step)))
def test_each_step_leads_where_the_table_says_or_is_refused(state: State, step: Step) -> None:
    """A step that cannot happen in a state is a fault of ours, which names both."""
    if (state, step) in ALLOWED:
        assert advance(state, step) is ALLOWED[state, step]
    else:
        with pytest.raises(RuntimeError, match=rf"{state} cannot take the step {step.name}"):
            advance(state, step)


def test_every_step_has_a_row() -> None:
    """The table forgets no step."""
    assert set(TRANSITIONS) == set(Step)


def test_every_state_is_reached_and_the_last_one_is_never_left() -> None:
    """From ``new`` every state can be come to; from ``closed`` nothing leads anywhere else."""
    reached = {S.NEW}
    for _ in State:
        reached |= {after for (before, _), after in ALLOWED.items() if before in reached}
    assert reached == set(State)
    assert {after for (before, _), after in ALLOWED.items() if before is S.CLOSED} == {S.CLOSED}


def test_states_read_as_their_values() -> None:
    """A state prints as the word that users see, and compares with it."""
    assert [str(state) for state in State] == ["new", "connecting", "open", "waiting", "closed"]
    assert State("open") is State.OPEN
