"""The typed call that starts the stream of any account, beside the old methods for four of them."""

from __future__ import annotations

from collections.abc import Callable

from .streams.accounts import Account
from .target import Callback
from .user_streams import UserStreams


class AccountMethods:
    """What starts the streams of accounts; the heir makes ``_accounts``."""

    _accounts: UserStreams

    def _start_account(self, callback: Callback, account: Account, symbol: str = "") -> str:
        return self._accounts.start(callback, account, symbol)

    def start_account_socket(
        self,
        callback: Callback,
        account: Account | str,
        symbol: str | None = None,
        *,
        reconcile: bool = False,
        on_gap: Callable[[int], object] | None = None,
    ) -> str:
        """The events of an account, each as the exchange's page of its user data stream shows it.

        Args:
            callback: gets each event, without an envelope. What was recovered has ``"recovered": True``.
            account: an :class:`Account`, or its value: ``"spot"``, ``"margin"``, ``"isolated_margin"``,
                ``"margin_risk"``, ``"usdm"``, ``"coinm"``, ``"options"``, ``"portfolio"``, ``"portfolio_pro"``.
            symbol: of the isolated-margin account; ``None`` for others.
            reconcile: whether REST is asked, after the stream was down, for open orders, orders that have changed
                and balances, and what is new is delivered before what comes next (spot, margin, USD-M, COIN-M).
            on_gap: is called where events may have been missed, with the moment since when: milliseconds.

        Returns:
            The socket's key, which is no secret. Where it is open already, it gets the new callback, and what else
            is given; what it had before it keeps.

        Raises:
            ArgumentError: there is no such account here, or it needs a symbol.
            CredentialsMissing: the client has no keys.
        """
        return self._accounts.start(callback, account, symbol, reconcile, on_gap)
