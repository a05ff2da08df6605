"""HTTP to the exchange: one session, a deadline on the whole of each call, errors translated here alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from http.client import PROXY_AUTHENTICATION_REQUIRED
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3 import Timeout

from ..errors import (
    ApiError,
    BinanceWsError,
    CertificateError,
    CredentialsRejected,
    ProxyError,
    RateLimited,
    RestError,
)
from .adapter import Adapter
from .decode import loads
from .network import Network
from .refusals import FORBIDDEN_SECONDS, LIMITED_SECONDS, seconds
from .secrets import hide_in_logs

_REJECTED = {
    -1022: "check the key's secret, or its private key: the signature is another's",
    -2014: "check the key: it is not written as the exchange's keys are",
    -2015: "check the key, its permissions and its IP list, and that it belongs to the client's environment: "
    "each has keys of its own",
}
"""What to do about codes that say that somebody has to change something."""

_TOO_MANY = -1003
_USED = ("X-MBX-USED-WEIGHT-1M", "X-SAPI-USED-IP-WEIGHT-1M", "X-SAPI-USED-UID-WEIGHT-1M")
"""What tells the weight used: of a pool, of a call of margin by address or by account."""


class Rest:
    """Calls to the exchange's REST APIs; from any thread.

    Args:
        network: the way out.
        headers: sent with each call.
        told: is given a URL and the request weight of this minute that the exchange says is used there.
    """

    def __init__(
        self,
        network: Network,
        headers: Mapping[str, str] | None = None,
        told: Callable[[str, int], None] = lambda url, weight: None,
    ) -> None:
        hide_in_logs()
        self._network = network
        self._told = told
        self._headers = dict(headers or {})
        self._session = self._new_session()
        self._process = os.getpid()

    def _new_session(self) -> requests.Session:
        session, adapter = requests.Session(), Adapter(self._network)
        session.headers.update(self._headers)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _own_session(self) -> requests.Session:
        """The session; a forked child makes one of its own, for the connections of the other are its parent's."""
        if self._process != os.getpid():
            self._session = self._new_session()
            self._process = os.getpid()
        return self._session

    def call(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """One call; the object that the exchange answered.

        Args:
            method: ``"GET"``, ``"POST"``, ``"PUT"`` or ``"DELETE"``.
            url: the whole URL without parameters.
            params: parameters; those that are ``None`` are left out.
            headers: sent with this call alone.
            timeout: seconds that the whole call may take; ``None`` for the network's.

        Raises:
            RestError: there was no answer in time.
            CertificateError: the host's certificate does not verify.
            ProxyError: the proxy refused the way.
            ApiError: the exchange answered with an error.
        """
        given = {k: v for k, v in (params or {}).items() if v is not None}
        limit: Any = Timeout(total=self._network.timeout if timeout is None else timeout)
        try:
            # Proxies of the session would give way to those of the environment.
            response = self._own_session().request(
                method,
                url,
                params=given,
                headers=headers,
                proxies=dict(self._network.proxies),
                timeout=limit,
                allow_redirects=False,  # a key must not follow one to another host
            )
        except (requests.RequestException, ValueError) as error:
            chain = _chain(error)
            # Who refuses to send something shows it: a header with the key, a URL with its signature.
            cause = None if isinstance(error, ValueError) else chain[-1]
            raise _translated(chain, urlsplit(url).netloc) from cause
        for used in (response.headers.get(name, "") for name in _USED):
            if used.isdecimal():
                self._told(url, int(used))
        return _answer(response)

    def close(self) -> None:
        """Let go of the pooled connections."""
        self._session.close()


def _answer(response: requests.Response) -> Any:
    body = response.content
    try:
        answer = loads(body) if body else {}
    except ValueError:
        answer = None
    if response.status_code < 300 and answer is not None:
        return answer
    if response.status_code == PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyError("the proxy does not accept the user and the password in its URL (HTTP 407)")
    raise api_error(response.status_code, answer, response.headers.get("Retry-After"))


def api_error(status: int, answer: Any, retry_after: str | None = None) -> BinanceWsError:
    """The error that an answer of the exchange means.

    Args:
        status: the HTTP status, or that of a ws-api answer.
        answer: the decoded body, ``{"code", "msg"}`` where the exchange wrote it.
        retry_after: the header of that name, in seconds.
    """
    known = answer if isinstance(answer, dict) else {}
    code = known.get("code")
    text = f"{known.get('msg') or 'no reason given'} (HTTP {status}{f', code {code}' if code else ''})"
    firewall = status == 403 and code is None
    if firewall or status in (418, 429) or code == _TOO_MANY:
        wait = seconds(retry_after)
        unsaid = FORBIDDEN_SECONDS if firewall else LIMITED_SECONDS
        return RateLimited(text, code, status, unsaid if wait is None else wait)
    if code in _REJECTED:
        return CredentialsRejected(f"{text}; {_REJECTED[code]}", code, status)
    return ApiError(text, code, status)


def required(answer: Any, name: str) -> Any:
    """What an answer tells under a name.

    Raises:
        ApiError: it tells nothing under it; asking again may help.
    """
    told = answer.get(name) if isinstance(answer, dict) else None
    if told is None:
        raise ApiError(f"the exchange's answer has no {name}")
    return told


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what led to it; all but the last may carry the URL with its parameters, signature and all."""
    chain = [error]
    while (below := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(below)
    return chain


def _translated(chain: list[BaseException], host: str) -> BinanceWsError:
    root = chain[-1]
    why = getattr(root, "strerror", None) or root
    if isinstance(chain[0], requests.exceptions.InvalidProxyURL):
        return ProxyError(f"no way to {host} through the proxy: its URL is none")
    if isinstance(chain[0], ValueError):
        return RestError(f"nothing was sent to {host}: the URL, a header or a parameter cannot be sent")
    if "CERTIFICATE_VERIFY_FAILED" in str(root):
        return CertificateError(f"the certificate of {host} does not verify: {why}")
    if isinstance(chain[0], requests.Timeout) or isinstance(root, TimeoutError):
        return RestError(f"{host} did not answer in time")
    if any(isinstance(error, requests.exceptions.ProxyError) or _is_of_socks(error) for error in chain):
        return ProxyError(f"no way to {host} through the proxy: {why}")
    return RestError(f"{host} could not be reached: {why}")


def _is_of_socks(error: BaseException) -> bool:
    return type(error).__module__ == "socks"
