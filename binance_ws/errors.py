"""Every error of the library, in one tree.

* :class:`BinanceWsError`
    * :class:`ArgumentError` (also a ``ValueError``): what the caller passed cannot be used
        * :class:`UnknownStream`: no market serves a stream of this name
        * :class:`CallbackError` (also a ``TypeError``): the callback cannot be called
        * :class:`CredentialsMissing`: the call needs an API key that the client does not have
    * :class:`MissingExtra` (also an ``ImportError``): an optional package is not installed
    * :class:`NotConnected`: the socket is not, or not yet, connected
    * :class:`OpenError`: a connection could not be opened
        * :class:`ResolveError`: the host name has no address
        * :class:`TlsError`: TLS failed
            * :class:`CertificateError`: the certificate does not verify; never retried
        * :class:`ProxyError`: the proxy refused, or cannot be used
        * :class:`DeadlineExceeded`: the opening took too long
        * :class:`HandshakeError`: the server answered the upgrade with another status
    * :class:`ConnectionLost`: an open connection ended
        * :class:`ProtocolViolation`: the peer broke RFC 6455
    * :class:`RestError`: an HTTP request failed before the exchange answered it
    * :class:`ApiError`: the exchange answered with an error code
        * :class:`RateLimited`: 429, 418 or code -1003; says how long to wait
        * :class:`CredentialsRejected`: -2014, -2015 or -1022
    * :class:`StreamRefused`: the exchange refused to subscribe a stream
    * :class:`StaleBook`: an order book that is not up to date was read
    * :class:`GaveUp`: the retries are used up
    * :class:`Closed`: there is nothing more to come
    * :class:`Overflow`: messages came faster than they were taken

Errors of other libraries are translated at the seams in ``net/``; the original is the ``__cause__``.
"""

from __future__ import annotations

__all__ = [
    "ApiError",
    "ArgumentError",
    "BinanceWsError",
    "CallbackError",
    "CertificateError",
    "Closed",
    "ConnectionLost",
    "CredentialsMissing",
    "CredentialsRejected",
    "DeadlineExceeded",
    "GaveUp",
    "HandshakeError",
    "MissingExtra",
    "NotConnected",
    "OpenError",
    "Overflow",
    "ProtocolViolation",
    "ProxyError",
    "RateLimited",
    "ResolveError",
    "RestError",
    "StaleBook",
    "StreamRefused",
    "TlsError",
    "UnknownStream",
]


class BinanceWsError(Exception):
    """The root of the library's errors."""

    @property
    def retryable(self) -> bool:
        """Whether trying again may help."""
        return True


class ArgumentError(BinanceWsError, ValueError):
    """An argument cannot be used; the message says what is allowed."""


class UnknownStream(ArgumentError):
    """No market serves a stream of this name; the message carries the nearest known one."""


class CallbackError(ArgumentError, TypeError):
    """The callback cannot be called."""


class CredentialsMissing(ArgumentError):
    """The call needs an API key and secret that the client does not have."""


class MissingExtra(BinanceWsError, ImportError):
    """An optional package is not installed.

    Args:
        package: the package that was looked for.
        extra: the extra of binance-ws that brings it.
    """

    retryable = False

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is needed here: pip install 'binance-ws[{extra}]'")
        self.package = package
        self.extra = extra


class NotConnected(BinanceWsError):
    """The socket is not connected, or was not within the time given."""


class OpenError(BinanceWsError):
    """A connection could not be opened. It is tried again where ``retryable`` is true."""


class ResolveError(OpenError):
    """The host name has no address."""


class TlsError(OpenError):
    """TLS failed."""


class CertificateError(TlsError):
    """The server's certificate does not verify. Trying again would not help."""

    retryable = False


class ProxyError(OpenError):
    """The proxy refused the connection, or its URL cannot be used."""


class DeadlineExceeded(OpenError):
    """The opening took longer than its deadline."""


class HandshakeError(OpenError):
    """The server answered the WebSocket upgrade with something other than 101.

    Args:
        message: one sentence for people.
        status: the HTTP status, or ``None`` where the answer was no HTTP.
        retry_after: seconds that the server asks to wait, or ``None``.
    """

    def __init__(self, message: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class ConnectionLost(BinanceWsError):
    """An open connection ended.

    Args:
        message: one sentence for people.
        code: the close code of the peer, or ``None`` where it sent no close frame.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ProtocolViolation(ConnectionLost):
    """The peer broke RFC 6455; ``code`` is the close code that we answered with."""


class RestError(BinanceWsError):
    """An HTTP request failed before the exchange answered it: no network, no answer in time."""


_PASSING = frozenset((-1109, -1125, -1209, -2035, -2036, -2042))
"""Codes of requests that are refused now, or in this form, and may succeed when they are made anew."""


class ApiError(BinanceWsError):
    """The exchange answered with an error.

    Args:
        message: the exchange's words.
        code: the exchange's error code, such as -1121, or ``None`` where the answer had none.
        status: the HTTP status.
    """

    def __init__(self, message: str, code: int | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later; false where the request itself is refused."""
        final = self.code is not None and self.code <= -1100 and self.code not in _PASSING
        return not final and self.status not in (404, 410)


class RateLimited(ApiError):
    """The exchange asks to wait.

    Args:
        retry_after: seconds to wait before anything more is sent to this host.
    """

    def __init__(
        self,
        message: str,
        code: int | None = None,
        status: int | None = None,
        retry_after: float = 60.0,
    ) -> None:
        super().__init__(message, code, status)
        self.retry_after = retry_after


class CredentialsRejected(ApiError):
    """The exchange does not accept the key, its permissions, its IP address or its signature."""

    @property
    def retryable(self) -> bool:
        """False: somebody has to change something."""
        return False


class StreamRefused(BinanceWsError):
    """The exchange refused to subscribe streams.

    Args:
        message: the exchange's words.
        streams: the names that were asked for.
        code: the exchange's error code, or ``None``.
    """

    def __init__(self, message: str, streams: tuple[str, ...], code: int | None = None) -> None:
        super().__init__(message)
        self.streams = streams
        self.code = code


class StaleBook(BinanceWsError):
    """An order book that is not, or not yet, up to date was read; ``wait_ready`` waits until it is."""


class GaveUp(BinanceWsError):
    """The retries are used up; the last cause is the ``__cause__``.

    Args:
        cause: the last cause, or its words where they are all that is known.
    """

    def __init__(self, cause: BaseException | str) -> None:
        super().__init__(str(cause))
        if isinstance(cause, BaseException):
            self.__cause__ = cause.__cause__ if isinstance(cause, GaveUp) else cause


class Closed(BinanceWsError):
    """There is nothing more to come: the socket was stopped or its manager closed."""


class Overflow(BinanceWsError):
    """Messages came faster than they were taken, and ``overflow="error"`` was asked for."""
