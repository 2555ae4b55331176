"""Prices in memory as a feed: frames of three libraries, wide and long, and what is read from them."""

import threading
import tracemalloc
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flask_openbb import (
    Bars,
    ConfigError,
    DataFrameFeed,
    RegistrationError,
    ResolutionError,
    ShapeError,
    SymbolInfo,
    UnknownSymbolError,
)
from flask_openbb.live.resolutions import parse_resolution

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
DAYS = [date(2026, 11, 2) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8)]
STAMPS = [int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) for day in DAYS]
WIDE = {
    "Date": DAYS,
    "Open": [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5],
    "High": [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
    "Low": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    "Close": [1.75, 2.75, 3.75, 4.75, 5.75, 6.75, 7.75],
    "Volume": [10, 20, 30, 40, 50, 60, 70],
}
LONG = {
    name: [cell for cell in cells for _ in range(2)] if name != "symbol" else cells
    for name, cells in {**WIDE, "symbol": ["AAPL", "MSFT"] * 7}.items()
}
EPOCH, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def bars(feed, symbol="AAPL", resolution="1D"):
    found = feed.history(symbol, resolution, EPOCH, END)
    return list(found.time), list(found.close)


def pandas_wide():
    return pd.DataFrame(WIDE)


def levels():
    """What downloads of several symbols look like: columns by symbol and price."""
    one = pandas_wide().set_index("Date")
    return pd.concat({"AAPL": one, "MSFT": one}, axis=1)


FORMS = {
    "pandas": pandas_wide,
    "pandas datetimes": lambda: pandas_wide().assign(Date=pd.to_datetime(WIDE["Date"])),
    "pandas index": lambda: pandas_wide().assign(Date=pd.to_datetime(WIDE["Date"])).set_index("Date"),
    "pandas unnamed index": lambda: pandas_wide().set_index(pd.DatetimeIndex(DAYS)).drop(columns="Date"),
    "pandas zoned": lambda: pandas_wide().set_index(pd.DatetimeIndex(DAYS, tz=NEW_YORK)).drop(columns="Date"),
    "pandas odd name": lambda: pandas_wide().assign(Date=pd.to_datetime(WIDE["Date"])).rename(columns={"Date": "when"}),
    "pandas shuffled": lambda: pandas_wide().sample(frac=1, random_state=1),
    "polars": lambda: pl.DataFrame(WIDE),
    "polars lazy": lambda: pl.LazyFrame(WIDE),
    "polars zoned": lambda: pl.DataFrame(WIDE).with_columns(
        pl.col("Date").cast(pl.Datetime).dt.replace_time_zone("America/New_York")
    ),
    "arrow": lambda: pa.table(WIDE),
    "arrow batch": lambda: pa.RecordBatch.from_pydict(WIDE),
    "columns": lambda: WIDE,
    "numpy": lambda: {name: np.array(cells) for name, cells in WIDE.items()},
    "rows": lambda: [dict(zip(WIDE, row, strict=True)) for row in zip(*WIDE.values(), strict=True)],
    "tuples": lambda: list(zip(*WIDE.values(), strict=True)),
    "Bars": lambda: Bars(time=DAYS, close=WIDE["Close"]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_one_symbols_data_of_every_form(form):
    feed = DataFrameFeed(FORMS[form](), symbol="AAPL")
    assert bars(feed) == (STAMPS, WIDE["Close"])
    assert bars(feed, resolution="1W")[0] == [STAMPS[0], STAMPS[5]]
    assert [info.name for info in feed.symbols()] == ["AAPL"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: pd.DataFrame(LONG),
        lambda: pd.DataFrame(LONG).rename(columns={"symbol": "Ticker"}),
        lambda: pd.DataFrame(LONG).assign(symbol=lambda frame: frame["symbol"].astype("category")),
        lambda: pd.DataFrame(LONG).set_index(["symbol", "Date"]),
        lambda: pl.DataFrame(LONG),
        lambda: pa.table(LONG),
        lambda: LONG,
        lambda: [dict(zip(LONG, row, strict=True)) for row in zip(*LONG.values(), strict=True)],
        lambda: {"AAPL": pl.DataFrame(WIDE), "MSFT": pd.DataFrame(WIDE)},
        lambda: {"AAPL": WIDE, "MSFT": list(zip(*WIDE.values(), strict=True))},
        lambda: levels(),
        lambda: levels().swaplevel(axis=1),
    ],
    ids="pandas ticker category index polars arrow columns rows mapping mixed by_symbol by_price".split(),  # noqa: SIM905
)
def test_many_symbols(make):
    feed = DataFrameFeed(make())
    assert [info.name for info in feed.symbols()] == ["AAPL", "MSFT"]
    assert bars(feed, "AAPL") == bars(feed, "MSFT") == (STAMPS, WIDE["Close"])


def test_a_row_without_a_symbol_is_nobodys():
    feed = DataFrameFeed({**LONG, "symbol": [None, "MSFT"] * 7})
    assert [info.name for info in feed.symbols()] == ["MSFT"]


def minutes(start, count, step=1):
    return {"time": [start + timedelta(minutes=step * n) for n in range(count)], "close": [100.5] * count}


OPENING = datetime(2026, 11, 20, 9, 30, tzinfo=NEW_YORK)
SATURDAY = datetime(2026, 11, 21, 9, 30, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("data", "resolution"),
    [
        (WIDE, "1D"),
        (minutes(OPENING, 390), "1"),
        (minutes(OPENING, 78, step=5), "5"),
        (minutes(OPENING, 7, step=60), "60"),
        ({"time": [0, 1, 2, 60], "close": [1, 1, 1, 1]}, "1S"),
        ({"time": [0, 90, 180], "close": [1, 1, 1]}, "90S"),
        ({"date": ["2026-11-02", "2026-11-09", "2026-11-16"], "close": [1, 1, 1]}, "1W"),
        ({"date": ["2026-01-31", "2026-02-28", "2026-03-31"], "close": [1, 1, 1]}, "1M"),
        ({"date": ["2026-03-31", "2026-06-30", "2026-09-30"], "close": [1, 1, 1]}, "3M"),
        ({"date": ["2024-12-31", "2025-12-31"], "close": [1, 1]}, "12M"),
        ({"date": ["2026-11-20"], "close": [1]}, "1D"),
        ({"time": [60], "close": [1]}, "1"),
        ({"time": [3600, 7200, 86400 * 3], "close": [1, 1, 1]}, "60"),
        ({"time": [0, 3600, 86400 * 9, 86400 * 18], "close": [1, 1, 1, 1]}, "60"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_long_bars_are_is_read_from_their_times(data, resolution):
    info = DataFrameFeed(data, symbol="X").symbol("X")
    assert info.resolutions[0] == resolution


def test_how_long_bars_are_may_be_said():
    feed = DataFrameFeed(minutes(OPENING, 3), symbol="X", resolution="1", resolutions=["1", "60"])
    assert feed.symbol("X").resolutions == ("1", "60")
    assert feed.config().resolutions == ("1", "60")


@pytest.mark.parametrize(
    ("data", "session"),
    [
        (minutes(OPENING, 390), "0930-1600"),
        (minutes(OPENING, 7, step=60), "0930-1630"),
        (minutes(SATURDAY, 5), "24x7"),
        (minutes(datetime(2026, 11, 20, tzinfo=NEW_YORK), 1440), "24x7"),
        (minutes(datetime(2026, 11, 20, 23, 30, tzinfo=NEW_YORK), 30), "24x7"),
        (WIDE, "24x7"),
    ],
    ids=["stocks", "hours", "weekend", "all day", "to midnight", "days"],
)
def test_the_session_is_read_from_intraday_bars(data, session):
    assert DataFrameFeed(data, symbol="X", timezone="America/New_York").symbol("X").session == session


@pytest.mark.parametrize(
    ("data", "zone"),
    [
        (pd.DataFrame(minutes(OPENING, 3)), "America/New_York"),
        (pd.DataFrame(minutes(OPENING, 3)).set_index("time"), "America/New_York"),
        (pl.DataFrame(minutes(OPENING, 3)), "America/New_York"),
        (pa.table(minutes(OPENING, 3)), "America/New_York"),
        (pd.DataFrame(minutes(OPENING.astimezone(UTC), 3)), "Etc/UTC"),
        (pd.DataFrame(minutes(OPENING.astimezone(timezone(timedelta(hours=2))), 3)), "Etc/UTC"),
        (pd.DataFrame(minutes(OPENING.replace(tzinfo=None), 3)), "Etc/UTC"),
        (minutes(OPENING, 3), "Etc/UTC"),
    ],
    ids=["pandas", "index", "polars", "arrow", "utc", "offset", "naive", "columns"],
)
def test_the_zone_is_that_of_the_times(data, zone):
    assert DataFrameFeed(data, symbol="X").symbol("X").timezone == zone


def test_naive_times_are_in_the_zone_that_is_said():
    feed = DataFrameFeed(minutes(OPENING.replace(tzinfo=None), 3), symbol="X", timezone="America/New_York")
    assert bars(feed, "X", "1")[0][0] == int(OPENING.timestamp())


def test_what_is_known_of_a_symbol():
    feed = DataFrameFeed(
        LONG,
        exchange="NASDAQ",
        type="equity",
        info={
            "AAPL": "Apple",
            "MSFT": {"description": "Microsoft", "exchange": "NYSE", "ticker": "M", "pricescale": 1000},
        },
    )
    apple, microsoft = feed.symbols()
    assert apple == SymbolInfo(
        "AAPL",
        description="Apple",
        exchange="NASDAQ",
        type="equity",
        ticker="AAPL",
        pricescale=100,
        resolutions=("1D", "1W", "1M"),
        data_status="endofday",
    )
    assert (microsoft.exchange, microsoft.ticker, microsoft.pricescale) == ("NYSE", "M", 1000)
    assert feed.symbol("m") is feed.symbol("MSFT") is microsoft
    config = feed.config()
    assert (config.exchanges, config.symbol_types) == (("NASDAQ", "NYSE"), ("equity",))
    assert [info.name for info in feed.search("MICRO")] == ["MSFT"]
    assert feed.search("", limit=1) == [apple]
    assert feed.search("", exchange="NYSE") == [microsoft]


def test_an_info_given_whole():
    info = SymbolInfo("X", timezone="America/New_York", session="0800-1700", resolutions=["1", "60"], type="fund")
    found = DataFrameFeed(minutes(OPENING.replace(tzinfo=None), 3), symbol="X", info={"X": info}).symbol("X")
    assert (found.timezone, found.session, found.resolutions, found.type) == (
        "America/New_York",
        "0800-1700",
        ("1", "60"),
        "fund",
    )


def test_an_unknown_symbol():
    feed = DataFrameFeed(LONG)
    for ask in (feed.symbol, lambda name: bars(feed, name)):
        with pytest.raises(UnknownSymbolError, match="No symbol 'X'"):
            ask("X")


def test_countback_and_ranges():
    feed = DataFrameFeed(WIDE, symbol="AAPL")
    end = datetime.combine(DAYS[3], datetime.min.time(), UTC)
    assert list(feed.history("AAPL", "1D", EPOCH, end, 2).time) == STAMPS[1:3]
    assert list(feed.history("AAPL", "1D", end, END).time) == STAMPS[3:]
    assert len(feed.history("AAPL", "1D", EPOCH, EPOCH)) == 0


def test_other_data_may_be_put_in_its_place():
    feed = DataFrameFeed(WIDE, symbol="AAPL")
    weekly = bars(feed, resolution="1W")
    feed.load({name: cells[:3] for name, cells in WIDE.items()})
    assert bars(feed)[0] == STAMPS[:3]
    assert bars(feed, resolution="1W") != weekly
    with pytest.raises(ShapeError):
        feed.load({"time": [1], "close": ["dear"]})
    assert bars(feed)[0] == STAMPS[:3]


def test_longer_bars_are_made_once_for_all_threads():
    feed = DataFrameFeed(minutes(OPENING, 390), symbol="X")
    found = []
    threads = [threading.Thread(target=lambda: found.append(feed.history("X", "60", EPOCH, END))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1
    assert len(found[0]) == 7


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (WIDE, RegistrationError, "no symbols in 'Date', 'Open'"),
        (pd.DataFrame(WIDE), RegistrationError, "Give symbol='AAPL', a column 'symbol'"),
        ([(1, 2, 3, 4, 5)], RegistrationError, "no symbols in list"),
        ({"AAPL": {"close": [1], "time": ["soon"]}}, ShapeError, "not a date"),
        ({"AAPL": {"time": [1]}}, ShapeError, "no close"),
        (pd.DataFrame({"symbol": ["X"], "close": [1.0]}), ShapeError, "no time"),
    ],
    ids=["columns", "frame", "rows", "times", "no close", "no time"],
)
def test_what_is_no_prices_is_told(data, error, message):
    with pytest.raises(error, match=message):
        DataFrameFeed(data)


def test_wrong_choices_are_told():
    with pytest.raises(ConfigError, match="No time zone"):
        DataFrameFeed(WIDE, symbol="X", timezone="Mars")
    with pytest.raises(ConfigError, match="is not a session"):
        DataFrameFeed(minutes(OPENING, 3), symbol="X", session="morning")
    with pytest.raises(ValueError, match="Hours are minutes"):
        DataFrameFeed(WIDE, symbol="X", resolution="1h")


def test_no_bars_yet():
    feed = DataFrameFeed({"AAPL": []})
    assert bars(feed) == ([], [])
    assert feed.symbol("AAPL").pricescale == 100


def test_the_three_libraries_agree_on_hours():
    data = {**minutes(OPENING, 390), "volume": [1] * 390}
    hours = parse_resolution("60")
    frames = [pd.DataFrame(data), pl.DataFrame(data), pa.table(data)]
    found = [DataFrameFeed(frame, symbol="X").history("X", str(hours), EPOCH, END) for frame in frames]
    assert vars(found[0]) == vars(found[1]) == vars(found[2])
    assert list(found[0].volume) == [60] * 6 + [30]


# -- what a careless user has -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "one",
    [pandas_wide, lambda: pl.DataFrame(WIDE), lambda: [{"date": day, "close": 1} for day in DAYS], lambda: WIDE,
     lambda: Bars(DAYS, WIDE["Close"]), lambda: [(day, 1, 1, 1, 1) for day in DAYS]],
    ids=["pandas", "polars", "rows", "columns", "Bars", "tuples"],
)  # fmt: skip
def test_symbols_may_be_called_as_columns_are(one):
    feed = DataFrameFeed({"C": one(), "T": one()})
    assert [info.name for info in feed.symbols()] == ["C", "T"]
    assert bars(feed, "T")[0] == STAMPS


@pytest.mark.parametrize("symbols", [("C", "T"), ("OPEN", "DAY"), ("V",), ("AAPL", "C")], ids=repr)
@pytest.mark.parametrize("symbols_first", [True, False])
def test_levels_of_columns_are_told_apart(symbols, symbols_first):
    frame = pd.concat(dict.fromkeys(symbols, pandas_wide().set_index("Date")), axis=1)
    feed = DataFrameFeed(frame if symbols_first else frame.swaplevel(axis=1))
    assert [info.name for info in feed.symbols()] == list(symbols)
    assert bars(feed, symbols[0]) == (STAMPS, WIDE["Close"])


def test_a_series_is_of_closes():
    series = pd.Series(WIDE["Close"], pd.DatetimeIndex(DAYS), name="AAPL")
    assert bars(DataFrameFeed(series, symbol="AAPL")) == (STAMPS, WIDE["Close"])
    assert bars(DataFrameFeed({"AAPL": series})) == (STAMPS, WIDE["Close"])


@pytest.mark.parametrize("place", ["index", "column"])
def test_periods_are_days(place):
    frame = pandas_wide().assign(Date=pd.PeriodIndex(DAYS, freq="D"))
    assert bars(DataFrameFeed(frame.set_index("Date") if place == "index" else frame, symbol="AAPL"))[0] == STAMPS


def test_only_what_the_bars_make_is_offered():
    feed = DataFrameFeed(WIDE, symbol="AAPL", resolutions=["5", "1D", "1W"])
    assert feed.symbol("AAPL").resolutions == ("1D", "1W")
    with pytest.raises(ResolutionError, match="The bars of 'AAPL' are of '1D', which make none of 5, 60"):
        DataFrameFeed(WIDE, symbol="AAPL", resolutions=["5", "60"])


# -- many bars --------------------------------------------------------------------------------------------------------


def many(count, start="2026-10-24", zone=None):
    times = pd.date_range(start, periods=count, freq="min", tz="UTC").tz_convert(zone)
    closes = np.arange(count, dtype="float64")
    return pd.DataFrame({"date": times if zone else times.tz_localize(None), "open": 1.0, "close": closes})


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("zone", [None, "Europe/London", "Australia/Lord_Howe"])
def test_many_bars_keep_their_moments(library, zone):
    frame = many(40_000, zone=zone)
    first = int(pd.Timestamp("2026-10-24", tz="UTC").timestamp())
    feed = DataFrameFeed(frame if library == "pandas" else pl.from_pandas(frame), symbol="X", resolution="1")
    times, closes = bars(feed, "X", "1")
    assert times == [first + 60 * n for n in range(40_000)]
    assert closes == list(range(40_000))


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Monrovia"])
def test_naive_times_of_frames_are_those_of_datetimes(zone):
    """Frames are read by the hour, and so that it makes no difference: in hours in which clocks are moved too."""
    moments = [*pd.date_range("2026-03-06", "2026-11-03", freq="7min"), pd.Timestamp("1972-01-07 00:00:30")]
    expected = [int(moment.to_pydatetime().replace(tzinfo=ZoneInfo(zone)).timestamp()) for moment in moments]
    frame = pd.DataFrame({"date": moments, "close": range(len(moments))})
    feed = DataFrameFeed(frame, symbol="X", timezone=zone, resolution="1")
    assert bars(feed, "X", "1")[0] == sorted(set(expected))


@pytest.mark.parametrize("spoil", ["null", "order", "twice", "infinite", "no time"])
def test_what_is_wrong_with_one_bar_of_many_is_put_right(spoil):
    frame = many(20_000)
    match spoil:
        case "null":
            frame.loc[7, "close"] = np.nan
        case "infinite":
            frame.loc[7, "close"] = np.inf
        case "no time":
            frame.loc[7, "date"] = pd.NaT
        case "order":
            frame = frame.iloc[::-1]
        case "twice":
            frame = pd.concat([frame, frame.iloc[[7]]])
    times, closes = bars(DataFrameFeed(frame, symbol="X", resolution="1"), "X", "1")
    kept = [n for n in range(20_000) if n != 7 or spoil in ("order", "twice")]
    assert closes == kept
    assert times == sorted(set(times))


def test_an_opening_price_that_is_missing_is_the_close_among_many():
    frame = many(20_000)
    frame.loc[7, "open"] = np.nan
    feed = DataFrameFeed(frame, symbol="X", resolution="1")
    assert list(feed.history("X", "1", EPOCH, END).open[6:9]) == [1.0, 7.0, 1.0]


def test_many_bars_of_two_symbols():
    frame = pd.concat([many(20_000).assign(symbol=name) for name in ("A", "B")])
    feed = DataFrameFeed(frame, resolution="1")
    assert bars(feed, "A", "1") == bars(feed, "B", "1")
    assert len(bars(feed, "A", "1")[0]) == 20_000


def test_a_request_copies_no_more_than_it_answers():
    feed = DataFrameFeed(many(100_000), symbol="X", resolution="1")
    end = datetime(2026, 11, 20, tzinfo=UTC)
    tracemalloc.start()
    try:
        found = feed.history("X", "1", EPOCH, end, countback=300)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 300
    assert peak < 50_000  # 300 bars are 12 kB, all of them 4 MB
