"""What ``requests`` lacks: a TLS context, a source address, and a deadline on the whole of an answer."""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter

from .network import Network


class Adapter(HTTPAdapter):
    """The way out of a network, for a session of ``requests``.

    Args:
        network: the way out.
    """

    def __init__(self, network: Network) -> None:
        self._options: dict[str, Any] = {}
        if network.ssl_context is not None or network.ca:
            self._options["ssl_context"] = network.tls
        if network.source_address:
            self._options["source_address"] = (network.source_address, 0)
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **more, **self._options)
        _limit(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options, **self._options)
        return manager if known else _limit(manager)

    def close(self) -> None:
        """Close pooled connections now; urllib3 does it when the last error that has seen a pool is forgotten."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            keys = manager.pools.keys()  # the container itself cannot be iterated
            for pool in filter(None, map(manager.pools.get, keys)):
                pool.close()
        super().close()

    # requests would add its own certificates to a context, the user's own one too, and its own will to verify.

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        if "ssl_context" not in self._options:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        attributes: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        return (attributes[0], {}) if "ssl_context" in self._options else attributes


def _limit(manager: Any) -> Any:
    """Have all connections of a pool manager read answers against a deadline."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _limited(pool) for scheme, pool in classes.items()}
    return manager


def _limited(pool: Any) -> type:
    connection = type("Connection", (pool.ConnectionCls,), {"response_class": _Answer})
    return type("Pool", (pool,), {"ConnectionCls": connection})


class _Answer(http.client.HTTPResponse):
    """An answer that is read within the timeout that its socket has when it begins."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp = io.BufferedReader(_Limited(self.fp.detach(), sock, time.monotonic() + timeout))


class _Limited(io.RawIOBase):
    """A socket's file whose reads all end at one moment: a timeout alone begins anew with each byte."""

    def __init__(self, raw: Any, sock: socket.socket, until: float) -> None:
        self._raw = raw
        self._sock = sock
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
