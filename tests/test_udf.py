"""TradingView's UDF, without HTTP: what each endpoint answers of feeds of every make."""

import dataclasses
import time
from datetime import datetime, timedelta, timezone
from datetime import time as time_of_day
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_openbb import (
    Bar,
    FeedConfig,
    Mark,
    Quote,
    RegistrationError,
    RequestError,
    ResolutionError,
    ShapeError,
    SymbolInfo,
    TimescaleMark,
    UnknownSymbolError,
)
from flask_openbb.live.sources import FIRST, LAST, Source, methods_of
from flask_openbb.live.symbols import pricescale_of
from flask_openbb.live.udf import answer, error_body

UTC = timezone.utc
DAY = 86_400
START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
DAYS = [START + timedelta(days=n) for n in range(60) if (START + timedelta(days=n)).weekday() < 5]
STAMPS = [int(day.timestamp()) for day in DAYS]


def bars(moments):
    return [Bar(moment, n + 0.5, n + 1, n, n + 0.75, n) for n, moment in enumerate(moments)]


class Bare:
    """A feed of one method, which cannot count."""

    def __init__(self, moments=DAYS):
        self.bars = bars(moments)
        self.asked = []

    def history(self, symbol, resolution, start, end):
        self.asked.append((symbol, resolution, start, end))
        return [bar for bar in self.bars if start <= bar.time < end]


class Counting(Bare):
    """A feed that counts back by itself."""

    def history(self, symbol, resolution, start, end, countback=None):
        self.asked.append((symbol, resolution, start, end, countback))
        found = [bar for bar in self.bars if start <= bar.time < end]
        return found if countback is None else found[-countback:]


class Full(Counting):
    """A feed with every method."""

    infos = {
        "AAPL": SymbolInfo("AAPL", description="Apple", exchange="NASDAQ", pricescale=100),
        "BRK": SymbolInfo("BRK", ticker="BRK.B", exchange="NYSE", type="fund"),
    }

    def config(self):
        return FeedConfig(
            resolutions=["1D"],
            exchanges=["NASDAQ", {"value": "NYSE", "name": "New York", "desc": "Wall Street"}],
            symbol_types=["stock"],
            extra={"currency_codes": ["USD"]},
        )

    def symbol(self, symbol):
        return self.infos[symbol]

    def search(self, query, type, exchange, limit):
        self.asked.append((query, type, exchange, limit))
        return list(self.infos.values()) * 20

    def marks(self, symbol, start, end, resolution):
        self.asked.append((symbol, start, end, resolution))
        return [Mark(1, DAYS[0], text="Split", label="S"), {"id": 2, "time": STAMPS[1], "labelFontColor": "red"}]

    def timescale_marks(self, symbol, start, end, resolution):
        return [
            TimescaleMark("e", DAYS[0], label="E", tooltip="Earnings"),
            {"id": "d", "time": STAMPS[1], "tooltip": ["a", "b"]},
        ]

    def quotes(self, symbols):
        return [Quote("AAPL", 101.0, prev_close=100.0, volume=5), {"symbol": "BRK", "last": 10, "change": 2}]

    def time(self):
        return START


def ask(feed, endpoint, **query):
    source = Source(feed, methods_of(feed), lambda method, **keywords: method(**keywords))
    return answer(source, endpoint, {key.rstrip("_"): str(value) for key, value in query.items()})


def history(feed, **query):
    return ask(feed, "history", **{"symbol": "AAPL", "resolution": "1D", **query})


# -- /config ----------------------------------------------------------------------------------------------------------


def test_the_config_of_a_feed_with_everything():
    assert ask(Full(), "config") == {
        "supported_resolutions": ["1D", "1W", "1M"],
        "exchanges": [
            {"value": "", "name": "All exchanges", "desc": ""},
            {"value": "NASDAQ", "name": "NASDAQ", "desc": "NASDAQ"},
            {"value": "NYSE", "name": "New York", "desc": "Wall Street"},
        ],
        "symbols_types": [{"value": "", "name": "All types"}, {"value": "stock", "name": "stock"}],
        "currency_codes": ["USD"],
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": True,
        "supports_timescale_marks": True,
        "supports_time": True,
    }


def test_the_config_of_a_feed_of_one_method():
    assert ask(Bare(), "config") == {
        "supported_resolutions": ["1D", "1W", "1M"],
        "exchanges": [],
        "symbols_types": [],
        "supports_search": True,
        "supports_group_request": False,
        "supports_marks": False,
        "supports_timescale_marks": False,
        "supports_time": True,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"resolutions": ["5"]}, ["5", "15", "30", "60", "120", "240", "1D", "1W", "1M"]),
        ({"supported_resolutions": ["D"], "symbols_types": [{"value": "", "name": "All"}]}, ["1D", "1W", "1M"]),
        (FeedConfig(resolutions=["1W"]), ["1W"]),
    ],
    ids=repr,
)
def test_a_config_may_be_a_mapping_or_an_attribute(given, expected):
    feed = Bare()
    feed.config = given
    assert ask(feed, "config")["supported_resolutions"] == expected


def test_resolutions_alone_will_do():
    feed = Bare()
    feed.resolutions = ["15"]
    assert ask(feed, "config")["supported_resolutions"][0] == "15"


@pytest.mark.parametrize(
    ("value", "message"),
    [(5, "config.. is int"), ({"resolutions": "1D"}, "Give a list"), ({"resolutions": ["1H"]}, "'1H' is not a resol")],
    ids=repr,
)
@pytest.mark.parametrize("endpoint", ["config", "symbols", "history"])
def test_a_config_that_is_none_is_the_feeds_failure_and_not_the_requests(value, message, endpoint):
    feed = Bare()
    feed.config = lambda: value
    with pytest.raises(ShapeError, match=message):
        ask(feed, endpoint, symbol="X", resolution="1D", countback=1)


@pytest.mark.parametrize(
    ("resolutions", "message"),
    [("1D", "Give a list"), (5, "Give a list"), (["1D", "1h"], "'1h' is not a resolution.*Hours are minutes there")],
    ids=repr,
)
def test_resolutions_that_are_none_are_told_when_the_feed_is_declared(resolutions, message):
    feed = Bare()
    feed.resolutions = resolutions
    with pytest.raises(RegistrationError, match=message):
        methods_of(feed)


# -- /symbols ---------------------------------------------------------------------------------------------------------


def test_a_symbol():
    assert ask(Full(), "symbols", symbol="AAPL") == {
        "name": "AAPL",
        "ticker": "AAPL",
        "full_name": "NASDAQ:AAPL",
        "description": "Apple",
        "type": "stock",
        "exchange": "NASDAQ",
        "listed_exchange": "NASDAQ",
        "timezone": "Etc/UTC",
        "session": "24x7",
        "minmov": 1,
        "pricescale": 100,
        "format": "price",
        "supported_resolutions": ["1D", "1W", "1M"],
        "has_intraday": False,
        "has_seconds": False,
        "has_daily": True,
        "has_weekly_and_monthly": True,
        "data_status": "endofday",
        "daily_multipliers": ["1"],
        "weekly_multipliers": ["1"],
        "monthly_multipliers": ["1"],
    }


def test_an_intraday_symbol():
    feed = Bare()
    feed.symbol = lambda symbol: {
        "symbol": "ES",
        "timezone": "America/Chicago",
        "session": "1700-1600:23456",
        "currency_code": "USD",
        "resolutions": ["1S", "5"],
        "volume_precision": 0,
        "has_empty_bars": True,
    }
    found = ask(feed, "symbols", symbol="anything")
    assert (found["name"], found["ticker"], found["full_name"]) == ("ES", "ES", "ES")
    assert (found["timezone"], found["session"]) == ("America/Chicago", "1700-1600:23456")
    assert found["intraday_multipliers"] == ["1", "5", "15", "30", "60", "120", "240"]
    assert found["seconds_multipliers"] == ["1", "5", "15", "30"]
    assert (found["has_seconds"], found["has_intraday"], found["data_status"]) == (True, True, "streaming")
    assert (found["currency_code"], found["volume_precision"], found["has_empty_bars"]) == ("USD", 0, True)


def test_weeks_alone_are_no_days():
    feed = Bare()
    feed.resolutions = ["1W"]
    found = ask(feed, "symbols", symbol="X")
    assert (found["has_daily"], found["has_weekly_and_monthly"], found["supported_resolutions"]) == (
        False,
        True,
        ["1W"],
    )
    feed.resolutions = []
    assert ask(feed, "symbols", symbol="X")["pricescale"] == 100


@pytest.mark.parametrize(
    ("asked", "found"),
    [("AAPL", "AAPL"), ("NASDAQ:AAPL", "AAPL"), ("nasdaq:AAPL", "AAPL"), ("NYSE:BRK", "BRK"), ("BRK", "BRK")],
)
def test_a_symbol_with_its_exchange(asked, found):
    assert ask(Full(), "symbols", symbol=asked)["name"] == found


@pytest.mark.parametrize("asked", ["MSFT", "NYSE:AAPL", ":", "NASDAQ:", ":AAPLX", "aapl"])
@pytest.mark.parametrize("endpoint", ["symbols", "history"])
def test_an_unknown_symbol(asked, endpoint):
    with pytest.raises(UnknownSymbolError) as refused:
        ask(Full(), endpoint, symbol=asked, resolution="1D", countback=1)
    assert (refused.value.status, error_body(refused.value)) == (
        404,
        {"s": "error", "errmsg": "unknown_symbol", "detail": f"No symbol {asked!r} here."},
    )


@pytest.mark.parametrize("refuse", [lambda symbol: None, lambda symbol: {}[symbol]], ids=["None", "KeyError"])
def test_how_a_feed_refuses_a_symbol(refuse):
    feed = Bare()
    feed.symbol = refuse
    with pytest.raises(UnknownSymbolError):
        ask(feed, "symbols", symbol="X")


def test_an_index_error_is_a_bug():
    feed = Bare()
    feed.symbol = lambda symbol: symbol[99]
    with pytest.raises(IndexError):
        ask(feed, "symbols", symbol="X")
    feed = Bare()
    feed.history = lambda symbol, start, end: symbol[99]
    with pytest.raises(IndexError):
        history(feed, countback=1)


def test_history_may_refuse_a_symbol_too():
    feed = Bare()
    feed.history = lambda symbol: {}[symbol]
    with pytest.raises(UnknownSymbolError):
        history(feed, countback=1)


def test_a_list_of_symbols_will_do():
    feed = Bare()
    feed.symbols = ["AAPL", SymbolInfo("BRK", ticker="BRK.B"), {"name": "C"}]
    assert ask(feed, "symbols", symbol="BRK.B")["name"] == "BRK"
    assert ask(feed, "symbols", symbol="C")["ticker"] == "C"
    with pytest.raises(UnknownSymbolError):
        ask(feed, "symbols", symbol="D")


def test_a_symbol_that_is_none_is_told():
    feed = Bare()
    feed.symbol = lambda symbol: 5
    with pytest.raises(ShapeError, match="symbol is int"):
        ask(feed, "symbols", symbol="X")


@pytest.mark.parametrize(
    ("prices", "scale"),
    [
        ([], 100),
        ([0.0], 100),
        ([5.0, 6.0], 100),
        ([1.5], 100),
        ([1.2345], 10_000),
        ([0.00001234], 100_000_000),
        ([100 / 3, 200 / 3], 1_000),
        ([1 / 3], 100_000),
        ([1 / 3_000_000], 100_000_000),
        ([float("nan"), 2.345], 1_000),
        ([123_456 + 1 / 3], 100),
    ],
)
def test_decimals_are_read_from_the_prices(prices, scale):
    assert pricescale_of(prices) == scale


def test_a_feed_without_bars_has_two_decimals():
    feed = Bare()
    feed.history = lambda: 1 / 0
    assert ask(feed, "symbols", symbol="X")["pricescale"] == 100


# -- /search ----------------------------------------------------------------------------------------------------------


def test_the_feeds_own_search():
    feed = Full()
    found = ask(feed, "search", query="aap", type="stock", exchange="NASDAQ", limit=3)
    assert feed.asked == [("AAP", "stock", "NASDAQ", 3)]
    assert [one["symbol"] for one in found] == ["AAPL", "BRK", "AAPL"]
    assert found[1] == {
        "symbol": "BRK",
        "ticker": "BRK.B",
        "full_name": "NYSE:BRK",
        "description": "BRK",
        "exchange": "NYSE",
        "type": "fund",
    }


@pytest.mark.parametrize(("limit", "expected"), [("", 30), ("0", 1), ("-5", 1), ("7", 7), ("99999", 500), ("30.0", 30)])
def test_the_limit_of_a_search(limit, expected):
    feed = Full()
    ask(feed, "search", limit=limit)
    assert feed.asked[0][3] == expected


def searched(feed, **query):
    return [one["symbol"] for one in ask(feed, "search", **query)]


def test_symbols_are_searched_here():
    feed = Bare()
    feed.symbols = [
        SymbolInfo("XAPP", description="App maker", exchange="NYSE"),
        SymbolInfo("APPLE", exchange="NASDAQ"),
        SymbolInfo("APP", exchange="NASDAQ", type="fund"),
        SymbolInfo("ZZZ", description="An app", exchange="NASDAQ"),
    ]
    assert searched(feed, query="APP") == ["APP", "APPLE", "XAPP", "ZZZ"]
    assert searched(feed, query="app", exchange="NASDAQ", type="stock") == ["APPLE", "ZZZ"]
    assert searched(feed, query="NASDAQ:APP") == ["APP", "APPLE", "ZZZ"]
    assert searched(feed, query="", limit=2) == ["XAPP", "APPLE"]
    assert searched(feed, query="nothing") == []


def test_a_feed_that_cannot_search_is_asked_for_the_symbol():
    feed = Bare()
    feed.symbol = lambda symbol: {"AAPL": SymbolInfo("AAPL")}[symbol]
    assert searched(feed, query="aapl") == ["AAPL"]
    assert searched(feed, query="aap") == []
    assert searched(feed, query=" ") == []


# -- /history ---------------------------------------------------------------------------------------------------------


def test_bars():
    assert history(Bare(), from_=STAMPS[1], to=STAMPS[3]) == {
        "s": "ok",
        "t": STAMPS[1:3],
        "o": [1.5, 2.5],
        "h": [2, 3],
        "l": [1, 2],
        "c": [1.75, 2.75],
        "v": [1, 2],
    }


@pytest.mark.parametrize("make", [Bare, Counting])
@pytest.mark.parametrize("count", [1, 2, 10, 43, 44, 45, 500])
def test_countback_gives_exactly_that_many_and_goes_before_from(make, count):
    found = history(make(), from_=STAMPS[-2], to=STAMPS[-1] + 1, countback=count)
    assert found["t"] == STAMPS[-count:]


@pytest.mark.parametrize("make", [Bare, Counting])
def test_to_is_not_included(make):
    assert history(make(), from_=0, to=STAMPS[5], countback=2)["t"] == STAMPS[3:5]
    assert history(make(), from_=0, to=STAMPS[5])["t"] == STAMPS[:5]
    assert history(make(), from_=STAMPS[4], to=STAMPS[5] + 1)["t"] == STAMPS[4:6]


def test_a_feed_that_counts_is_asked_once():
    feed = Counting()
    history(feed, from_=STAMPS[0], to=STAMPS[-1], countback=5)
    [(symbol, resolution, start, end, count)] = feed.asked
    assert (symbol, resolution, end, count) == ("AAPL", "1D", DAYS[-1], 5)
    assert start == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=FIRST)


def test_a_feed_that_cannot_count_is_asked_three_times_at_most():
    feed = Bare(DAYS[:1])
    assert history(feed, to=STAMPS[-1], countback=300)["t"] == STAMPS[:1]
    assert len(feed.asked) == 3
    assert all(start.tzinfo is UTC and end == DAYS[-1] for _, _, start, end in feed.asked)


@pytest.mark.parametrize("make", [Bare, Counting])
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (STAMPS[4] + DAY, STAMPS[5], {"s": "no_data", "nextTime": STAMPS[4]}),
        (STAMPS[-1] + 1, STAMPS[-1] + DAY, {"s": "no_data", "nextTime": STAMPS[-1]}),
        (STAMPS[0] - DAY, STAMPS[0], {"s": "no_data"}),
        (STAMPS[9], STAMPS[9], {"s": "no_data", "nextTime": STAMPS[8]}),
        (STAMPS[9], STAMPS[3], {"s": "no_data", "nextTime": STAMPS[8]}),
        (-(10**11), 0, {"s": "no_data"}),
    ],
    ids=["weekend", "after the last", "before the first", "empty range", "backwards", "long ago"],
)
def test_no_data_says_where_there_is_some(make, start, end, expected):
    assert history(make(), from_=start, to=end) == expected


def test_no_data_by_countback_is_none_at_all():
    assert history(Bare(), from_=0, to=STAMPS[0], countback=5) == {"s": "no_data"}
    assert history(Bare([]), countback=5) == {"s": "no_data"}


def test_countback_of_zero_is_none():
    assert history(Bare(), from_=STAMPS[0], to=STAMPS[2], countback=0)["t"] == STAMPS[:2]


def test_weeks_are_made_of_days_and_whole_whatever_was_asked():
    whole = history(Bare(), resolution="1W", from_=0, to=STAMPS[-1] + DAY)
    assert whole["t"] == STAMPS[::5]
    assert whole["v"] == [sum(range(n, min(n + 5, len(DAYS)))) for n in range(0, len(DAYS), 5)]
    part = history(Bare(), resolution="1W", from_=STAMPS[5], to=STAMPS[12])
    assert (part["t"], part["v"]) == (whole["t"][1:3], whole["v"][1:3])


MINUTES = [START + timedelta(minutes=17 * n) for n in range(400)]


def intraday(make=Bare, **fields):
    feed = make(MINUTES)
    feed.symbol = lambda symbol: SymbolInfo(symbol, **{"resolutions": ["1"], **fields})
    return feed


@pytest.mark.parametrize("resolution", ["5", "60", "1D", "1W", "1M"])
@pytest.mark.parametrize("zone", ["Etc/UTC", "America/New_York", "Asia/Tokyo"])
def test_pages_put_together_are_the_whole(resolution, zone):
    feed = intraday(timezone=zone)
    whole = history(feed, resolution=resolution, from_=0, to=2**33)
    columns = {name: [] for name in "tohlcv"}
    edges = [STAMPS[0] - 9 * DAY, *range(STAMPS[0] - DAY, STAMPS[6], 40_000), STAMPS[-1]]
    for start, end in pairwise(edges):
        page = history(feed, resolution=resolution, from_=start, to=end)
        for name in columns if page["s"] == "ok" else ():
            columns[name] += page[name]
    assert {"s": "ok", **columns} == whole


@given(
    count=st.integers(1, 60),
    end=st.integers(STAMPS[0], STAMPS[-1]),
    resolution=st.sampled_from(["1", "60", "240", "1D", "1W"]),
    make=st.sampled_from([Bare, Counting]),
)
def test_countback_gives_the_last_bars_there_are(count, end, resolution, make):
    feed = intraday(make)
    before = history(feed, resolution=resolution, from_=-(10**9), to=end)
    found = history(feed, resolution=resolution, to=end, countback=count)
    if before["s"] == "no_data":
        assert found == {"s": "no_data"}
    else:
        assert found == {"s": "ok", **{name: before[name][-count:] for name in "tohlcv"}}


def test_paging_back_by_countback_meets_every_bar_once():
    feed, seen, end = intraday(), [], 2**33
    while (page := history(feed, resolution="60", to=end, countback=7))["s"] == "ok":
        seen = page["t"] + seen
        end = page["t"][0]
    assert seen == history(feed, resolution="60", from_=0, to=2**33)["t"]


@pytest.mark.parametrize("make", [Bare, Counting])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Etc/UTC"])
def test_daily_bars_stamped_in_the_exchanges_zone(make, zone):
    feed = make([datetime.combine(day.date(), time_of_day(), ZoneInfo(zone)) for day in DAYS])
    feed.symbol = lambda symbol: SymbolInfo(symbol, timezone=zone)
    assert history(feed, from_=STAMPS[3], to=STAMPS[6])["t"] == STAMPS[3:6]
    assert history(feed, to=STAMPS[6], countback=4)["t"] == STAMPS[2:6]
    assert history(feed, from_=STAMPS[4] + 1, to=STAMPS[5]) == {"s": "no_data", "nextTime": STAMPS[4]}
    assert history(feed, resolution="1W", from_=0, to=STAMPS[6])["t"] == [STAMPS[0], STAMPS[5]]


def test_a_feed_is_asked_for_its_ticker():
    feed = Full()
    history(feed, symbol="NYSE:BRK", countback=1)
    assert feed.asked[0][0] == "BRK.B"


def test_no_range_is_asked_that_pandas_could_not_compare():
    feed = Bare()
    assert history(feed, from_=-(10**11), to=10**11)["s"] == "ok"
    for _, _, start, end in feed.asked:
        assert FIRST <= start.timestamp() <= end.timestamp() <= LAST


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"symbol": ""}, "symbol= is missing"),
        ({"symbol": "x" * 201}, "symbol= is 201 characters long"),
        ({"resolution": ""}, "resolution= is missing"),
        ({"resolution": "1H"}, "is not a resolution"),
        ({"from": "", "countback": ""}, "from='' is not a number"),
        ({"from": "yesterday"}, "from='yesterday' is not a number"),
        ({"to": "nan"}, "to='nan' is not a number"),
        ({"to": "1e400"}, "to='1e400' is not a number"),
        ({"to": "1e15"}, "to='1e15' is out of range"),
        ({"countback": "-1"}, "countback='-1' is out of range"),
        ({"resolution": "15"}, "'AAPL' has no bars of '15', and 1D make none"),
    ],
    ids=repr,
)
def test_a_wrong_request_is_told(query, message):
    with pytest.raises(RequestError, match=message) as refused:
        answer(
            Source(Bare(), methods_of(Bare()), lambda method, **keywords: method(**keywords)),
            "history",
            {"symbol": "AAPL", "resolution": "1D", "from": "0", "to": "9", **query},
        )
    assert refused.value.status == 422
    assert error_body(refused.value) == {"s": "error", "errmsg": refused.value.detail, "detail": refused.value.detail}


def test_numbers_may_be_written_as_floats():
    assert history(Bare(), from_=f"{STAMPS[0]}.0", to=f"{STAMPS[1]}.7")["t"] == STAMPS[:2]


def test_to_is_now_unless_given():
    now = [datetime.fromtimestamp(time.time() + offset, UTC) for offset in (-DAY, DAY)]
    feed = Bare(now)
    feed.resolutions = ["1"]
    assert len(history(feed, resolution="1", countback=5)["t"]) == 1


@pytest.mark.parametrize("resolution", ["99999M", "9999W", "1300M", "99999D"])
def test_bars_longer_than_a_century_are_a_wrong_request(resolution):
    with pytest.raises(ResolutionError, match="longer than a century"):
        history(Bare(), resolution=resolution, countback=1)


@pytest.mark.parametrize("resolution", ["1200M", "5200W", "36500D"])
def test_no_bar_is_too_long_for_the_calendar(resolution):
    assert len(history(Bare(), resolution=resolution, countback=1)["t"]) == 1


def test_a_feed_may_answer_as_the_wire_has_it():
    feed = Bare()
    feed.history = lambda symbol, resolution: {"s": "no_data", "nextTime": 5}
    assert history(feed, countback=1) == {"s": "no_data"}


# -- /marks, /timescale_marks, /time, /quotes -------------------------------------------------------------------------


RANGE = {"symbol": "AAPL", "resolution": "D", "from_": STAMPS[0], "to": STAMPS[5]}


def test_marks_are_columns():
    feed = Full()
    assert ask(feed, "marks", **RANGE) == {
        "id": [1, 2],
        "time": STAMPS[:2],
        "color": ["blue", "blue"],
        "text": ["Split", ""],
        "label": ["S", ""],
        "labelFontColor": ["white", "red"],
        "minSize": [14, 14],
    }
    assert feed.asked == [("AAPL", DAYS[0], DAYS[5], "1D")]


def test_marks_with_pictures():
    feed = Full()
    feed.marks = lambda: [Mark(1, 0, image_url="https://x.example/a.png"), Mark(2, 0)]
    assert ask(feed, "marks", **RANGE)["imageUrl"] == ["https://x.example/a.png", None]


def test_timescale_marks_are_objects():
    assert ask(Full(), "timescale_marks", **RANGE) == [
        {"id": "e", "time": STAMPS[0], "color": "blue", "label": "E", "tooltip": ["Earnings"]},
        {"id": "d", "time": STAMPS[1], "color": "blue", "label": "", "tooltip": ["a", "b"]},
    ]


@pytest.mark.parametrize("make", [Bare, Full])
def test_no_marks(make):
    feed = make()
    feed.marks = feed.timescale_marks = lambda: None
    assert ask(feed, "marks", **RANGE)["id"] == []
    assert ask(feed, "timescale_marks", **RANGE) == []
    assert ask(Bare(), "marks")["id"] == ask(Bare(), "timescale_marks") == []


def test_a_mark_that_is_none_is_told():
    feed = Full()
    feed.marks = lambda: [5]
    with pytest.raises(ShapeError, match=r"mark is int. Return Mark\(id, time\)"):
        ask(feed, "marks", **RANGE)


def test_the_time():
    assert ask(Full(), "time") == STAMPS[0]
    before = int(time.time())
    assert before <= ask(Bare(), "time") <= int(time.time())
    feed = Full()
    feed.time = lambda: None
    assert ask(feed, "time") >= before


def test_the_feeds_own_quotes():
    assert ask(Full(), "quotes", symbols="AAPL,BRK,X,,AAPL") == {
        "s": "ok",
        "d": [
            {
                "s": "ok",
                "n": "AAPL",
                "v": {
                    "ch": 1.0,
                    "chp": 1.0,
                    "short_name": "AAPL",
                    "exchange": "",
                    "original_name": "AAPL",
                    "description": "AAPL",
                    "lp": 101.0,
                    "prev_close_price": 100.0,
                    "volume": 5,
                },
            },
            {
                "s": "ok",
                "n": "BRK",
                "v": {
                    "ch": 2,
                    "chp": 25.0,
                    "short_name": "BRK",
                    "exchange": "",
                    "original_name": "BRK",
                    "description": "BRK",
                    "lp": 10,
                },
            },
            {"s": "error", "n": "X", "v": {}},
        ],
    }


@pytest.mark.parametrize("given_", [{"AAPL": 5}, {"AAPL": {"last": 5}}, {"AAPL": Quote("other", 5)}], ids=repr)
def test_quotes_may_be_a_mapping(given_):
    feed = Full()
    feed.quotes = lambda symbols: given_
    [quote] = ask(feed, "quotes", symbols="AAPL")["d"]
    assert (quote["n"], quote["v"]["lp"]) == ("AAPL", 5)


def test_quotes_of_the_last_bars():
    feed = Counting()
    feed.symbol = Full().symbol
    [quote, unknown] = ask(feed, "quotes", symbols="NASDAQ:AAPL,X")["d"]
    last = len(DAYS) - 1
    assert quote["v"] == {
        "ch": 1.0,
        "chp": pytest.approx(100 / (last - 0.25)),
        "short_name": "AAPL",
        "exchange": "NASDAQ",
        "original_name": "NASDAQ:AAPL",
        "description": "Apple",
        "lp": last + 0.75,
        "open_price": last + 0.5,
        "high_price": last + 1,
        "low_price": last,
        "prev_close_price": last - 0.25,
        "volume": last,
    }
    assert unknown == {"s": "error", "n": "X", "v": {}}


def test_quotes_of_no_bars():
    assert ask(Bare([]), "quotes", symbols="X")["d"] == [{"s": "error", "n": "X", "v": {}}]
    feed = Bare()
    feed.resolutions = []
    assert ask(feed, "quotes", symbols="X")["d"] == [{"s": "error", "n": "X", "v": {}}]
    [quote] = ask(Bare(DAYS[:1]), "quotes", symbols="X")["d"]
    assert "ch" not in quote["v"]


def test_a_symbol_that_only_history_refuses_spoils_no_other_quote():
    class Refusing(Bare):
        def history(self, symbol, resolution, start, end):
            if symbol == "X":
                raise KeyError(symbol)
            return super().history(symbol, resolution, start, end)

    found = ask(Refusing(), "quotes", symbols="X,AAPL")["d"]
    assert [(quote["n"], quote["s"]) for quote in found] == [("X", "error"), ("AAPL", "ok")]


@pytest.mark.parametrize("answer_", [[5], {"AAPL": "dear"}], ids=repr)
def test_a_quote_that_is_none_is_told(answer_):
    feed = Full()
    feed.quotes = lambda symbols: answer_
    with pytest.raises(ShapeError, match="quote is"):
        ask(feed, "quotes", symbols="AAPL")


def test_too_many_quotes_are_refused():
    with pytest.raises(RequestError, match="Ask for 200 at once"):
        ask(Full(), "quotes", symbols=",".join(map(str, range(201))))


# -- What is a feed ---------------------------------------------------------------------------------------------------


class Wrong:
    marks = 5

    def history(self, symbol, interval):
        raise NotImplementedError

    def search(self, text, *more, **others):
        raise NotImplementedError

    def quotes(self, tickers, /):
        raise NotImplementedError


def test_a_feed_that_cannot_be_asked_is_told_with_all_reasons():
    with pytest.raises(RegistrationError) as refused:
        methods_of(Wrong())
    assert str(refused.value) == (
        "The feed Wrong cannot be asked: history() wants interval, and is called with symbol, resolution, start, end, "
        "countback; its marks is int, not a method; quotes() wants tickers, and is called with symbols."
    )


@pytest.mark.parametrize(
    ("feed", "message"),
    [(Bare, "the class Bare. Give an instance"), (object(), "has no method history"), (None, "NoneType")],
    ids=["class", "object", "None"],
)
def test_what_is_no_feed_is_told(feed, message):
    with pytest.raises(RegistrationError, match=message):
        methods_of(feed)


def test_methods_are_called_with_the_keywords_they_name():
    class Loose:
        def history(self, **keywords):
            return [(0, 1, 1, 1, len(keywords))]

        def config(self, *, more=None):
            return {}

        def search(self, query):
            return [query]

    assert history(Loose(), countback=1)["c"] == [5]
    assert searched(Loose(), query="x") == ["X"]
    assert ask(Loose(), "config")["supported_resolutions"] == ["1D", "1W", "1M"]


def test_builtins_may_be_methods():
    class Builtin:
        history = dict
        time = staticmethod(time.time)

    assert ask(Builtin(), "time") > STAMPS[0]


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SymbolInfo("AAPL").name = "MSFT"
