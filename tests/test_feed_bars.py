"""What a feed may answer with: every form of bars and times becomes the same columns."""

import math
from array import array
from collections import namedtuple
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flask_openbb import Bar, Bars, ShapeError
from flask_openbb.live.bars import columns_of, stamp_of

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
T = [1_795_168_800, 1_795_172_400, 1_795_176_000]
MOMENTS = [datetime.fromtimestamp(stamp, UTC) for stamp in T]
ROWS = [(stamp, n + 0.5, n + 1.0, n * 1.0, n + 0.75, 10.0 * n) for n, stamp in enumerate(T)]
NAMES = ("time", "open", "high", "low", "close", "volume")
TABLE = {name: [row[place] for row in ROWS] for place, name in enumerate(NAMES)}
Row = namedtuple("Row", "date open high low close volume")


@dataclass
class Timed:
    time: int
    close: float


@dataclass
class Record:
    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Mapped:
    def __init__(self, row):
        self._mapping = dict(zip(NAMES, row, strict=True))


def rows_of(columns):
    return list(zip(columns.time, columns.open, columns.high, columns.low, columns.close, columns.volume, strict=True))


FORMS = {
    "tuples": ROWS,
    "lists": [list(row) for row in ROWS],
    "unordered": ROWS[::-1],
    "generator": ROWS,
    "Bar": [Bar(*row) for row in ROWS],
    "Bars": Bars(**TABLE),
    "Bars of numpy": Bars(**{name: np.array(cells) for name, cells in TABLE.items()}),
    "Bars of pandas": Bars(**{name: pd.Series(cells) for name, cells in TABLE.items()}),
    "Bars of polars": Bars(**{name: pl.Series(cells) for name, cells in TABLE.items()}),
    "Bars of arrow": Bars(**{name: pa.array(cells) for name, cells in TABLE.items()}),
    "Bars of arrays": Bars(**{name: array("d", cells) for name, cells in TABLE.items()}),
    "Bars of tuples": Bars(**{name: tuple(cells) for name, cells in TABLE.items()}),
    "Bars of moments": Bars(**{**TABLE, "time": pd.Series(MOMENTS)}),
    "mappings": [dict(zip(NAMES, row, strict=True)) for row in ROWS],
    "wire names": [dict(zip("tohlcv", row, strict=True)) for row in ROWS],
    "capitals": [dict(zip(("Date", "Open", "HIGH", "Low", "Close", "Volume"), row, strict=True)) for row in ROWS],
    "columns": TABLE,
    "columns of numpy": {name: np.array(cells) for name, cells in TABLE.items()},
    "named tuples": [Row(*row) for row in ROWS],
    "records": [Record(*row) for row in ROWS],
    "rows of SQLAlchemy": [Mapped(row) for row in ROWS],
    "milliseconds": [(row[0] * 1000, *row[1:]) for row in ROWS],
    "nanoseconds": [(row[0] * 10**9, *row[1:]) for row in ROWS],
    "datetimes": [(moment, *row[1:]) for moment, row in zip(MOMENTS, ROWS, strict=True)],
    "another zone": [(moment.astimezone(NEW_YORK), *row[1:]) for moment, row in zip(MOMENTS, ROWS, strict=True)],
    "naive": [(moment.replace(tzinfo=None), *row[1:]) for moment, row in zip(MOMENTS, ROWS, strict=True)],
    "text": [(moment.isoformat(), *row[1:]) for moment, row in zip(MOMENTS, ROWS, strict=True)],
    "text with Z": [(f"{moment:%Y-%m-%dT%H:%M:%S}Z", *row[1:]) for moment, row in zip(MOMENTS, ROWS, strict=True)],
    "decimals": [(row[0], *(Decimal(str(cell)) for cell in row[1:])) for row in ROWS],
    "pandas": pd.DataFrame(TABLE),
    "pandas index": pd.DataFrame(TABLE, index=pd.DatetimeIndex(MOMENTS)).drop(columns="time"),
    "pandas naive index": pd.DataFrame(TABLE, index=pd.to_datetime(TABLE["time"], unit="s")).drop(columns="time"),
    "pandas other name": pd.DataFrame({"when": pd.to_datetime(T, unit="s", utc=True), **TABLE}).drop(columns="time"),
    "polars": pl.DataFrame(TABLE),
    "polars lazy": pl.LazyFrame({**TABLE, "time": MOMENTS}),
    "arrow": pa.table(TABLE),
    "arrow moments": pa.table({**TABLE, "time": MOMENTS}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_bars(form):
    value = iter(FORMS[form]) if form == "generator" else FORMS[form]
    assert rows_of(columns_of(value, zone=UTC, daily=False)) == ROWS


def test_objects_with_attributes():
    assert list(columns_of([Timed(60, 5.0)], zone=UTC, daily=False).close) == [5.0]


def test_more_than_one_batch_of_a_frame():
    count = 40_000
    frame = pl.DataFrame({"t": range(count), "close": [1.0] * count})
    columns = columns_of(frame, zone=UTC, daily=False)
    assert len(columns) == count
    assert columns.volume is None


def test_columns_are_not_read_twice():
    columns = columns_of(ROWS, zone=UTC, daily=False)
    assert columns_of(columns, zone=UTC, daily=False) is columns


def test_naive_times_are_in_the_symbols_zone():
    rows = [(datetime(2026, 11, 20, 9, 30), 1, 1, 1, 1), (datetime(2026, 7, 20, 9, 30), 1, 1, 1, 1)]
    times = [datetime.fromtimestamp(stamp, UTC).hour for stamp in columns_of(rows, zone=NEW_YORK, daily=False).time]
    assert times == [13, 14]


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 11, 20),
        "2026-11-20",
        datetime(2026, 11, 20),
        datetime(2026, 11, 20, tzinfo=UTC),
        datetime(2026, 11, 20, tzinfo=NEW_YORK),
        datetime(2026, 11, 20, 16, tzinfo=NEW_YORK),
        np.datetime64("2026-11-20"),
        int(datetime(2026, 11, 20, 16, tzinfo=NEW_YORK).timestamp()),
    ],
    ids=repr,
)
def test_a_day_is_stamped_midnight_utc_of_its_trading_day(value):
    columns = columns_of([(value, 1, 1, 1, 1)], zone=NEW_YORK, daily=True)
    assert list(columns.time) == [int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())]


@pytest.mark.parametrize("nothing", [None, [], (), iter(()), [None], Bars([], [])], ids=repr)
def test_no_bars(nothing):
    assert len(columns_of(nothing, zone=UTC, daily=False)) == 0


def test_an_empty_frame_with_columns():
    assert len(columns_of(pl.DataFrame(TABLE).clear(), zone=UTC, daily=False)) == 0
    assert len(columns_of(pd.DataFrame(TABLE).iloc[:0], zone=UTC, daily=False)) == 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((1, None, None, None, 5, None), (5, 5, 5, 5)),
        ((1, 4, None, None, 5, None), (4, 5, 4, 5)),
        ((1, 4, 9, None, 5, None), (4, 9, 4, 5)),
        ((1, math.nan, math.inf, 1, 5, None), (5, 5, 1, 5)),
    ],
)
def test_a_price_that_is_missing_is_taken_from_the_others(row, expected):
    columns = columns_of([row], zone=UTC, daily=False)
    assert (columns.open[0], columns.high[0], columns.low[0], columns.close[0]) == expected
    assert math.isnan(columns.volume[0])


@pytest.mark.parametrize(
    "row", [(1, 1, 1, 1, None), (1, 1, 1, 1, math.nan), (1, 1, 1, 1, -math.inf), (None, 1, 1, 1, 1)]
)
def test_a_bar_without_close_or_time_is_left_out(row):
    columns = columns_of([row, (60, 2, 2, 2, 2)], zone=UTC, daily=False)
    assert list(columns.time) == [60]


def test_of_bars_at_one_time_the_last_counts():
    columns = columns_of([(60, 1, 1, 1, 1), (0, 3, 3, 3, 3), (60, 2, 2, 2, 2)], zone=UTC, daily=False)
    assert (list(columns.time), list(columns.close)) == ([0, 60], [3, 2])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "A feed's history is int"),
        ("bars", "A feed's history is str"),
        ([5], "is int. Return Bar"),
        ([(1, 2, 3)], "is tuple. Return Bar"),
        ([{"time": 1}], "The bars have no close"),
        ([{"close": 1}], "The bars have no time: their columns are 'close'"),
        ([("soon", 1, 1, 1, 1)], "'soon', which is not a date"),
        ([(True, 1, 1, 1, 1)], "time is bool"),
        ([(math.inf, 1, 1, 1, 1)], "time is float"),
        ([(object(), 1, 1, 1, 1)], "time is object"),
        ([(1, 1, 1, 1, "dear")], "not a number"),
        ([(1, 1, 1, 1, [])], "not a number"),
        (Bars([1, 2], [1]), "not equally long"),
        ({"time": [1, 2], "close": [1]}, "not equally long"),
        (pd.DataFrame({"a": [1]}), "The bars have no time: their columns are 'a'"),
    ],
    ids=repr,
)
def test_what_is_no_bars_is_told(value, message):
    with pytest.raises(ShapeError, match=message):
        columns_of(value, zone=UTC, daily=False)


@pytest.mark.parametrize("null", [None, math.nan, pd.NaT, np.datetime64("NaT", "ns")], ids=repr)
def test_a_time_may_be_null(null):
    assert stamp_of(null, UTC) is None


def test_between_and_last():
    columns = columns_of(ROWS, zone=UTC, daily=False)
    assert list(columns.between(T[0], T[2]).time) == T[:2]
    assert list(columns.between(T[2] + 1, T[2] + 9).time) == []
    assert columns.between(0, 2**40) is columns
    assert list(columns.last(1, end=T[2]).time) == [T[1]]
    assert columns.last(9, end=T[2] + 1) is columns
    assert list(columns.last(9, end=0).time) == []
