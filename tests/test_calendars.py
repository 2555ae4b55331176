"""Sessions, time zones and trading days."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_openbb import ConfigError
from flask_openbb.live.calendars import Calendar, calendar_of, day_of, midnight, next_period, period_start
from flask_openbb.live.resolutions import parse_resolution

NEW_YORK = "America/New_York"
CHICAGO = "America/Chicago"


def at(zone, *moment):
    return int(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("calendar", "moment", "expected"),
    [
        (("Etc/UTC", "24x7"), ("UTC", 2026, 3, 8, 23, 59), date(2026, 3, 8)),
        ((NEW_YORK, "0930-1600"), ("UTC", 2026, 3, 9, 3, 30), date(2026, 3, 8)),
        ((NEW_YORK, "0930-1600"), (NEW_YORK, 2026, 3, 9, 9, 30), date(2026, 3, 9)),
        (("Asia/Tokyo", "0900-1130,1230-1530"), ("UTC", 2026, 3, 8, 15, 0), date(2026, 3, 9)),
        ((CHICAGO, "1700-1600:23456"), (CHICAGO, 2026, 3, 8, 16, 59), date(2026, 3, 8)),
        ((CHICAGO, "1700-1600:23456"), (CHICAGO, 2026, 3, 8, 17, 0), date(2026, 3, 9)),
        ((NEW_YORK, "1700-1700"), (NEW_YORK, 2026, 3, 9, 0, 0), date(2026, 3, 9)),
    ],
    ids=["utc", "evening in new york", "opening", "tokyo", "before the roll", "at the roll", "around the clock"],
)
def test_the_trading_day_of_a_moment(calendar, moment, expected):
    assert Calendar(*calendar).trading_day(at(*moment)) == expected


@pytest.mark.parametrize(
    ("session", "day", "expected"),
    [
        ("24x7", date(2026, 3, 9), [(9, 0, 0)]),
        ("0000-0000", date(2026, 3, 9), [(9, 0, 0)]),
        ("0930-1600", date(2026, 3, 9), [(9, 9, 30)]),
        ("0900-1130,1230-1500", date(2026, 3, 9), [(9, 9, 0), (9, 12, 30)]),
        ("0930-1600:23456|1000-1300:7", date(2026, 3, 14), [(14, 10, 0)]),
        ("0930-1600:23456|1000-1300:7", date(2026, 3, 13), [(13, 9, 30)]),
        ("0930-1600:23456", date(2026, 3, 15), [(15, 0, 0)]),
        ("1700-1600", date(2026, 3, 10), [(9, 17, 0)]),
        ("1700F1-1600:23456", date(2026, 3, 10), [(9, 17, 0)]),
        ("1;0930-1600", date(2026, 3, 9), [(9, 9, 30)]),
        ("0000-0000:23456", date(2026, 3, 9), [(9, 0, 0)]),
        ("0000-0000:1|0930-1600:23456", date(2026, 3, 9), [(9, 9, 30)]),
    ],
)
def test_where_bars_are_counted_from(session, day, expected):
    found = Calendar(NEW_YORK, session).starts(day)
    assert found == [at(NEW_YORK, 2026, 3, day, hour, minute) for day, hour, minute in expected]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 7), 24), (date(2026, 3, 8), 23), (date(2026, 11, 1), 25)],
    ids=["winter", "spring forward", "fall back"],
)
def test_days_are_as_long_as_the_clocks_say(day, hours):
    calendar = Calendar(NEW_YORK)
    assert calendar.opens(day + timedelta(days=1)) - calendar.opens(day) == hours * 3600


def test_a_day_whose_midnight_the_clocks_leave_out():
    calendar = Calendar("Africa/Cairo")  # 00:00 is 01:00 on 2026-04-24
    opens = calendar.opens(date(2026, 4, 24))
    assert calendar.trading_day(opens) == date(2026, 4, 24)
    assert calendar.trading_day(opens - 1) == date(2026, 4, 23)


@pytest.mark.parametrize(
    "session", ["", "always", "9-16", "0930", "0930-1600:8", "0930-1600:", "2500-2600", "0930-2500", None, "0930-1600,"]
)
def test_a_wrong_session_is_told(session):
    if session == "0930-1600:":
        assert Calendar(NEW_YORK, session).starts(date(2026, 3, 9))
        return
    with pytest.raises(ConfigError, match="0930-1600"):
        Calendar(NEW_YORK, session)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "New York"])
def test_an_unknown_zone_is_told(zone):
    with pytest.raises(ConfigError, match="No time zone"):
        Calendar(zone)


def test_calendars_are_shared():
    assert calendar_of(NEW_YORK, "24x7") is calendar_of(NEW_YORK, "24x7")


@pytest.mark.parametrize(
    ("day", "resolution", "first", "following"),
    [
        (date(2026, 11, 20), "1D", date(2026, 11, 20), date(2026, 11, 21)),
        (date(2026, 11, 20), "1W", date(2026, 11, 16), date(2026, 11, 23)),
        (date(2026, 11, 16), "1W", date(2026, 11, 16), date(2026, 11, 23)),
        (date(2026, 11, 22), "1W", date(2026, 11, 16), date(2026, 11, 23)),
        (date(2027, 1, 1), "1W", date(2026, 12, 28), date(2027, 1, 4)),
        (date(2028, 2, 29), "1M", date(2028, 2, 1), date(2028, 3, 1)),
        (date(2026, 12, 31), "1M", date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 5, 31), "3M", date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 5, 31), "12M", date(2026, 1, 1), date(2027, 1, 1)),
        (date(1970, 1, 2), "2D", date(1970, 1, 1), date(1970, 1, 3)),
        (date(1970, 1, 12), "2W", date(1970, 1, 5), date(1970, 1, 19)),
    ],
)
def test_periods(day, resolution, first, following):
    resolution = parse_resolution(resolution)
    assert (period_start(day, resolution), next_period(day, resolution)) == (first, following)


DAYS = st.dates(date(1700, 1, 1), date(2261, 1, 1))


@given(day=DAYS, resolution=st.sampled_from(["1D", "3D", "1W", "2W", "1M", "3M", "12M"]).map(parse_resolution))
def test_every_day_is_in_one_period(day, resolution):
    first, following = period_start(day, resolution), next_period(day, resolution)
    assert first <= day < following
    assert period_start(first, resolution) == first
    assert period_start(following, resolution) == following
    assert next_period(following - timedelta(days=1), resolution) == following


@given(day=DAYS)
def test_midnights_are_utc(day):
    assert midnight(day) == int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp())
    assert day_of(midnight(day)) == day_of(midnight(day) + 86_399) == day


@given(
    stamp=st.integers(-(2**31), 2**32),
    calendar=st.sampled_from(
        [
            Calendar(),
            Calendar(NEW_YORK, "0930-1600"),
            Calendar(CHICAGO, "1700-1600"),
            Calendar("Asia/Kolkata", "0915-1530"),
            Calendar("Australia/Lord_Howe"),
            Calendar("Africa/Cairo"),
        ]
    ),
)
def test_every_moment_is_in_its_trading_day(stamp, calendar):
    day = calendar.trading_day(stamp)
    assert calendar.opens(day) <= stamp < calendar.opens(day + timedelta(days=1)) + 7200
