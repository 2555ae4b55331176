"""Longer bars of shorter ones: what is in each, where it begins, and that nothing is lost."""

import math
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_openbb.live.bars import columns_of
from flask_openbb.live.calendars import Calendar
from flask_openbb.live.resample import resample
from flask_openbb.live.resolutions import parse_resolution

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
STOCKS = Calendar("America/New_York", "0930-1600")
ALWAYS = Calendar()


def minutes(start, count, step=1):
    """Bars that count up, so that open, high, low, close and volume tell which are in a longer one."""
    return [(start + timedelta(minutes=step * n), n + 0.5, n + 1, n, n + 0.75, 1) for n in range(count)]


def days(*texts):
    return [(text, n + 0.5, n + 1, n, n + 0.75, 1) for n, text in enumerate(texts)]


def made(rows, resolution, calendar=ALWAYS, *, daily=False):
    bars = columns_of(rows, zone=calendar.zone, daily=daily)
    found = resample(bars, parse_resolution(resolution), calendar, daily=daily)
    return list(
        zip(
            found.time, found.open, found.high, found.low, found.close, found.volume or [None] * len(found), strict=True
        )
    )


def local(stamps, zone):
    return [datetime.fromtimestamp(stamp, zone).strftime("%m-%d %H:%M") for stamp in stamps]


def utc(stamps):
    assert all(stamp % 86_400 == 0 for stamp in stamps)
    return [datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d") for stamp in stamps]


def test_open_first_high_max_low_min_close_last_volume_sum():
    rows = [
        ("2026-11-20T10:00Z", 5, 9, 4, 6, 100),
        ("2026-11-20T10:01Z", 6, 7, 1, 2, 50),
        ("2026-11-20T10:04Z", 3, 8, 2, 7, 25),
    ]
    start = int(datetime(2026, 11, 20, 10, tzinfo=UTC).timestamp())
    assert made(rows, "5") == [(start, 5, 9, 1, 7, 175)]


def test_hours_are_counted_from_the_session():
    rows = minutes(datetime(2026, 11, 20, 9, 30, tzinfo=NEW_YORK), 13, step=30)
    found = made(rows, "60", STOCKS)
    times = local([bar[0] for bar in found], NEW_YORK)
    assert times == [f"11-20 {hour}:30" for hour in ("09", "10", "11", "12", "13", "14", "15")]
    assert [bar[5] for bar in found] == [2, 2, 2, 2, 2, 2, 1]


def test_hours_begin_anew_after_lunch():
    tokyo = Calendar("Asia/Tokyo", "0900-1130,1230-1530")
    rows = minutes(datetime(2026, 11, 20, 9, 0, tzinfo=tokyo.zone), 14, step=30)
    rows = [row for row in rows if not 11.5 <= row[0].hour + row[0].minute / 60 < 12.5]
    found = made(rows, "60", tokyo)
    times = local([bar[0] for bar in found], tokyo.zone)
    assert times == [f"11-20 {text}" for text in ("09:00", "10:00", "11:00", "12:30", "13:30", "14:30", "15:30")]


def test_bars_before_the_session_are_counted_back_from_it_and_stay_in_their_day():
    rows = minutes(datetime(2026, 11, 20, 0, 0, tzinfo=NEW_YORK), 20, step=30)
    found = made(rows, "60", STOCKS)
    times = local([bar[0] for bar in found], NEW_YORK)
    assert times[:3] == ["11-20 00:00", "11-20 00:30", "11-20 01:30"]
    assert times[-1] == "11-20 09:30"


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ((2026, 3, 8), 23, ["03-08 00:00", "03-08 05:00", "03-08 09:00", "03-08 13:00", "03-08 17:00", "03-08 21:00"]),
        (
            (2026, 11, 1),
            25,
            ["11-01 00:00", "11-01 03:00", "11-01 07:00", "11-01 11:00", "11-01 15:00", "11-01 19:00", "11-01 23:00"],
        ),
    ],
    ids=["spring forward", "fall back"],
)
def test_hours_on_days_when_the_clocks_change(day, count, expected):
    start = datetime(*day, tzinfo=NEW_YORK).astimezone(UTC)
    found = made(minutes(start, count, step=60), "240", Calendar("America/New_York"))
    assert local([bar[0] for bar in found], NEW_YORK) == expected
    assert sum(bar[5] for bar in found) == count


@pytest.mark.parametrize("day", [(2026, 3, 6), (2026, 3, 8), (2026, 3, 9), (2026, 11, 1), (2026, 11, 2)], ids=str)
def test_a_days_bar_is_its_trading_day_whatever_the_clocks(day):
    start = datetime(*day, tzinfo=NEW_YORK).astimezone(UTC)
    end = (datetime(*day, tzinfo=NEW_YORK) + timedelta(days=1)).astimezone(UTC)
    count = int((end - start).total_seconds() // 3600)
    found = made(minutes(start, count, step=60), "1D", Calendar("America/New_York"))
    assert utc([bar[0] for bar in found]) == ["{}-{:02}-{:02}".format(*day)]
    assert found[0][5] == count


def test_an_overnight_session_belongs_to_the_day_it_ends_on():
    chicago = Calendar("America/Chicago", "1700-1600:23456")
    sunday = datetime(2026, 11, 15, 17, 0, tzinfo=chicago.zone)
    found = made(minutes(sunday, 48, step=60), "1D", chicago)
    assert [(utc([bar[0]])[0], bar[5]) for bar in found] == [("2026-11-16", 24), ("2026-11-17", 24)]


@pytest.mark.parametrize(
    ("resolution", "rows", "expected"),
    [
        ("1W", ["2026-11-13", "2026-11-16", "2026-11-22", "2026-11-23"], ["2026-11-09", "2026-11-16", "2026-11-23"]),
        ("1W", ["2026-12-31", "2027-01-01", "2027-01-04"], ["2026-12-28", "2027-01-04"]),
        ("1W", ["2026-11-18"], ["2026-11-16"]),
        ("1M", ["2026-10-30", "2026-11-02", "2026-11-30", "2026-12-01"], ["2026-10-30", "2026-11-02", "2026-12-01"]),
        ("1M", ["2028-02-28", "2028-02-29", "2028-03-01"], ["2028-02-28", "2028-03-01"]),
        ("1M", ["2026-01-05", "2026-05-04"], ["2026-01-05", "2026-05-04"]),
        ("3M", ["2026-03-31", "2026-04-01", "2026-06-30"], ["2026-03-31", "2026-04-01"]),
        ("12M", ["2025-12-31", "2026-01-02", "2026-12-31"], ["2025-12-31", "2026-01-02"]),
        ("2D", ["1970-01-01", "1970-01-02", "1970-01-03"], ["1970-01-01", "1970-01-03"]),
        ("1D", ["2026-11-20"], ["2026-11-20"]),
    ],
    ids=repr,
)
def test_days_to_weeks_and_months(resolution, rows, expected):
    found = made(days(*rows), resolution, daily=True)
    assert utc([bar[0] for bar in found]) == expected
    assert sum(bar[5] for bar in found) == len(rows)


def test_times_without_trades_have_no_bar():
    rows = [("2026-11-20T10:00Z", 1, 1, 1, 1, 1), ("2026-11-20T15:00Z", 2, 2, 2, 2, 1)]
    assert len(made(rows, "60")) == 2


def test_volumes_that_are_not_known():
    rows = [("2026-11-20T10:00Z", 1, 1, 1, 1, None), ("2026-11-20T10:01Z", 1, 1, 1, 1, 5)]
    assert made(rows, "5")[0][5] == 5
    assert math.isnan(made(rows[:1], "5")[0][5])
    assert made([row[:5] for row in rows], "5")[0][5] is None


def test_nothing_of_nothing():
    assert made([], "1W", daily=True) == []
    assert made(None, "60") == []


CALENDARS = [
    Calendar(),
    STOCKS,
    Calendar("America/Chicago", "1700-1600:23456"),
    Calendar("Asia/Tokyo", "0900-1130,1230-1530"),
    Calendar("Australia/Lord_Howe", "0100-2300"),
    Calendar("America/Havana", "0030-0015"),
]
PRICES = st.integers(-10_000, 10_000).map(float)
BARS = st.lists(
    st.tuples(st.integers(-(2**31), 2**32).map(lambda stamp: stamp // 30 * 30), PRICES, PRICES, PRICES, PRICES, PRICES),
    max_size=40,
).map(
    lambda rows: sorted(
        {row[0]: (row[0], row[1], max(row[1:5]), min(row[1:5]), row[4], row[5]) for row in rows}.values()
    )
)
NEAR = st.tuples(st.integers(0, 2**31), st.lists(st.integers(1, 5000), max_size=60)).map(
    lambda found: [
        (found[0] + 60 * sum(found[1][: n + 1]), n, n + 2, n - 1, n + 1, n + 1) for n in range(len(found[1]))
    ]
)
RESOLUTIONS = st.sampled_from(["1", "7", "60", "240", "1D", "3D", "1W", "2W", "1M", "3M"])


@given(rows=st.one_of(BARS, NEAR), resolution=RESOLUTIONS, calendar=st.sampled_from(CALENDARS))
def test_nothing_is_lost_and_order_is_kept(rows, resolution, calendar):
    bars = columns_of(rows, zone=UTC, daily=False)
    found = resample(bars, parse_resolution(resolution), calendar, daily=False)
    assert list(found.time) == sorted(set(found.time))
    assert len(found) <= len(bars)
    if rows:
        assert sum(found.volume) == sum(bars.volume)
        assert (max(found.high), min(found.low)) == (max(bars.high), min(bars.low))
        assert (found.open[0], found.close[-1]) == (bars.open[0], bars.close[-1])


@given(rows=st.one_of(BARS, NEAR), calendar=st.sampled_from(CALENDARS))
def test_months_by_way_of_days_are_months(rows, calendar):
    bars = columns_of(rows, zone=UTC, daily=False)
    month = parse_resolution("1M")
    by_day = resample(bars, parse_resolution("1D"), calendar, daily=False)
    straight, around = resample(bars, month, calendar, daily=False), resample(by_day, month, calendar, daily=True)
    assert vars(straight) == vars(around)
