"""The constants as attributes of a class: python-binance's ``Client`` had them."""

from __future__ import annotations

from . import enums


class Constants:
    """The constants, and the letters of an aggregated trade, as attributes of a client, where they were."""

    AGG_ID = "a"
    AGG_PRICE = "p"
    AGG_QUANTITY = "q"
    AGG_FIRST_TRADE_ID = "f"
    AGG_LAST_TRADE_ID = "l"
    AGG_TIME = "T"
    AGG_BUYER_MAKES = "m"
    AGG_BEST_MATCH = "M"

    locals().update({name: value for name, value in vars(enums).items() if name.isupper()})
