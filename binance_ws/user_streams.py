"""The streams of accounts: which mechanism brings each, chosen by the environment, and what all of them share.

Whatever may wait for the exchange's answer is done on one thread, begun with the first account: it renews, opens
anew, and closes listen keys. What was missed takes many answers, and is asked for on a thread of each account.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from .accounts.api_line import ApiLine
from .accounts.key_line import KeyLine, Source
from .accounts.listen_keys import Lease
from .accounts.reconcile import Reconciler, shape_of
from .accounts.socket import UserSocket
from .accounts.way import Way
from .accounts.ws_api import CALL_SECONDS, Ticket
from .client import Client
from .config import Hosts, UserData
from .core.given import positive
from .credentials import NEEDED
from .errors import ApiError, ArgumentError, BinanceWsError, Closed, CredentialsMissing, RestError
from .handle import Handle
from .net.timer import Timer
from .sockets import Surroundings
from .streams.accounts import ACCOUNTS, Account, Row, account_of, key_of
from .target import Callback, check_callable

GOODBYE_SECONDS = 0.4
"""How long ``close`` waits for the answer to a call that closes a listen key; the first that fails is the last."""

_CLOSE_SECONDS = 2.0


class UserStreams:
    """The streams of a manager's accounts.

    Args:
        client: whose accounts.
        around: what sockets need of the manager.
        claim: enters a socket under an identity and a key, as the manager's registry does.
        find: the socket of a key.
        period: seconds between renewals of a listen key.
    """

    def __init__(
        self,
        client: Client,
        around: Surroundings,
        claim: Callable[[str, str, Handle], tuple[str, bool] | None],
        find: Callable[[object], Handle | None],
        period: float,
    ) -> None:
        positive("user_timeout", period, "seconds")
        self._client = client
        self._around = around
        self._claim = claim
        self._find = find
        self._period = period
        self._timer = Timer("binance_ws renewals")
        self._run: object = None
        self._line: ApiLine | None = None
        self._leaving: set[Lease] = set()
        self._left = threading.Event()
        self._closing = False

    # ---- what the manager asks --------------------------------------------------------------------------

    def start(
        self,
        callback: Callback,
        account: Account | str,
        symbol: str | None = None,
        reconcile: bool = False,
        on_gap: Callable[[int], object] | None = None,
    ) -> str:
        """Start an account's stream, or hand the one that is open what is new; its key.

        Raises:
            ArgumentError: the environment or the client does not allow it, or the callback cannot be called.
        """
        check_callable(callback)
        if on_gap is not None:
            check_callable(on_gap, "moment")
        kind = account_of(account)
        key, name = key_of(kind, symbol)
        row = ACCOUNTS[kind]
        hosts = self._hosts(kind, row)
        while True:
            made = self._made(kind, row, hosts, key, name, callback, reconcile, on_gap)
            claimed = self._claim(made.identity, key, made)
            if claimed is not None:
                made.target.key, running = claimed
                if running:
                    made.open()
                return made.key
            elder = self._find(key)
            if isinstance(elder, UserSocket):
                elder.hand(made)
                return key

    def open(self, run: object) -> None:
        """Take work, on behalf of a run."""
        self._run, self._closing = run, False
        self._timer.open(run)

    def close(self, run: object) -> threading.Thread | None:
        """End what a run shares, and close its listen keys as far as the exchange answers at once.

        Returns:
            The thread to join, where it waits for no answer.
        """
        if self._run is not run:
            return None
        self._closing = True
        line, self._line = self._line, None
        if line is not None:
            line.stop()
        answered = self._say_goodbye()
        thread = self._timer.close(run)
        return thread if answered else None

    def _say_goodbye(self) -> bool:
        """Wait while listen keys are closed, one after the other; whether the exchange answered."""
        until = time.monotonic() + _CLOSE_SECONDS
        while self._leaving and time.monotonic() < until:
            self._left.clear()
            if self._leaving and not self._left.wait(GOODBYE_SECONDS + 0.05):
                break
        answered = not self._leaving
        self._leaving.clear()
        return answered

    # ---- how an account is opened -----------------------------------------------------------------------

    def _hosts(self, account: Account, row: Row) -> Hosts:
        hosts: Hosts = getattr(self._client.environment, row.product)
        where = f"the environment {self._client.environment.name!r}"
        if not hosts.rest or hosts.user_data is UserData.NONE:
            raise ArgumentError(f"{where} does not serve the account {account.value!r}")
        if self._client.API_KEY is None:
            raise CredentialsMissing(f"the streams of accounts need {NEEDED}")
        if hosts.user_data is UserData.SIGNATURE and not (row.signs and hosts.ws_api):
            raise ArgumentError(f"{where} names a mechanism that {account.value!r} does not have: signature")
        if hosts.user_data is UserData.LISTEN_TOKEN and not (row.listen_token and hosts.ws_api):
            raise ArgumentError(
                f"{where} names a mechanism that {account.value!r} does not have: listen token"
            )
        if hosts.user_data is UserData.SIGNATURE and not self._client.can_sign:
            raise CredentialsMissing(f"the stream of this account is signed, and needs {NEEDED}")
        return hosts

    def _made(
        self,
        account: Account,
        row: Row,
        hosts: Hosts,
        key: str,
        symbol: str,
        callback: Callback,
        reconcile: bool,
        on_gap: Callable[[int], object] | None,
    ) -> UserSocket:
        attach, secrets = self._mechanism(row, hosts, key, symbol)
        return UserSocket(
            f"account:{key}",
            key,
            callback,
            self._around,
            attach,
            secrets,
            partial(self._client.now, hosts.rest),
            self._reconciler(account, row, hosts, symbol) if reconcile else None,
            on_gap,
        )

    def _mechanism(
        self, row: Row, hosts: Hosts, key: str, symbol: str
    ) -> tuple[Callable[[UserSocket], object], Callable[[], list[str]]]:
        """What has an account's events brought, and what must not be shown of it."""
        if hosts.user_data is not UserData.LISTEN_KEY:
            ticket = Ticket(self._client, row, hosts, symbol)
            take_seat = partial(self._timer.after, 0, self._seat, ticket)
            return take_seat, lambda: [*self._secrets(), ticket.token]
        call = partial(self._listen_key_call, hosts.rest + row.listen_key)
        now = partial(self._client.now, hosts.rest)
        lease = Lease(row, call, (hosts.rest, self._client.API_KEY), symbol, now)
        unit = self._client.time_unit
        source = Source(row, hosts.stream, unit, lease, self._period, self._give_back)
        return partial(self._connect, source), lambda: [*self._secrets(), lease.key]

    def _connect(self, source: Source, socket: UserSocket) -> None:
        """Give an account a connection of its own."""
        name = f"binance_ws {socket.key}"
        line = KeyLine(name, source, self._around.means, self._timer.after, Way(socket))
        socket.carrier = line
        line.connection.start()
        if socket.target.stopping:
            line.leave(socket)

    def _secrets(self) -> list[str]:
        return [self._client.API_KEY or "", self._client.API_SECRET or ""]

    def _reconciler(self, account: Account, row: Row, hosts: Hosts, symbol: str) -> Reconciler:
        if row.lookups is None:
            able = ", ".join(each.value for each, other in ACCOUNTS.items() if other.lookups)
            raise ArgumentError(f"what {account.value!r} missed cannot be asked for; reconcile is for {able}")
        if not self._client.can_sign:
            raise CredentialsMissing(f"reconcile needs {NEEDED}")
        return Reconciler(partial(self._signed_get, hosts.rest), row.lookups, shape_of(row.product), symbol)

    # ---- calls, on a thread that may wait ---------------------------------------------------------------

    def _signed_get(self, base: str, path: str, params: dict[str, Any], weight: int) -> Any:
        if self._closing:
            raise Closed("the manager was closed")
        return self._client.request(
            "GET", base + path, params, weight=weight, signed=True, timeout=CALL_SECONDS
        )

    def _listen_key_call(
        self, url: str, method: str, params: dict[str, Any], weight: int, timeout: float | None
    ) -> Any:
        try:
            return self._client.request(method, url, params, weight=weight, timeout=timeout or CALL_SECONDS)
        except ApiError as error:
            if error.status in (404, 410):
                text = (
                    f"this host serves no listen keys (HTTP {error.status}): see its environment's user_data"
                )
                raise ApiError(text, error.code, error.status) from error
            raise

    # ---- listen keys that nobody uses any more ----------------------------------------------------------

    def _give_back(self, lease: Lease) -> None:
        """Close a listen key soon; from any thread."""
        self._leaving.add(lease)
        self._timer.after(0, self._close_lease, lease)

    def _close_lease(self, lease: Lease) -> None:
        try:
            if lease in self._leaving:
                lease.close(GOODBYE_SECONDS if self._closing else None)
        except RestError:
            if self._closing:
                self._leaving.clear()  # nobody answers: nothing more is tried
        except BinanceWsError:
            pass  # it ends by itself within the hour
        finally:
            self._leaving.discard(lease)
            self._left.set()

    # ---- the shared connection to the ws-api ------------------------------------------------------------

    def _seat(self, ticket: Ticket, socket: UserSocket) -> None:
        """Carry an account over the shared connection; on the thread that may wait."""
        if socket.target.stopping:
            return
        line = self._line.latest if self._line is not None else None
        if line is None or line.stopped or line.address != ticket.ws_api or not line.add(socket, ticket):
            line = self._new_line(ticket.ws_api)
            line.add(socket, ticket)
        self._line = line
        if socket.target.stopping:
            line.remove(socket)

    def _new_line(self, url: str) -> ApiLine:
        return ApiLine("binance_ws ws-api", url, self._around.means, self._timer.after, self._moved)

    def _moved(self) -> None:
        """Keep nothing of the lines before the latest; on the same thread."""
        line = self._line
        self._line = line.latest if line is not None else None
