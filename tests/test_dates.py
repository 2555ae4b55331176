"""Relative dates as the client reckons them, and every way a date may be written."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_openbb.errors import ParamError
from flask_openbb.manifest.dates import (
    UNITS,
    RelativeDate,
    business_days_ago,
    days_ago,
    is_relative,
    months_ago,
    parse_date,
    parse_datetime,
    today,
    years_ago,
)

NOW = datetime(2024, 3, 31, 1, 30)  # a Sunday
RELATIVE = [
    ("$currentDate", date(2024, 3, 31)),
    ("$currentDate-0d", date(2024, 3, 31)),
    ("$currentDate-1d", date(2024, 3, 30)),
    ("$currentDate+1d", date(2024, 4, 1)),
    ("$currentDate-365d", date(2023, 4, 1)),
    ("$currentDate-1w", date(2024, 3, 24)),
    ("$currentDate-1h", date(2024, 3, 31)),
    ("$currentDate-2h", date(2024, 3, 30)),
    ("$currentDate+23h", date(2024, 4, 1)),
    ("$currentDate-1M", date(2024, 2, 29)),
    ("$currentDate-1m", date(2024, 2, 29)),
    ("$currentDate+1M", date(2024, 4, 30)),
    ("$currentDate-13M", date(2023, 2, 28)),
    ("$currentDate+9M", date(2024, 12, 31)),
    ("$currentDate-1q", date(2023, 12, 31)),
    ("$currentDate+1Q", date(2024, 6, 30)),
    ("$currentDate-1y", date(2023, 3, 31)),
    ("$currentDate-2y", date(2022, 3, 31)),
    ("$currentDate-0b", date(2024, 3, 31)),
    ("$currentDate-1b", date(2024, 3, 29)),
    ("$currentDate+1b", date(2024, 4, 1)),
    ("$currentDate+5b", date(2024, 4, 5)),
    ("$currentDate+6b", date(2024, 4, 8)),
    ("$currentDate-5b", date(2024, 3, 25)),
    ("$currentDate-6b", date(2024, 3, 22)),
    ("$CURRENTDATE-1d", date(2024, 3, 30)),
    ("  $currentDate - 1d ", date(2024, 3, 30)),
    ("$currentDate 1d", date(2024, 4, 1)),  # an unescaped '+'
    ("$currentDate-0000000001d", date(2024, 3, 30)),
]


@pytest.mark.parametrize(("text", "day"), RELATIVE, ids=[text for text, _ in RELATIVE])
def test_relative_dates_as_the_client_reckons(text, day):
    assert is_relative(text)
    assert parse_date(text, now=NOW) == day
    assert parse_datetime(text, now=NOW) == datetime.combine(day, datetime.min.time())


@pytest.mark.parametrize(
    ("start", "text", "day"),
    [
        (datetime(2024, 2, 29), "$currentDate-1y", date(2023, 2, 28)),
        (datetime(2024, 2, 29), "$currentDate+4y", date(2028, 2, 29)),
        (datetime(2024, 3, 30), "$currentDate+1b", date(2024, 4, 1)),  # Saturday
        (datetime(2024, 3, 30), "$currentDate-1b", date(2024, 3, 29)),
        (datetime(2024, 3, 27), "$currentDate+3b", date(2024, 4, 1)),  # Wednesday
        (datetime(2024, 3, 27), "$currentDate-3b", date(2024, 3, 22)),
    ],
    ids=["leap day", "leap to leap", "Saturday ahead", "Saturday back", "Wednesday ahead", "Wednesday back"],
)
def test_relative_dates_from_other_days(start, text, day):
    assert parse_date(text, now=start) == day


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(-400, 400))
def test_business_days_are_stepped_like_the_client(start, amount):
    step = 1 if amount > 0 else -1
    expected, left = start, abs(amount)
    while left:
        expected += timedelta(days=step)
        left -= expected.weekday() < 5
    assert RelativeDate(amount, "b").resolve(datetime.combine(start, datetime.min.time())) == expected


@pytest.mark.parametrize(
    ("relative", "wire"),
    [
        (today(), "$currentDate"),
        (days_ago(365), "$currentDate-365d"),
        (days_ago(-1), "$currentDate+1d"),
        (days_ago(0), "$currentDate"),
        (business_days_ago(2), "$currentDate-2b"),
        (months_ago(6), "$currentDate-6M"),
        (years_ago(2), "$currentDate-2y"),
        (RelativeDate(-12, "h"), "$currentDate-12h"),
        (RelativeDate(1, "w"), "$currentDate+1w"),
        (RelativeDate(-2, "q"), "$currentDate-6M"),
    ],
    ids=str,
)
def test_wire_form(relative, wire):
    assert str(relative) == wire
    assert RelativeDate.parse(wire).resolve(NOW) == relative.resolve(NOW)


@settings(max_examples=100, deadline=None)
@given(st.integers(-9999, 9999), st.sampled_from(sorted(UNITS)))
def test_wire_form_means_the_same(amount, unit):
    relative = RelativeDate(amount, unit)
    try:
        expected = relative.resolve(NOW)
    except ValueError:
        return
    assert parse_date(str(relative), now=NOW) == expected


def test_now_is_the_servers_day_unless_given():
    before = date.today()
    assert today()() in {before, date.today()}
    assert days_ago(1).resolve() in {before - timedelta(days=1), date.today() - timedelta(days=1)}
    assert parse_date("$currentDate") in {before, date.today()}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (1, "D"),
            "A relative date has no unit 'D'. Use one of h (hours), d (days), w (weeks), M (months), "
            "y (years), b (business days), q (quarters).",
        ),
        ((1.5, "d"), "A relative date needs a whole number of days, not 1.5."),
        ((True, "y"), "A relative date needs a whole number of years, not True."),
        ((10**7, "d"), "A relative date of 10000000 days leaves the calendar."),
    ],
    ids=["unit", "float", "bool", "huge"],
)
def test_wrong_relative_dates(arguments, message):
    with pytest.raises(ParamError) as caught:
        RelativeDate(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize("reading", [parse_date, parse_datetime], ids=["date", "datetime"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$currentDate-1D", "'$currentDate-1D' has an unknown unit; use one of h d w M y b q. Did you mean 'd'?"),
        ("$currentDate-1x", "'$currentDate-1x' has an unknown unit; use one of h d w M y b q."),
        ("$currentDate-", "'$currentDate-' is not a relative date; use $currentDate or $currentDate-30d."),
        ("$currentDate-1.5d", "'$currentDate-1.5d' is not a relative date; use $currentDate or $currentDate-30d."),
        ("$currentDate-99999999d", "'$currentDate-99999999d' leaves the calendar; use a smaller number."),
        ("$currentDate-9999999d", "'$currentDate-9999999d' is outside the years 1 to 9999; use a smaller number."),
        ("$currentDate+9999999M", "'$currentDate+9999999M' is outside the years 1 to 9999; use a smaller number."),
        ("$currentDate-9999y", "'$currentDate-9999y' is outside the years 1 to 9999; use a smaller number."),
        ("$currentDate+9999999b", "'$currentDate+9999999b' is outside the years 1 to 9999; use a smaller number."),
        (
            "$currentDate" + " " * 200_000,
            "'$currentDate…' is not a relative date; use $currentDate or $currentDate-30d.",
        ),
    ],
    ids=["upper case", "unit", "no amount", "fraction", "digits", "days", "months", "years", "business", "long"],
)
def test_wrong_relative_text(reading, text, message):
    with pytest.raises(ValueError) as caught:
        reading(text, now=NOW)
    assert str(caught.value) == message


PLUS_2 = timezone(timedelta(hours=2))
ABSOLUTE = [
    ("2024-01-31", datetime(2024, 1, 31)),
    (" 2024-1-5 ", datetime(2024, 1, 5)),
    ("1/31/2024", datetime(2024, 1, 31)),
    ("01/05/2024", datetime(2024, 1, 5)),
    ("2024-01-31T09:30", datetime(2024, 1, 31, 9, 30)),
    ("2024-01-31 09:30:15", datetime(2024, 1, 31, 9, 30, 15)),
    ("2024-01-31T09:30:15.5", datetime(2024, 1, 31, 9, 30, 15, 500000)),
    ("2024-01-31T23:30:15.123456789Z", datetime(2024, 1, 31, 23, 30, 15, 123456, timezone.utc)),
    ("2024-01-31T23:30:00+02:00", datetime(2024, 1, 31, 23, 30, tzinfo=PLUS_2)),
    ("2024-01-31T23:30:00 02:00", datetime(2024, 1, 31, 23, 30, tzinfo=PLUS_2)),
    ("2024-01-31T23:30:00+02", datetime(2024, 1, 31, 23, 30, tzinfo=PLUS_2)),
    ("2024-01-31T23:30:00-0530", datetime(2024, 1, 31, 23, 30, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
]


@pytest.mark.parametrize(("text", "moment"), ABSOLUTE, ids=[text for text, _ in ABSOLUTE])
def test_absolute_dates(text, moment):
    assert parse_datetime(text) == moment
    assert parse_datetime(text).tzinfo == moment.tzinfo
    assert parse_date(text) == moment.date()
    assert not is_relative(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", "'yesterday' is not a date; use YYYY-MM-DD or $currentDate-30d."),
        ("2024-02-30", "'2024-02-30' is not on the calendar; use a real date."),
        ("13/13/2024", "'13/13/2024' is not on the calendar; use a real date."),
        ("0000-01-01", "'0000-01-01' is not on the calendar; use a real date."),
        ("2024-01-01T25:00", "'2024-01-01T25:00' is not on the calendar; use a real date."),
        ("2024-01-01T00:00+99:00", "'2024-01-01T00:00+99:00' is not on the calendar; use a real date."),
        ("20240131", "'20240131' is not a date; use YYYY-MM-DD or $currentDate-30d."),
        ("2024-01-31\n2024-01-31", "'2024-01-31 2024-01-31' is not a date; use YYYY-MM-DD or $currentDate-30d."),
        ("٢٠٢٤-٠١-٣١", "'٢٠٢٤-٠١-٣١' is not a date; use YYYY-MM-DD or $currentDate-30d."),
        ("", "'' is not a date; use YYYY-MM-DD or $currentDate-30d."),
        ("9" * 300_000, f"'{'9' * 39}…' is not a date; use YYYY-MM-DD or $currentDate-30d."),
    ],
    ids=["words", "day", "month", "year 0", "hour", "offset", "compact", "lines", "digits", "empty", "long"],
)
def test_wrong_absolute_dates(text, message):
    with pytest.raises(ValueError) as caught:
        parse_date(text)
    assert str(caught.value) == message


def test_a_wrong_datetime_says_so():
    with pytest.raises(ValueError, match="is not a date and time; use"):
        parse_datetime("noon")


LIKE_DATES = st.one_of(
    st.text(max_size=40),
    st.text("$currentDate0123456789+-hdwmMyYbBqQ :/TZ.", max_size=40),
    st.from_regex(r"\$currentDate[+-]\d{1,12}[a-zA-Z]?", fullmatch=True),
    st.from_regex(r"\d{1,5}[-/]\d{1,3}[-/]\d{1,5}(T\d\d:\d\d(:\d\d)?)?([+-]\d\d:?\d\d|Z)?", fullmatch=True),
)


@settings(max_examples=100, deadline=None)
@given(LIKE_DATES)
def test_no_text_raises_anything_but_value_error(text):
    for reading, kind in ((parse_date, date), (parse_datetime, datetime)):
        try:
            assert isinstance(reading(text, now=NOW), kind)
        except ValueError as error:
            assert "\n" not in str(error)


@settings(max_examples=100, deadline=None)
@given(st.dates())
def test_iso_dates_come_back(day):
    assert parse_date(day.isoformat()) == day


@settings(max_examples=100, deadline=None)
@given(st.datetimes(timezones=st.sampled_from([None, timezone.utc, PLUS_2])))
def test_iso_datetimes_come_back(moment):
    assert parse_datetime(moment.isoformat()) == moment
