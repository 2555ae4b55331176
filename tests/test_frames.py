"""shape/frames.py, cells.py, columnar.py, polars_json.py: a frame has the JSON of its rows, dtype by dtype."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import json
import os
import subprocess
import sys
import uuid
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_openbb.errors import EncodeError, ShapeError
from flask_openbb.shape import columnar
from flask_openbb.shape.columnar import encode_frame
from flask_openbb.shape.encode import Form, dumps
from flask_openbb.shape.encoded import Encoded
from flask_openbb.shape.flatten import flatten
from flask_openbb.shape.rows import iter_rows, records, to_rows

NAN, INF = float("nan"), float("inf")
BIG = 2**53 - 1
UTC = dt.timezone.utc
DAY = dt.date(2024, 1, 31)
NOON = dt.datetime(2024, 1, 31, 12, 0, 0, 500)
UID = uuid.UUID(int=7)


@pytest.fixture(params=[0, 10**9], ids=["by polars", "by python"], autouse=True)
def _both_ways(request, monkeypatch):
    """A polars frame of few rows is written in Python, one of many by polars itself: the bytes are the same."""
    monkeypatch.setattr(columnar, "FEWEST_ROWS", request.param)


@dataclasses.dataclass
class Lists:
    a: list


class Side(enum.Enum):
    BUY = "buy"


def pd_of(values, dtype=None):
    return pd.DataFrame({"v": pd.Series(values, dtype=dtype)})


def pl_of(values, dtype=None):
    return pl.DataFrame({"v": pl.Series(values, dtype=dtype, strict=False)})


def pa_of(values, dtype=None):
    return pa.table({"v": pa.array(values, dtype)})


ZONED = [pd.Timestamp("2024-01-31 12:00", tz="Europe/Paris"), pd.Timestamp("2024-07-31 12:00", tz="Europe/Paris")]
OFFSETS = ["2024-01-31T12:00:00+01:00", "2024-07-31T12:00:00+02:00"]
POLARS_ZONED = [moment.to_pydatetime() for moment in ZONED]

CASES = {
    "pandas float": (pd_of([1.5, NAN, INF, -INF]), [1.5, None, None, None]),
    "pandas float32": (pd_of([1.5, 0.1], "float32"), [1.5, 0.10000000149011612]),
    "pandas float16": (pd_of([1.5, NAN], "float16"), [1.5, None]),
    "pandas int64 beyond 2**53": (pd_of([BIG, BIG + 1, -BIG - 1]), [BIG, str(BIG + 1), str(-BIG - 1)]),
    "pandas int8": (pd_of([1, -2], "int8"), [1, -2]),
    "pandas uint64": (pd_of([2**64 - 1, 0], "uint64"), [str(2**64 - 1), 0]),
    "pandas bool": (pd_of([True, False]), [True, False]),
    "pandas Int64 with NA": (pd_of([1, None, BIG + 1], "Int64"), [1, None, str(BIG + 1)]),
    "pandas Int64": (pd_of([1, 2], "Int64"), [1, 2]),
    "pandas Float64 with NA": (pd_of([1.5, None], "Float64"), [1.5, None]),
    "pandas boolean with NA": (pd_of([True, None], "boolean"), [True, None]),
    "pandas str": (pd_of(["a,b", 'c"\n\u2028é', None], "str"), ["a,b", 'c"\n\u2028é', None]),
    "pandas string": (pd_of(["a", pd.NA], "string"), ["a", None]),
    "pandas category": (pd_of(["x", None, "x"], "category"), ["x", None, "x"]),
    "pandas category of ints": (pd_of([3, None], pd.CategoricalDtype([3, 4])), [3, None]),
    "pandas naive": (pd_of([NOON, None]), ["2024-01-31T12:00:00.000500", None]),
    "pandas midnight": (pd_of(pd.to_datetime([DAY])), ["2024-01-31T00:00:00"]),
    "pandas seconds": (pd_of([NOON], "datetime64[s]"), ["2024-01-31T12:00:00"]),
    "pandas nanoseconds": (
        pd_of(["2024-01-31T12:00:00.000000001", None], "datetime64[ns]"), ["2024-01-31T12:00:00.000000001", None]
    ),
    "pandas offset": (pd_of(ZONED), OFFSETS),
    "pandas offset with NaT": (pd_of([ZONED[1], pd.NaT]), [OFFSETS[1], None]),
    "pandas offset west": (pd_of([pd.Timestamp("2024-01-31", tz="America/St_Johns")]), ["2024-01-31T00:00:00-03:30"]),
    "pandas UTC": (pd_of([pd.Timestamp("2024-01-31", tz="UTC")]), ["2024-01-31T00:00:00+00:00"]),
    "pandas local mean time": (
        pd_of([pd.Timestamp("1880-01-31", tz=ZoneInfo("Europe/Paris"))]), ["1880-01-31T00:00:00+00:09:21"]
    ),
    "pandas Timedelta": (pd_of([dt.timedelta(seconds=1.5), None, dt.timedelta(days=1)]), [1.5, None, 86400]),
    "pandas Period": (pd_of(pd.PeriodIndex(["2024-01", None], freq="M")), ["2024-01", None]),
    "pandas Interval": (pd_of(pd.arrays.IntervalArray.from_tuples([(0, 1), None])), ["(0.0, 1.0]", None]),
    "pandas Sparse": (pd_of([0.0, NAN, 2.0], "Sparse[float]"), [0.0, None, 2.0]),
    "pandas object": (
        pd_of([1, "a", None, NAN, pd.NA, pd.NaT, True, 1.5, DAY, Side.BUY, UID], object),
        [1, "a", None, None, None, None, True, 1.5, "2024-01-31", "buy", str(UID)],
    ),
    "pandas Decimal": (pd_of([decimal.Decimal("1.5"), decimal.Decimal("0.1"), None], object), [1.5, 0.1, None]),
    "pandas long Decimal": (pd_of([decimal.Decimal("0.10000000000000000001")]), ["0.10000000000000000001"]),
    "pandas date": (pd_of([DAY, None], object), ["2024-01-31", None]),
    "pandas time": (pd_of([dt.time(9, 30), None], object), ["09:30:00", None]),
    "pandas numpy scalars": (pd_of([np.int64(BIG + 1), np.float32(0.5)], object), [str(BIG + 1), 0.5]),
    "pandas Arrow int": (pd_of([1, None], "int64[pyarrow]"), [1, None]),
    "pandas Arrow time": (pd_of([NOON], "timestamp[us][pyarrow]"), ["2024-01-31T12:00:00.000500"]),
    "pandas year 20000": (pd_of(np.array(["20000-01-01"], "datetime64[s]")), ["20000-01-01T00:00:00"]),
    "polars float": (pl_of([1.5, NAN, INF, -INF, None]), [1.5, None, None, None, None]),
    "polars float32": (pl_of([0.1, None], pl.Float32), [0.10000000149011612, None]),
    "polars floats": (pl_of([1e16, 1e-7, -0.0, 1.0]), [1e16, 1e-7, -0.0, 1.0]),
    "polars int beyond 2**53": (pl_of([BIG, BIG + 1, None]), [BIG, str(BIG + 1), None]),
    "polars int8": (pl_of([1, None], pl.Int8), [1, None]),
    "polars uint64": (pl_of([2**64 - 1, 1], pl.UInt64), [str(2**64 - 1), 1]),
    "polars int128": (pl_of([2**100, 1], pl.Int128), [str(2**100), 1]),
    "polars bool": (pl_of([True, False, None]), [True, False, None]),
    "polars str": (pl_of(["a,b", "é\u2028", None]), ["a,b", "é\u2028", None]),
    "polars str to escape": (pl_of(['a"b', "\\", "\x00", "\n,", None]), ['a"b', "\\", "\x00", "\n,", None]),
    "polars Categorical": (pl_of(["x", None], pl.Categorical), ["x", None]),
    "polars Enum": (pl_of(["x", 'y"'], pl.Enum(["x", 'y"'])), ["x", 'y"']),
    "polars Date": (pl_of([DAY, None]), ["2024-01-31", None]),
    "polars far Dates": (pl_of([dt.date.min, dt.date.max]), ["0001-01-01", "9999-12-31"]),
    "polars no Date": (pl_of([None], pl.Date), [None]),
    "polars naive": (pl_of([NOON, NOON.replace(microsecond=0)]), ["2024-01-31T12:00:00.000500", "2024-01-31T12:00:00"]),
    "polars midnights": (pl_of([NOON.replace(hour=0, microsecond=0), None]), ["2024-01-31T00:00:00", None]),
    "polars midnights in UTC": (
        pl_of([dt.datetime(2024, 1, 31, tzinfo=UTC)], pl.Datetime("ms", "UTC")), ["2024-01-31T00:00:00+00:00"]
    ),
    "polars no moments": (pl_of([None], pl.Datetime("us", "UTC")), [None]),
    "polars milliseconds": (pl_of([NOON, None], pl.Datetime("ms")), ["2024-01-31T12:00:00", None]),
    "polars nanoseconds": (pl_of([NOON], pl.Datetime("ns")), ["2024-01-31T12:00:00.000500"]),
    "polars offset": (pl_of(POLARS_ZONED, pl.Datetime("us", "Europe/Paris")), OFFSETS),
    "polars offset, parts of a second": (
        pl_of([NOON.replace(tzinfo=UTC), None], pl.Datetime("us", "UTC")), ["2024-01-31T12:00:00.000500+00:00", None]
    ),
    "polars old offset": (
        pl_of([dt.datetime(1920, 6, 1, tzinfo=UTC)], pl.Datetime("us", "Europe/Paris")), ["1920-06-01T01:00:00+01:00"]
    ),
    "polars Time": (pl_of([dt.time(9, 30), dt.time(9, 30, 0, 5), None]), ["09:30:00", "09:30:00.000005", None]),
    "polars Duration": (pl_of([dt.timedelta(seconds=1.5), dt.timedelta(1), None]), [1.5, 86400, None]),
    "polars Decimal": (pl_of([decimal.Decimal("1.50"), None]), [1.5, None]),
    "polars Null": (pl_of([None, None]), [None, None]),
    "polars Object": (pl.DataFrame({"v": pl.Series([UID], dtype=pl.Object)}), [str(UID)]),
    "arrow float": (pa_of([1.5, NAN, INF, None]), [1.5, None, None, None]),
    "arrow float32": (pa_of([0.1], pa.float32()), [0.10000000149011612]),
    "arrow half": (pa_of(np.array([0.5], "float16"), pa.float16()), [0.5]),
    "arrow int beyond 2**53": (pa_of([BIG + 1, 1, None]), [str(BIG + 1), 1, None]),
    "arrow uint64": (pa_of([2**64 - 1, 1], pa.uint64()), [str(2**64 - 1), 1]),
    "arrow bool": (pa_of([True, None]), [True, None]),
    "arrow string": (pa_of(["a,b", None]), ["a,b", None]),
    "arrow large string": (pa_of(["é"], pa.large_string()), ["é"]),
    "arrow dictionary": (pa_of(["x", None, "x"], pa.dictionary(pa.int8(), pa.string())), ["x", None, "x"]),
    "arrow date": (pa_of([DAY, None]), ["2024-01-31", None]),
    "arrow naive": (pa_of([NOON, None]), ["2024-01-31T12:00:00.000500", None]),
    "arrow nanoseconds": (pa_of([1, None], pa.timestamp("ns")), ["1970-01-01T00:00:00.000000001", None]),
    "arrow offset": (pa_of(POLARS_ZONED, pa.timestamp("us", "Europe/Paris")), OFFSETS),
    "arrow time": (pa_of([dt.time(9, 30), None]), ["09:30:00", None]),
    "arrow duration": (pa_of([dt.timedelta(seconds=1.5), None]), [1.5, None]),
    "arrow decimal": (pa_of([decimal.Decimal("1.50"), None]), [1.5, None]),
    "arrow null": (pa_of([None]), [None]),
    "arrow uuid": (pa_of([UID.bytes], pa.uuid()), [str(UID)]),
    "numpy record": (np.array([(1.5,), (NAN,)], [("v", "f8")]), [1.5, None]),
    "numpy record, big-endian": (np.array([(1,), (BIG + 1,)], [("v", ">i8")]), [1, str(BIG + 1)]),
    "numpy record of dates": (np.array([("2024-01-31",), ("NaT",)], [("v", "M8[D]")]), ["2024-01-31", None]),
    "numpy record of months": (np.array([("2024-01",)], [("v", "M8[M]")]), ["2024-01-01"]),
    "numpy record of minutes": (np.array([("2024-01-31T12:30",)], [("v", "M8[m]")]), ["2024-01-31T12:30:00"]),
    "numpy record of nanoseconds": (
        np.array([("2024-01-31T12:30:00.000000001",), ("NaT",)], [("v", "M8[ns]")]),
        ["2024-01-31T12:30:00.000000001", None],
    ),
    "numpy record of durations": (np.array([(1500,), ("NaT",)], [("v", "m8[ms]")]), [1.5, None]),
    "numpy record of text": (np.array([("é",)], [("v", "U1")]), ["é"]),
    "numpy record of long doubles": (np.array([(0.5,)], [("v", "g")]), [0.5]),
    "columns of arrays": ({"v": np.array([1, 2])}, [1, 2]),
    "columns of Series": ({"v": pd.Series([NOON, None])}, ["2024-01-31T12:00:00.000500", None]),
    "columns of pandas arrays": ({"v": pd.Categorical(["x", None])}, ["x", None]),
    "columns of an Index": ({"v": pd.DatetimeIndex([NOON])}, ["2024-01-31T12:00:00.000500"]),
    "columns of polars Series": ({"v": pl.Series([1, None])}, [1, None]),
    "columns of Arrow arrays": ({"v": pa.array([1, None])}, [1, None]),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "values"), CASES.values(), ids=CASES)
def test_each_dtype_has_its_json(frame, values):
    body = dumps(flatten(to_rows(frame)))
    assert json.loads(body) == [{"v": value} for value in values]
    encoded = encode_frame(frame)
    assert isinstance(encoded, Encoded), "the shortcut was not taken"
    assert (encoded.body, encoded.rows) == (body, len(values))


WITH_DICTS = {name: frame for name, (frame, _) in CASES.items() if name.startswith(("pandas", "polars", "arrow"))}


@pytest.mark.parametrize("frame", WITH_DICTS.values(), ids=WITH_DICTS)
def test_a_frame_and_its_own_dicts_have_the_same_bytes(frame):
    if isinstance(frame, pd.DataFrame):
        dicts = frame.to_dict("records")
    else:
        dicts = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_pylist()
    assert dumps(flatten(to_rows(dicts))) == encode_frame(frame).body


NESTED = {
    "pandas lists": (pd_of([[1, 2], None]), [{"v": "1, 2"}, {"v": None}]),
    "pandas mappings": (pd_of([{"a": 1}, {"a": 2}]), [{"v_a": 1}, {"v_a": 2}]),
    "polars Struct": (pl_of([{"a": 1}, {"a": None}]), [{"v_a": 1}, {"v_a": None}]),
    "polars List": (pl_of([[1, 2]]), [{"v": "1, 2"}]),
    "polars Array": (pl_of([[1, 2]], pl.Array(pl.Int64, 2)), [{"v": "1, 2"}]),
    "polars Object": (pl.DataFrame({"v": pl.Series([{"a": 1}], dtype=pl.Object)}), [{"v_a": 1}]),
    "arrow struct": (pa_of([{"a": 1}]), [{"v_a": 1}]),
    "arrow list": (pa_of([[1, 2]]), [{"v": "1, 2"}]),
    "numpy record in a record": (np.array([((1, 2),)], [("v", [("a", "i4"), ("b", "i4")])]), [{"v_a": 1, "v_b": 2}]),
    "numpy array in a record": (np.array([([1, 2],)], [("v", "i4", 2)]), [{"v": "1, 2"}]),
    "numpy dates in a record": (np.array([(["2024-01-31"],)], [("v", "M8[D]", 1)]), [{"v": "2024-01-31"}]),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "rows"), NESTED.values(), ids=NESTED)
def test_nested_cells_go_through_rows(frame, rows):
    found = encode_frame(frame)
    assert isinstance(found, list)
    assert json.loads(dumps(flatten(found))) == rows
    assert json.loads(dumps(flatten(to_rows(frame)))) == rows


REFUSED = {
    "pandas bytes": pd.DataFrame({"a": [1, 2], "v": ["x", b"\xff"]}),
    "polars Binary": pl.DataFrame({"a": [1, 2], "v": [None, b"\xff"]}),
    "arrow binary": pa.table({"a": [1, 2], "v": [None, b"\xff"]}),
    "numpy record of bytes": np.array([(1, None), (2, b"x")], [("a", "i4"), ("v", "O")]),
    "pandas complex": pd.DataFrame({"a": [1, 2], "v": [None, 1j]}, dtype=object),
    "lone surrogate": pd.DataFrame({"a": [1, 2], "v": ["x", "\ud800"]}, dtype=object),
}


@pytest.mark.parametrize("frame", REFUSED.values(), ids=REFUSED)
def test_what_has_no_json_is_refused_by_row_and_column(frame):
    rows = encode_frame(frame)
    assert isinstance(rows, list)
    with pytest.raises(EncodeError, match=r"^Row 1 \(counted from 0\), column 'v' holds "):
        dumps(flatten(rows))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
@pytest.mark.parametrize("name", ["100%b", "{}", "^a$", '"', "a.b", "é", ""], ids=repr)
def test_names_are_never_patterns(make, name):
    frame = make({name: ["x"], "b": [1]})
    assert encode_frame(frame).body == dumps([{name: "x", "b": 1}])


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
@pytest.mark.parametrize("height", [0, 1, 999, 1_000, 1_001, 4_001, 16_385, 20_000])
def test_no_row_is_lost_between_batches(make, height):
    frame = make({"n": list(range(height)), "t": [str(number) for number in range(height)]})
    rows = [{"n": number, "t": str(number)} for number in range(height)]
    encoded = encode_frame(frame)
    assert (encoded.body, encoded.rows) == (dumps(rows), height)
    assert to_rows(frame) == rows


@pytest.mark.parametrize("frame", [pd.DataFrame(), pl.DataFrame(), pa.table({}), pd.DataFrame(index=[1])], ids=repr)
def test_a_frame_without_columns_has_no_rows(frame):
    assert encode_frame(frame) == Encoded(b"[]", 0)
    assert to_rows(frame) == []


@pytest.mark.parametrize(
    "value", [None, [], [{"a": 1}], {"a": 1}, {"a": [1]}, "text", iter([]), np.arange(3)], ids=repr
)
def test_what_is_no_frame_is_left_alone(value):
    assert encode_frame(value) is None


def test_settings_of_the_widget_reach_every_cell():
    for frame in (pd_of([BIG + 1, 1]), pl_of([BIG + 1, 1]), pa_of([BIG + 1, 1])):
        assert encode_frame(frame, form=Form(big_ints=False)).body == b'[{"v":9007199254740992},{"v":1}]'


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"])
def test_columns_are_picked_ordered_and_renamed(make):
    frame = make({"a": [1], "b": ["x"], "c": [None]})
    assert encode_frame(frame, pick=lambda names: [("C", "c"), ("A", "a"), (names[0], "a")]).body == (
        b'[{"C":null,"A":1,"a":1}]'
    )
    assert encode_frame(frame, pick=lambda names: [("d", "d")]) == [{"a": 1, "b": "x", "c": None}]


scalars = {
    "floats": st.floats() | st.none(),
    "ints": st.integers(-(2**63), 2**63 - 1) | st.none(),
    "small ints": st.integers(-5, 5),
    "text": st.text(max_size=4) | st.none(),
    "flags": st.booleans() | st.none(),
    "moments": st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)) | st.none(),
    "days": st.dates() | st.none(),
    "zoned": st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2036, 1, 1), timezones=st.just(UTC)),
    "durations": st.timedeltas(dt.timedelta(-10_000), dt.timedelta(10_000)) | st.none(),
}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.data())
def test_any_scalar_column_has_the_bytes_of_its_dicts(data):
    kinds = data.draw(st.lists(st.sampled_from(sorted(scalars)), min_size=1, max_size=4))
    height = data.draw(st.integers(0, 5))
    columns = {
        f"{number} {kind}": data.draw(st.lists(scalars[kind], min_size=height, max_size=height))
        for number, kind in enumerate(kinds)
    }
    types = {"floats": pl.Float64, "ints": pl.Int64, "text": pl.String, "flags": pl.Boolean, "days": pl.Date,
             "moments": pl.Datetime, "durations": pl.Duration("us")}  # fmt: skip
    frames = [
        (pd.DataFrame(columns), "records"),
        (pl.DataFrame([pl.Series(name, cells, types.get(name[2:])) for name, cells in columns.items()]), None),
    ]
    for frame, orient in frames:
        dicts = frame.to_dict(orient) if orient else frame.to_dicts()
        assert encode_frame(frame).body == dumps(flatten(to_rows(dicts))) == dumps(flatten(to_rows(frame)))


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2036, 1, 1)), min_size=1, max_size=4),
       st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu"]))  # fmt: skip
def test_times_with_a_zone_have_the_bytes_of_their_dicts(moments, zone):
    series = pl.Series(moments, dtype=pl.Datetime).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    polars = pl.DataFrame({"t": series})
    pandas = pd.DataFrame({"t": pd.Series(moments, dtype="datetime64[us]").dt.tz_localize("UTC").dt.tz_convert(zone)})
    body = dumps(polars.to_dicts())
    assert encode_frame(polars).body == body
    assert encode_frame(pandas).body == body == dumps(pandas.to_dict("records"))


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        (pl.LazyFrame({"a": [1]}), [{"a": 1}]),
        (pa.RecordBatch.from_pydict({"a": [1]}), [{"a": 1}]),
        (pl.Series("a", [1]), [{"a": 1}]),
        (pl.Series([1]), [{"value": 1}]),
        (pl.Series([{"a": 1}]), [{"a": 1}]),
        (pd.Series([1, 2]), [{"value": 1}, {"value": 2}]),
        (pd.Series([{"a": 1}]), [{"a": 1}]),
        (pd.Series(["x", "x"]).value_counts().rename_axis("k"), [{"k": "x", "count": 2}]),
        (pd.DataFrame({"a": [1, 2, 3]}).query("a != 2"), [{"a": 1}, {"a": 3}]),
        (pd.DataFrame({"a": [1]}, index=[2024]), [{"a": 1}]),
        (pd.DataFrame({"a": [1]}, index=pd.Index([2024], name="year")), [{"year": 2024, "a": 1}]),
        (pd.DataFrame({"a": [1]}, index=pd.CategoricalIndex(["x"])), [{"index": "x", "a": 1}]),
        (pd.DataFrame([[1]], columns=pd.CategoricalIndex(["x"]), index=["r"]), [{"index": "r", "x": 1}]),
        (
            pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([("x", 1)])),
            [{"level_0": "x", "level_1": 1, "a": 1}],
        ),
        ({"a": np.array([1, 2]), "b": pd.Series([3, 4], index=[9, 8])}, [{"a": 1, "b": 3}, {"a": 2, "b": 4}]),
        (np.rec.array([(1, "x")], names="a,b"), [{"a": 1, "b": "x"}]),
        (list(np.rec.array([(1, "x")], names="a,b")), [{"a": 1, "b": "x"}]),
    ],
    ids=[
        "lazy", "batch", "polars Series", "unnamed polars Series", "Series of structs", "Series", "Series of mappings",
        "counts", "filtered", "numbered", "years", "labels", "wide labels", "levels", "columns", "records",
        "list of records",
    ],
)  # fmt: skip
def test_frames_of_other_makes(value, rows):
    assert to_rows(value) == rows
    assert to_rows(records(value)) == rows


def test_an_arrow_reader_is_read_once_and_lazily():
    asked = []

    def batches():
        for number in range(3):
            asked.append(number)
            yield pa.record_batch({"a": [number]})

    def reader():
        return pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())

    rows = iter_rows(reader())
    assert next(rows) == {"a": 0}
    assert asked == [0]
    assert list(rows) == [{"a": 1}, {"a": 2}]
    assert encode_frame(reader()) == [{"a": 0}, {"a": 1}, {"a": 2}]


@pytest.mark.parametrize("values", [[1], ["x"], [1.5, None]], ids=str)
def test_arrow_without_numpy(monkeypatch, values):
    frame = pa_of(values)
    monkeypatch.delitem(sys.modules, "numpy")
    assert to_rows(frame) == [{"v": value} for value in values]


class Stream:
    def __init__(self, frame):
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self.frame.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("without", [[], ["pyarrow"]], ids=["by pyarrow", "by polars"])
def test_anything_that_offers_the_arrow_stream(monkeypatch, without):
    for name in without:
        monkeypatch.setitem(sys.modules, name, None)
    assert to_rows(Stream(pl.DataFrame({"a": [1, None]}))) == [{"a": 1}, {"a": None}]


class Interchange:
    def __init__(self, frame):
        self.frame = frame

    def __dataframe__(self, nan_as_null=False, allow_copy=True):
        return self.frame.__dataframe__(nan_as_null, allow_copy)


def test_anything_that_offers_the_interchange_protocol():
    assert to_rows(Interchange(pa.table({"a": [1, 2]}))) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("value", "missing", "message"),
    [
        (Stream(None), ["pyarrow", "polars"], "a Stream can be read as rows by pyarrow or polars.*pip install pyarrow"),
        (
            Interchange(None),
            ["pyarrow.interchange", "pandas.api.interchange"],
            "an Interchange can be read as rows by pyarrow or pandas only.*pip install pyarrow",
        ),
    ],
    ids=["stream", "interchange"],
)  # fmt: skip
def test_what_nothing_here_can_read_says_what_to_install(monkeypatch, value, missing, message):
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ShapeError, match=message):
        to_rows(value)


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ({"a": [1, 2], "b": (3, 4)}, [{"a": 1, "b": 3}, {"a": 2, "b": 4}]),
        ({"a": range(2), "b": np.array([1.5, NAN])}, [{"a": 0, "b": 1.5}, {"a": 1, "b": None}]),
        ({"a": []}, []),
        ({}, []),
    ],
    ids=["lists", "mixed", "no rows", "nothing"],
)
def test_a_mapping_of_lists_is_columns_when_it_is_said_to_be(value, rows):
    assert to_rows(value, orient="columns") == rows
    assert to_rows(value) == [value] or not isinstance(value.get("a"), list)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1], "b": [1, 2]}, "not equally long: 'a' has 1, 'b' has 2"),
        ({"a": "text"}, "column 'a' is a str, not a list"),
        ({"a": 5}, "column 'a' is an int, not a list"),
        (Lists([1]), "a Lists is not a mapping of columns"),
    ],
    ids=["lengths", "text", "number", "record"],
)
def test_columns_that_make_no_table_are_refused(value, message):
    with pytest.raises(ShapeError, match=message):
        to_rows(value, orient="columns")


def test_arrays_of_other_lengths_are_the_cells_of_one_row():
    row = {"a": np.array([1]), "b": np.array([1, 2])}
    assert to_rows(row) == [row]


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame({("a", "b"): [1], ("a_b", ""): [2]}),
     pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])],
    ids=["pandas", "levels", "arrow"],
)  # fmt: skip
def test_two_columns_of_one_name_are_refused(frame):
    for read in (encode_frame, to_rows):
        with pytest.raises(ShapeError, match="several columns named 'a"):
            read(frame)


FORKED = """
import os, sys
import polars
import flask_openbb.shape.columnar as columnar
frame = polars.DataFrame({"a": list(range(5000)), "b": ["x"] * 5000})
frame.select(polars.format("{}{}", "a", "b"))  # starts the threads
child = os.fork()
if child == 0:
    import signal
    signal.alarm(30)
    found = columnar.encode_frame(frame)
    os._exit(0 if found.rows == 5000 and found.body.endswith(b'{"a":4999,"b":"x"}]') else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_frame_made_before_a_fork_is_served_after_it():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
