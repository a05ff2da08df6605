"""Tests of names given by hand and of names made from values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binance_ws.enums import Market
from binance_ws.errors import ArgumentError, UnknownStream
from binance_ws.streams.catalogue import CATALOGUE
from binance_ws.streams.kinds import Kind, Stream
from binance_ws.streams.lookup import build, classify, examples, market_of, symbol_of

NOT_SYMBOLS = ("interval", "window", "levels", "contract", "date")

symbols = st.text(
    st.characters(categories=("L", "Nd"), max_codepoint=0xFFFF), min_size=1, max_size=12
).filter(lambda text: text.isalnum() and text.lower().isalnum())
dates = st.dates().map(lambda day: day.strftime("%y%m%d"))


def _value(kind: Kind, placeholder: str) -> st.SearchStrategy[str]:
    if placeholder in kind.values:
        return st.sampled_from(kind.values[placeholder])
    if placeholder == "date":
        return dates
    contract = kind.market is Market.COINM and placeholder == "symbol"
    return st.tuples(symbols, st.sampled_from(["perp", "261225"])).map("_".join) if contract else symbols


@st.composite
def given_values(draw: st.DrawFn) -> tuple[Kind, str, dict[str, str]]:
    """A row, one of its suffixes, and a value for each of its placeholders."""
    kind = draw(st.sampled_from(CATALOGUE))
    values = {placeholder: draw(_value(kind, placeholder)) for placeholder in kind.placeholders}
    return kind, draw(st.sampled_from(kind.suffixes)), values


@given(given_values())
def test_what_is_built_is_classified_as_what_it_is(drawn: tuple[Kind, str, dict[str, str]]) -> None:
    """Any value of any row gives a name that means the same stream when it is given by hand."""
    kind, suffix, values = drawn
    stream = build(kind.market, kind.name, suffix, **values)
    assert stream.kind is kind
    assert classify(stream.name, kind.market.value) == stream
    assert stream.name.endswith(suffix or kind.suffixes[0])
    own = next((value for placeholder, value in values.items() if placeholder not in NOT_SYMBOLS), "")
    assert stream.symbol == own.lower()


def _try(name: str, market: Market) -> str:
    """The name of the stream that was found, or what the refusal says."""
    try:
        return classify(name, market).name
    except UnknownStream as error:
        return str(error)


@pytest.mark.parametrize("market", list(Market))
@given(text=st.text())
def test_any_text_is_a_stream_or_unknown(market: Market, text: str) -> None:
    """Nothing but ``UnknownStream`` is ever raised for a name, and it repeats the name."""
    said = _try(text, market)
    assert said == text or repr(text) in said


@given(st.sampled_from(CATALOGUE), st.text(min_size=1, max_size=4), st.integers(0, 40))
def test_a_name_with_a_slip_is_a_stream_or_unknown(kind: Kind, slip: str, at: int) -> None:
    """So are names that are nearly right."""
    name = next(iter(examples(kind.market, "btcusdt")))
    wrong = name[:at] + slip + name[at:]
    said = _try(wrong, kind.market)
    assert said == wrong or repr(wrong) in said


@pytest.mark.parametrize(
    "symbol", ["btc:usdt", "btc$usdt", 'btc"usdt', "btc\x00", "btc\u200b", "\ud800", "btc'", "*"]
)
def test_a_symbol_in_a_name_is_as_a_symbol_alone(symbol: str) -> None:
    """What is no symbol for a builder is none in a name either: it would only fail where the URL is made."""
    with pytest.raises(ArgumentError):
        symbol_of(symbol)
    with pytest.raises(UnknownStream):
        classify(f"{symbol}@trade")


@pytest.mark.parametrize(
    ("name", "market", "says"),
    [
        ("BTCUSDT@trade", "spot", "lower-case in names: 'btcusdt@trade'"),
        ("btcusdt@trad", "spot", "did you mean 'btcusdt@trade'?"),
        ("btcusdt@aggtrade", "spot", "did you mean 'btcusdt@aggTrade'?"),
        ("btcusdt@kline_7m", "spot", "did you mean 'btcusdt@kline_"),
        ("btcusdt@depth7", "spot", "did you mean 'btcusdt@depth"),
        ("btcusdt@markPrice", "spot", "but usdm has"),
        ("btcusdt@avgPrice", "usdm", "but spot has"),
        ("btcusdt@kline_1s", "usdm", "but spot has"),
        pytest.param(
            "btc-251226-100000-c@depth",
            "options",
            "did you mean 'btc-251226-100000-c@depth@100ms'?",
        ),
        pytest.param(
            "!miniTicker",
            "spot",
            "did you mean '!miniTicker@arr'?",
        ),
        ("!serverShutdown", "spot", "spot has no stream"),
        ("streams=a@trade", "spot", "spot has no stream"),
        ("btcusdt@trade/ethusdt@trade", "spot", "spot has no stream"),
        ("btcusdt@trade?timeUnit=x", "spot", "spot has no stream"),
        ("x" * 64, "spot", "spot has no stream"),
        ("", "spot", "text such as 'btcusdt@trade', not ''"),
        (None, "spot", "text such as 'btcusdt@trade', not None"),
        (b"btcusdt@trade", "spot", "not b'btcusdt@trade'"),
    ],
)
def test_an_unknown_name_is_answered_with_what_is_known(name: str, market: str, says: str) -> None:
    """The message carries the nearest name, or the market that has it."""
    with pytest.raises(UnknownStream) as caught:
        classify(name, market)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "market", "kind", "symbol"),
    [
        ("btcusdt@depth", "spot", "depth", "btcusdt"),
        ("btcusdt@depth20@100ms", "spot", "partial_depth", "btcusdt"),
        ("!ticker@arr", "spot", "all_tickers", ""),
        ("!ticker_4h@arr", "spot", "all_window_tickers", ""),
        ("btcusd@markPrice", "coinm", "pair_mark_prices", "btcusd"),
        ("btcusd_perp@markPrice@1s", "coinm", "mark_price", "btcusd_perp"),
        ("btcusd_current_quarter@continuousKline_1m", "coinm", "continuous_kline", "btcusd"),
        ("btc-251226-100000-c@optionTicker", "options", "option_ticker", "btc-251226-100000-c"),
        ("btcusdt@optionTicker@251226", "options", "expiry_tickers", "btcusdt"),
        ("adausd@assetIndex", "usdm", "asset_index", "adausd"),
        ("tradingSession", "usdm", "trading_session", ""),
    ],
)
def test_a_name_finds_its_row(name: str, market: str, kind: str, symbol: str) -> None:
    """Kinds whose names are alike are told apart."""
    stream = classify(name, market)
    assert (stream.kind.name, stream.symbol, str(stream.market)) == (kind, symbol, market)


@pytest.mark.parametrize(
    ("market", "kind", "values", "says"),
    [
        (
            "spot",
            "kline",
            {"symbol": "a", "interval": "7m"},
            "interval '7m' is not offered by spot; it has 1s, 1m",
        ),
        (
            "usdm",
            "kline",
            {"symbol": "a", "interval": "1s"},
            "interval '1s' is not offered by usdm; it has 1m",
        ),
        (
            "spot",
            "partial_depth",
            {"symbol": "a", "levels": "7"},
            "a depth of 7 levels is not offered by spot; it has 5, 10, 20",
        ),
        ("spot", "mark_price", {"symbol": "a"}, "spot has no mark price stream"),
        (
            "mars",
            "trade",
            {"symbol": "a"},
            "no market is called 'mars'; there are spot, usdm, coinm, options",
        ),
        ("spot", "trade", {"symbol": ""}, "such as 'BNBBTC', not ''"),
        ("coinm", "index_price", {"pair": "btcusd_perp"}, "coinm has no stream 'btcusd_perp@indexPrice'"),
        ("options", "open_interest", {"underlying": "btcusdt", "date": "26-12-25"}, "options has no stream"),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_allowed(
    market: str, kind: str, values: dict[str, str], says: str
) -> None:
    """Whoever asks for what is not there reads what is."""
    with pytest.raises(ArgumentError) as caught:
        build(market, kind, **values)
    assert says in str(caught.value)


def test_a_suffix_that_a_row_lacks_is_answered_with_those_it_has() -> None:
    """A speed of one market is none of another."""
    with pytest.raises(ArgumentError, match="is 100 or None, not 500"):
        build("spot", "depth", "@500ms", symbol="btcusdt")


def test_a_callback_in_the_place_of_a_symbol() -> None:
    """Callers of other libraries pass it first."""
    with pytest.raises(ArgumentError, match="the symbol comes first, then the callback"):
        symbol_of(print)


def test_a_list_in_the_place_of_a_name() -> None:
    """Streams are arguments of their own: the error says how a list becomes that, and where the callback goes."""
    with pytest.raises(UnknownStream, match="the callback comes first"):
        classify(print)  # type: ignore[arg-type]
    with pytest.raises(UnknownStream, match=r"put a \* before it"):
        classify(["btcusdt@trade"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "symbol", [None, "", 5, b"BTCUSDT", "BTC/USDT", "btc usdt", "btc@usdt", "BTCUSDT\n", " "]
)
def test_what_is_no_symbol_is_refused(symbol: object) -> None:
    """A symbol is letters and digits, with the ``_`` and ``-`` of contracts and options."""
    with pytest.raises(ArgumentError, match="such as 'BNBBTC'"):
        symbol_of(symbol)


@given(symbols)
def test_symbols_may_be_in_any_case_and_script(symbol: str) -> None:
    """They are lower-case in names; once lowered, they stay."""
    assert symbol_of(symbol) == symbol.lower() == symbol_of(symbol_of(symbol))


@pytest.mark.parametrize("market", list(Market))
def test_a_market_may_be_given_by_its_value(market: Market) -> None:
    """``"usdm"`` is as good as ``Market.USDM``."""
    assert market_of(market.value) is market_of(market) is market


def test_classifying_is_the_package_s_own() -> None:
    """``binance_ws.streams.classify`` gives streams that can be given to ``start_socket``."""
    from binance_ws.streams import classify as public

    assert isinstance(public("btcusdt@trade"), Stream)
