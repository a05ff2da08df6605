"""The ways out of this machine, for REST and sockets alike: proxy, certificates, source address, deadline."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from requests import certs
from requests.utils import get_environ_proxies, select_proxy

from ..errors import ArgumentError

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIED = frozenset(("http", "https", "all", "no_proxy"))


def proxies_of(given: object) -> dict[str, str]:
    """What a caller passed as proxies. The error does not show them: a URL may carry a password.

    Raises:
        ArgumentError: they are no dictionary, or name nothing that goes through a proxy.
    """
    proxies = {} if given is None else given
    if not isinstance(proxies, Mapping) or not _are_proxies(proxies):
        raise ArgumentError(
            'proxies is a dictionary such as {"https": "http://user:password@host:3128"}; '
            "its keys are http, https, all and no_proxy"
        )
    return dict(proxies)


def _are_proxies(given: Mapping[Any, Any]) -> bool:
    """Of the environment's, as urllib finds them, some may be for schemes that we do not know."""
    known = any(str(key).partition("://")[0] in _PROXIED for key in given) or not given
    return known and all(url is None or isinstance(url, str) for url in given.values())


@dataclass(frozen=True)
class Network:
    """How connections leave this machine.

    Args:
        timeout: seconds that a whole opening, or a whole REST call, may take.
        proxies: as ``requests`` takes them, ``{"https": "http://user:password@host:3128"}``; the variables
            ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` count where it names none.
        ca: path of a file or folder of certificates to trust instead of the machine's.
        ssl_context: a context of your own, instead of ``ca``.
        source_address: the local address to connect from.
    """

    timeout: float = 10.0
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca: str | None = None
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)
    source_address: str | None = None

    def proxy(self, url: str) -> str | None:
        """The proxy for a URL, or ``None``; a socket goes the way that a page of its host would go."""
        page = url.replace("ws", "http", 1) if url.startswith("ws") else url
        environ = get_environ_proxies(page, no_proxy=self.proxies.get("no_proxy"))
        found: str | None = select_proxy(page, {**environ, **self.proxies})
        return found

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The one TLS context of all connections; loading certificates takes tens of milliseconds.

        Raises:
            ArgumentError: ``ca`` cannot be loaded.
        """
        if self.ssl_context is not None:
            return self.ssl_context
        usual: str = certs.where()  # type: ignore[attr-defined]
        path = self.ca or next(filter(None, map(os.environ.get, _CA_VARIABLES)), usual)
        folder = os.path.isdir(path)
        try:
            made = ssl.create_default_context(
                cafile=None if folder else path, capath=path if folder else None
            )
        except OSError as error:
            raise ArgumentError(f"ca is a path of certificates as PEM text, not {path!r}: {error}") from error
        # Or OpenSSL would let nothing be sent, no close frame either, once reading has been shut.
        made.options |= getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
        return made
