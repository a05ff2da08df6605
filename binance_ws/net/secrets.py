"""Keeps secrets out of what others print: the logs of urllib3 and websocket-client, and the texts of errors.

urllib3 writes each request's path with its query, signature and all, to its log; websocket-client the headers of
a refused upgrade, which may repeat the path with its listen key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

HIDDEN = "…"

_SECRET = re.compile(r"((?:signature|listenKey|listenToken|token|apiKey)=|/ws/(?=\w{40}))[^&\s'\"]+")
_LEAST = 8
"""Characters that a secret has at least; an empty one would be found everywhere."""


def hide(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without secrets: those that are given, and the values of parameters that are some."""
    for secret in secrets:
        if len(secret) >= _LEAST:
            text = text.replace(secret, HIDDEN)
    return _SECRET.sub(rf"\1{HIDDEN}", text)


def scrub(error: BaseException, secrets: Iterable[str]) -> None:
    """Take secrets out of the texts of an error and of what led to it."""
    known = [secret for secret in secrets if secret]
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.args = tuple(hide(arg, known) if isinstance(arg, str) else arg for arg in each.args)
            left += [each.__cause__, each.__context__]


class Quiet(logging.Filter):
    """Hides secrets in log lines and their arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without its secrets."""
        if isinstance(record.args, tuple):
            record.args = tuple(hide(arg) if isinstance(arg, str) else arg for arg in record.args)
        record.msg = hide(str(record.msg))
        return True


_QUIET = Quiet()


def hide_in_logs() -> None:
    """Hide secrets in the logs of the libraries below, for the whole process; any number of times."""
    for name in ("urllib3.connectionpool", "websocket"):
        logging.getLogger(name).addFilter(_QUIET)
