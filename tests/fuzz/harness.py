"""Runs a fuzz target: with atheris where it is installed, else with hypothesis."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = 60.0
_ROUND = 2000

Target = Callable[[bytes], None]


def main(target: Target) -> None:
    """Run a target for the seconds that the command line says; it fails with the bytes that broke it."""
    options = sys.argv[1:]
    seconds = float(options.pop(0)) if options and options[0][0].isdigit() else SECONDS
    try:
        atheris = import_module("atheris")
    except ImportError:
        print("atheris is not installed; hypothesis makes up the bytes", file=sys.stderr)
        with_hypothesis(target, seconds)
    else:
        _with_atheris(atheris, target, [f"-max_total_time={seconds:g}", *options])


def _with_atheris(atheris: Any, target: Target, options: list[str]) -> None:
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *options], target)
    atheris.Fuzz()


def with_hypothesis(target: Target, seconds: float) -> None:
    """Rounds of other examples each, until the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        one_round(target, _ROUND)


def one_round(target: Target, examples: int, same: bool = False) -> None:
    """So many examples; the same ones each time, if asked for."""

    @settings(max_examples=examples, derandomize=same, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=2000))
    def run(data: bytes) -> None:
        target(data)

    run()
